"""Owns reading what a server streams: bytes to lines to pieces of a reply, checked, and never more than a turn can be."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import ModelError, ServerLost

_LINE, _TURN = 1_000_000, 8_000_000
"""Most bytes of one line and of one turn: whoever sends more is no model that answers."""
_DONE: Final = "[DONE]"


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Function(_Told):
    """A call that the server took apart."""

    name: str | None = None
    arguments: str | None = None


class ToolCall(_Told):
    """A piece of one: its name comes first, its arguments in pieces."""

    index: int = 0
    function: Function = Function()


class Delta(_Told):
    """What is new: text, thought where the server tells it apart (two names are in use), calls where it took them out."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[ToolCall] | None = None

    @property
    def thought(self) -> str:
        """What is new of the thought."""
        return self.reasoning_content or self.reasoning or ""

    @property
    def says(self) -> bool:
        """Whether anything is new."""
        return bool(self.content or self.thought or self.tool_calls)


class Choice(_Told):
    """The turn; there is one only."""

    delta: Delta = Delta()
    finish_reason: str | None = None


class Details(_Told):
    """What of the prompt was known from before."""

    cached_tokens: int | None = None


class Usage(_Told):
    """Tokens read and said."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: Details | None = None

    @property
    def cached(self) -> int:
        """Tokens of the prompt that were known from before."""
        return (self.prompt_tokens_details.cached_tokens if self.prompt_tokens_details else None) or 0


class Chunk(_Told):
    """One line of the stream."""

    choices: list[Choice] = Field(default_factory=list)
    usage: Usage | None = None
    error: object = None

    @property
    def speaks(self) -> bool:
        """Whether something of the reply is in it; some servers begin with a chunk of nothing, long before."""
        return any(choice.finish_reason or choice.delta.says for choice in self.choices)


async def chunks(pieces: AsyncIterator[bytes], host: str) -> AsyncGenerator[Chunk]:
    """The chunks of a stream, until it says that it is done.

    Raises:
        ModelError: the server tells of an error, or sends what is no chunk.
        ServerLost: the stream ends before it is done.
    """
    finished = False
    async with contextlib.aclosing(_lines(pieces, host)) as lines:
        async for line in lines:
            if not line.startswith("data:"):
                if line and not line.startswith((":", "event:", "id:", "retry:")):
                    raise ModelError(f"{host} answers what is no part of a reply: “{line[:60]}”.")
                continue
            data = line.removeprefix("data:").strip()
            if data == _DONE:
                return
            chunk = _chunk(data, host)
            finished = finished or any(choice.finish_reason for choice in chunk.choices)
            yield chunk
    if not finished:
        raise ServerLost(f"{host} broke off in the middle of its reply")


async def _lines(pieces: AsyncIterator[bytes], host: str) -> AsyncGenerator[str]:
    rest, size = b"", 0
    async for piece in pieces:
        size += len(piece)
        *lines, rest = (rest + piece).split(b"\n")
        if size > _TURN or len(rest) > _LINE:
            raise ModelError(f"{host} sends more than any reply can be.")
        for line in lines:
            yield line.decode("utf-8", "replace").strip()
    if rest:
        yield rest.decode("utf-8", "replace").strip()


def _chunk(data: str, host: str) -> Chunk:
    try:
        chunk = Chunk.model_validate_json(data)
    except ValidationError as error:
        raise ModelError(f"{host} answers what is no part of a reply: “{data[:60]}”.") from error
    if chunk.error:
        raise ModelError(f"{host} reports an error: {words_of(chunk.error)}")
    return chunk


def words_of(error: object) -> str:
    """What an error says, as the one line that a person can read."""
    while isinstance(error, dict):
        error = error.get("message") or error.get("error") or error.get("detail") or "it does not say which"
    if isinstance(error, list):
        error = "; ".join(words_of(item.get("msg") if isinstance(item, dict) else item) for item in error)
    line = " ".join(str(error).split())
    return line if len(line) <= 300 else line[:299] + "…"
