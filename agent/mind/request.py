"""Owns what a server is asked: a Conversation as messages of the OpenAI-compatible interface, and how to decode.

Everything is written so that the model's own chat template renders what it would render here. The tools stand in the
system text, and what came of a call in a user turn, as Qwen3-VL's template itself writes them: a request that names tools
is refused by some servers, left out by others, and makes others take the calls apart.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Final, Literal

from actions.frame import Frame
from agent.conversation import Conversation, ImagePart, Message
from agent.mind.base import ThinkOptions
from agent.mind.encode import clean
from agent.mind.sizing import Sizing
from agent.mind.tools_text import RESPONSE, system_and_tools

Kind = Literal["vllm", "sglang", "llamacpp", ""]
"""Which program serves, as it says itself; empty for all others."""
SEED: Final = 0

Json = dict[str, object]


def messages_of(conversation: Conversation, show: Callable[[Frame], str], template: str | None) -> list[Json]:
    """The conversation as a server reads it.

    Args:
        conversation: what is to be gone on with.
        show: the data URL of a frame.
        template: the model's chat template; None for Qwen3-VL's.
    """
    messages: list[Json] = []
    for message in conversation.messages:
        if message.role == "system":
            text = system_and_tools(_text(message.text), conversation.tools, template)
            messages.append({"role": "system", "content": text})
        elif message.role == "assistant":
            messages.append({"role": "assistant", "content": clean(_text(message.text))})
        else:
            content = list(_parts(message, show))
            messages.append({"role": "user", "content": _wrapped(content) if message.role == "tool" else content})
    return messages


def body_of(model: str, messages: list[Json], options: ThinkOptions, thinks: bool, kind: Kind, sizing: Sizing) -> bytes:
    """The request for the next turn.

    Args:
        model: as the server calls it.
        messages: of the conversation.
        options: how to decode.
        thinks: the model thinks before it speaks, and needs room for that.
        kind: decides what is said beyond the common interface; servers refuse what they do not know.
        sizing: what sizes the pictures were given.
    """
    tokens = options.max_new_tokens + (options.max_thought_tokens if thinks else 0)
    body: Json = {
        "model": model,
        "messages": messages,
        "stream": True,
        "max_tokens": tokens,
        "temperature": max(0.0, options.temperature),
        "seed": SEED,
    }
    if options.temperature > 0:
        body["top_p"] = options.top_p
        if kind:
            body["top_k"] = options.top_k
    if kind and options.presence_penalty:
        # A field of the common interface, but `transformers serve` refuses a request that has it.
        body["presence_penalty"] = options.presence_penalty
    if kind:
        body["stream_options"] = {"include_usage": True} | ({"continuous_usage_stats": True} if kind == "vllm" else {})
    if kind == "vllm":
        body["mm_processor_kwargs"] = {"min_pixels": sizing.least, "max_pixels": sizing.most}
    return json.dumps(body, ensure_ascii=False).encode()


def _parts(message: Message, show: Callable[[Frame], str]) -> Iterator[Json]:
    for part in message.parts:
        if isinstance(part, ImagePart):
            yield {"type": "image_url", "image_url": {"url": show(part.frame)}}
        else:
            yield {"type": "text", "text": clean(_text(part.text))}


def _wrapped(content: list[Json]) -> list[Json]:
    before, after = RESPONSE
    return [{"type": "text", "text": before}, *content, {"type": "text", "text": after}]


def _text(text: str) -> str:
    """The text without halves of characters, which UTF-8 has not."""
    return text.encode("utf-8", "replace").decode()
