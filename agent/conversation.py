"""Owns the chat that the model reads: messages of text and pictures, and the turns it said verbatim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from actions.frame import Frame
from actions.schema import Tool

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of text."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture, known to caches by its digest."""

    frame: Frame


Part = TextPart | ImagePart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn.

    Attributes:
        role: `tool` is what came of a call; chat templates wrap it in a user turn of their own.
        parts: in reading order.
        ids: of an assistant turn, the tokens that were generated, verbatim: encode(decode(ids)) may differ from them.
    """

    role: Role
    parts: tuple[Part, ...]
    ids: tuple[int, ...] | None = None

    @property
    def text(self) -> str:
        """The text parts, joined."""
        return "".join(part.text for part in self.parts if isinstance(part, TextPart))

    @property
    def frames(self) -> tuple[Frame, ...]:
        """The pictures, in order."""
        return tuple(part.frame for part in self.parts if isinstance(part, ImagePart))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything that the model reads before its next turn; the last message is never the assistant's."""

    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()

    @property
    def frames(self) -> tuple[Frame, ...]:
        """All pictures, in order."""
        return tuple(frame for message in self.messages for frame in message.frames)
