"""Owns how a Conversation becomes token ids: the model's own chat template, with earlier turns spliced verbatim.

The template is rendered once with a mark in place of each thing that must not be tokenised again: an assistant turn
(whose ids are kept, and whose thoughts a Thinking template would drop) and a picture (whose length depends on its
size). The text between the marks is tokenised; the marks are replaced by ids.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from actions.geometry import Size
from actions.schema import Tool, computer_use
from agent.conversation import Conversation, ImagePart, Message
from agent.errors import ModelError
from agent.mind.grammar import Form
from agent.mind.tools_text import RESPONSE, shows, system_and_tools

IMAGE = "<|image_pad|>"
END = "<|im_end|>"
_MARK = "⟦deskhand:turn:{}⟧"
_STRUCTURE = re.compile(r"<\||<(?=/?tool_response>)")
_SPLIT = re.compile(r"⟦deskhand:turn:(\d+)⟧|(" + re.escape(IMAGE) + ")")


class Tokenizer(Protocol):
    """What is needed of a transformers tokenizer."""

    def apply_chat_template(self, conversation: list[dict[str, object]], **settings: object) -> str:
        """Render messages to text."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Text to ids."""

    def convert_tokens_to_ids(self, token: str) -> int:
        """The id of one token."""

    def decode(self, ids: list[int], **settings: object) -> str:
        """Ids to text."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where something lies in the ids: first index and one beyond the last."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Encoded:
    """A conversation as ids, where its pictures lie (their pads only), and where each assistant turn lies."""

    ids: tuple[int, ...]
    images: tuple[Span, ...]
    turns: tuple[Span, ...]


def encode(conversation: Conversation, tokenizer: Tokenizer, image_tokens: Callable[[Size], int]) -> Encoded:
    """Token ids of the conversation, ready for the assistant's next turn.

    Args:
        conversation: its assistant turns may carry ids, which are used as they are.
        tokenizer: of the model, with its chat template.
        image_tokens: how many visual tokens a picture of that size becomes.

    Raises:
        ModelError: the chat template drops or doubles a turn or a picture.
    """
    opened = generation_prompt(tokenizer)
    text = _render(tokenizer, conversation)
    said = [message for message in conversation.messages if message.role == "assistant"]
    frames = list(conversation.frames)
    pad = tokenizer.convert_tokens_to_ids(IMAGE)
    ids: list[int] = []
    images: list[Span] = []
    turns: list[Span] = []
    at = 0
    for found in _SPLIT.finditer(text):
        before = text[at : found.start()]
        at = found.end()
        if found[1] is None:
            ids += tokenizer.encode(before, add_special_tokens=False)
            start = len(ids)
            ids += [pad] * image_tokens(frames[len(images)].size) if len(images) < len(frames) else []
            images.append(Span(start, len(ids)))
        else:
            ids += tokenizer.encode(_reopened(before, opened), add_special_tokens=False)
            start = len(ids)
            ids += _turn_ids(said[int(found[1])], tokenizer)
            turns.append(Span(start, len(ids)))
    ids += tokenizer.encode(text[at:], add_special_tokens=False)
    if len(images) != len(frames) or len(turns) != len(said):
        raise ModelError(
            f"the model's chat template shows {len(images)} of {len(frames)} pictures and {len(turns)} of {len(said)} "
            "earlier turns; use a checkpoint whose template is Qwen3-VL's"
        )
    return Encoded(tuple(ids), tuple(images), tuple(turns))


def generation_prompt(tokenizer: Tokenizer) -> str:
    """What the template puts before a turn to be generated; a Thinking template opens a thought there."""
    bare: list[dict[str, object]] = [{"role": "user", "content": "x"}]
    closed = tokenizer.apply_chat_template(bare, tokenize=False, add_generation_prompt=False)
    return tokenizer.apply_chat_template(bare, tokenize=False, add_generation_prompt=True)[len(closed) :]


def form_of_calls(tokenizer: Tokenizer) -> Form:
    """How the template shows calls to be written, where it is told of a tool."""
    bare: list[dict[str, object]] = [{"role": "user", "content": "x"}]
    told = tokenizer.apply_chat_template(bare, tools=[computer_use()], tokenize=False, add_generation_prompt=False)
    return "tags" if "<function=" in told else "json"


def _render(tokenizer: Tokenizer, conversation: Conversation) -> str:
    messages: list[dict[str, object]] = []
    turn = 0
    for message in conversation.messages:
        if message.role == "assistant":
            messages.append({"role": "assistant", "content": _MARK.format(turn)})
            turn += 1
        else:
            messages.append({"role": message.role, "content": _content(message)})
    tools = list(conversation.tools) or None
    if tools and not _shows_tools(tokenizer, tools):
        tools, messages = None, [_told(message, conversation) for message in messages]
    return tokenizer.apply_chat_template(messages, tools=tools, tokenize=False, add_generation_prompt=True)


def _shows_tools(tokenizer: Tokenizer, tools: list[Tool]) -> bool:
    """Whether the template tells of the tools; asked without the conversation, whose own words may name them."""
    bare: list[dict[str, object]] = [{"role": "system", "content": "x"}, {"role": "user", "content": "x"}]
    return shows(tokenizer.apply_chat_template(bare, tools=tools, tokenize=False, add_generation_prompt=False), tools)


def _told(message: dict[str, object], conversation: Conversation) -> dict[str, object]:
    """A message for a template that knows of no tools: what Qwen3-VL's would write, in system and user turns."""
    match message:
        case {"role": "system", "content": str(system)}:
            return {**message, "content": system_and_tools(system, conversation.tools, None)}
        case {"role": "tool", "content": list(content)}:
            before, after = ({"type": "text", "text": mark} for mark in RESPONSE)
            return {"role": "user", "content": [before, *content, after]}
        case _:
            return message


def _content(message: Message) -> str | list[dict[str, str]]:
    if message.role == "system":
        return message.text
    return [
        {"type": "image"} if isinstance(part, ImagePart) else {"type": "text", "text": clean(part.text)}
        for part in message.parts
    ]


def clean(text: str) -> str:
    """Text that cannot be taken for a special token or a mark: what comes from outside is data, never structure."""
    return _STRUCTURE.sub("<¦", text).replace("⟦deskhand:turn:", "⟦deskhand turn ")


def _reopened(before: str, opened: str) -> str:
    """The text before an earlier turn, ending as it did when that turn was generated."""
    role = "<|im_start|>assistant\n"
    head, found, _ = before.rpartition(role)
    return head + opened if found else before


def _turn_ids(message: Message, tokenizer: Tokenizer) -> Sequence[int]:
    """The turn's ids without the end mark, which the template writes itself, and without what stands for pictures."""
    ids = message.ids if message.ids is not None else tokenizer.encode(message.text, add_special_tokens=False)
    end, pad = tokenizer.convert_tokens_to_ids(END), tokenizer.convert_tokens_to_ids(IMAGE)
    said = ids[:-1] if ids and ids[-1] == end else ids
    return [token for token in said if token != pad] if pad in said else said
