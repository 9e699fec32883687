"""Owns the mind that thinks on a server with an OpenAI-compatible interface: vLLM, SGLang, llama.cpp, transformers.

What is sent is what would be read here: the same prompt, pictures of the same size. Nothing is sent before the person has
agreed that their screen leaves this machine, once for each host.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.errors import Stopped
from actions.frame import Frame
from actions.geometry import GRID_COORDINATES, Coordinates
from agent.conversation import Conversation
from agent.errors import InputError, ModelError, ServerLost
from agent.mind import consent
from agent.mind.address import PREFIX, Address
from agent.mind.apart import Apart
from agent.mind.base import MindInfo, Piece, Reply, StopReason, ThinkOptions, never
from agent.mind.exchange import Exchange, Patience
from agent.mind.key import key_for
from agent.mind.profile import Profile, read_profile
from agent.mind.request import Kind, body_of, messages_of
from agent.mind.saying import Saying
from agent.mind.sizing import Sizing, picture_url, read_sizing
from agent.mind.stream import Usage
from agent.mind.tools_text import read_template

_ENDS: Final[dict[str, StopReason]] = {"length": "length"}
"""What a server's reasons mean; every other one is the model's own end."""
_STRICT: Final = frozenset({"vllm", "sglang"})
"""Which servers list all that they serve."""


class _Card(BaseModel):
    model_config = ConfigDict(extra="ignore")
    id: str
    owned_by: str = ""
    max_model_len: int | None = None


class _Cards(BaseModel):
    model_config = ConfigDict(extra="ignore")
    data: list[_Card] = Field(default_factory=list)


class RemoteMind:
    """A model on a server. Each turn is one request, which is broken off at once when it is cancelled.

    Args:
        address: where it is served. Where its model is named by a folder of this machine, that folder says how it
            speaks and what sizes of pictures it takes; else it is taken for a Qwen3-VL.
        patience: how long and how often is waited.
    """

    def __init__(self, address: Address, patience: Patience | None = None) -> None:
        self._address, self._patience = address, patience or Patience()
        self._model, self._kind = address.model, _kind("")
        self._thinks = "thinking" in address.model.lower()
        self._exchange: Exchange | None = None
        self._pictures: dict[str, str] = {}
        folder = Path(address.model)
        self._folder = folder if address.model and folder.is_dir() else None
        self._profile = Profile()
        self._full = self._sizing = Sizing()
        self._template: str | None = None

    def info(self, cancelled: Callable[[], bool] = never) -> MindInfo:
        """What it is; asks the server, which shows no picture.

        Raises:
            InputError: the person has not agreed yet, or the server has no such model.
            ModelError: the server cannot be used.
            Stopped: `cancelled` came true first.
        """
        consent.check(self._address)
        if self._folder:
            self._profile, self._template = read_profile(self._folder), read_template(self._folder)
        sizing = read_sizing(self._folder) if self._folder else Sizing()
        self._full = self._sizing = sizing.capped(self._profile.frame_tokens)
        self._exchange = Exchange(self._address, key_for(self._address), self._patience)
        card = self._card(self._cards(self._exchange, cancelled))
        self._model, self._kind = card.id, _kind(card.owned_by)
        context = f" It reads {card.max_model_len} tokens at most." if card.max_model_len else ""
        profile = self._profile
        return MindInfo(
            f"{PREFIX}{self._address.url}#{self._model}",
            device=self._address.host,
            chosen=f"{where(self._address)}{context}",
            capture=profile.capture.model_dump(exclude_none=True) if profile.capture else {},
            units=profile.coordinates,
            offer=profile.actions,
            dialect=profile.dialect,
            room=card.max_model_len or 0,
            frame_tokens=profile.frame_tokens,
            thinks=self._thinks,
        )

    def think(
        self, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
    ) -> Iterator[Piece | Reply]:
        """Say the next turn, piece by piece, then the Reply. Raises ModelError; ServerLost when it may be asked again."""
        if self._exchange is None:
            self.info(cancelled)
        consent.check(self._address)
        started = time.perf_counter()
        body = self._body(conversation, options)
        encoded = time.perf_counter()
        saying, apart = Saying(options, self._thinks), Apart(self._thinks)
        usage, first = Usage(), None
        if self._exchange is None or cancelled():
            yield Reply("", None, "cancelled")
            return
        reason: StopReason = "cancelled"
        for chunk in self._exchange.stream(body, cancelled):
            usage = chunk.usage or usage
            for choice in chunk.choices[:1]:
                if choice.delta.thought:
                    apart.begin_thought()
                if text := saying.add(choice.delta):
                    first = first or time.perf_counter()
                    yield from apart.add(text)
                if choice.finish_reason:
                    reason = _ENDS.get(choice.finish_reason, "end")
            if saying.stop:
                break
        yield from apart.add(saying.finish(reason))
        yield from apart.rest()
        self._thinks = self._thinks or saying.thought_apart
        spent = {"encode": encoded - started} | _spent(encoded, first, time.perf_counter())
        stop = saying.stop or reason
        places = self._coordinates(conversation)
        yield Reply(saying.text, None, stop, spent, usage.prompt_tokens, usage.cached, coordinates=places)

    def lighten(self) -> str:
        """Its server decides how it is loaded."""
        return ""

    def close(self) -> None:
        """Forget the pictures and the key; safe to call twice."""
        self._pictures.clear()
        self._exchange = None

    def _body(self, conversation: Conversation, options: ThinkOptions) -> bytes:
        sizing = self._full.capped(options.frame_tokens) if options.frame_tokens else self._full
        if sizing != self._sizing:
            self._sizing = sizing
            self._pictures.clear()
        frames = {frame.digest: frame for frame in conversation.frames}
        self._pictures = {digest: self._pictures.get(digest) or self._show(frame) for digest, frame in frames.items()}
        messages = messages_of(conversation, lambda frame: self._pictures[frame.digest], self._template)
        return body_of(self._model, messages, options, self._thinks, self._kind, self._sizing)

    def _show(self, frame: Frame) -> str:
        return picture_url(frame, self._sizing)

    def _coordinates(self, conversation: Conversation) -> Coordinates:
        frames = conversation.frames
        return (
            Coordinates(self._profile.coordinates, self._sizing.seen(frames[-1].size)) if frames else GRID_COORDINATES
        )

    def _cards(self, exchange: Exchange, cancelled: Callable[[], bool]) -> list[_Card]:
        try:
            told = list(exchange.models(cancelled))
        except ServerLost as error:
            # Before a run has begun there is nothing to save by asking for longer.
            raise ModelError(f"{error}.") from error
        if cancelled():
            raise Stopped("Stopped while the server was asked for its models.")
        try:
            return _Cards.model_validate_json(told[0]).data if told else []
        except ValidationError as error:
            raise ModelError(f"{self._address.host} answers what is no list of models: check the address.") from error

    def _card(self, cards: list[_Card]) -> _Card:
        """The model that is meant, among those that are listed."""
        named, names = self._address.model, ", ".join(card.id for card in cards[:5])
        if not named:
            if len(cards) != 1:
                which = f"it has {names}" if cards else "it does not list any"
                raise InputError(
                    f"Name the model of {self._address.host} as #MODEL at the end of its address: {which}."
                )
            return cards[0]
        kinds = {card.owned_by for card in cards}
        found = next((card for card in cards if card.id == named), None)
        if found is None and kinds and kinds <= _STRICT:
            raise InputError(f"{self._address.host} has no model {named}: it has {names}.")
        return found or _Card(id=named, owned_by=kinds.pop() if len(kinds) == 1 else "")


def where(address: Address) -> str:
    """Where a model thinks, and what that means for the person, in one sentence."""
    if address.here:
        return f"It thinks on this machine, at {address.host}."
    plain = "" if address.encrypted else ", unencrypted"
    return f"It thinks at {address.host}: your screen leaves this machine{plain}."


def _kind(owner: str) -> Kind:
    return next((kind for kind in get_args(Kind) if kind == owner), "")


def _spent(sent: float, first: float | None, ended: float) -> dict[str, float]:
    first = first or ended
    return {"prefill": first - sent, "decode": ended - first}
