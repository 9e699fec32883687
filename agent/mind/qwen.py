"""Owns the mind that is a Qwen3-VL checkpoint in this process: encode, read, say."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from actions.geometry import GRID_COORDINATES, Coordinates
from agent.conversation import Conversation
from agent.errors import ModelError
from agent.mind.apart import Apart
from agent.mind.base import MindInfo, Piece, Reply, Reuse, ThinkOptions, never
from agent.mind.decode import Turn, pick
from agent.mind.encode import encode
from agent.mind.grammar import call_grammar
from agent.mind.guess import Ahead
from agent.mind.guide import Guide
from agent.mind.hardware import Wish, lower
from agent.mind.load import Loaded, load, mapped
from agent.mind.room import held_memory
from agent.mind.weights import silent

if TYPE_CHECKING:
    import torch


class Qwen:
    """A Qwen3-VL checkpoint; loaded when it is first asked.

    Args:
        model: a folder, a hub name or `nano`.
        wish: device, precision and attention, where they are not to be chosen.
        note: told what is going on when it takes long.
    """

    def __init__(self, model: str, wish: Wish | None = None, note: Callable[[str], None] = silent) -> None:
        self._model, self._note = model, note
        self._wished = self._wish = wish or Wish()
        self._loaded: Loaded | None = None

    def info(self, cancelled: Callable[[], bool] = never) -> MindInfo:
        """What it is; loads it if need be, which nothing interrupts. Raises ModelError."""
        del cancelled
        return self.loaded().info

    def loaded(self) -> Loaded:
        """The checkpoint in memory; loads it if need be. Raises ModelError."""
        if self._loaded is None:
            self._loaded = load(self._model, self._wish, self._note)
        return self._loaded

    def lighten(self) -> str:
        """Have it loaded anew in a lower precision, until it is closed; names that, or is empty where there is none."""
        lighter = lower(self._loaded.info.dtype) if self._loaded else ""
        if lighter:
            self._let_go()
            self._wish = replace(self._wished, dtype=lighter)
        return lighter

    def close(self) -> None:
        """Let the model go."""
        self._let_go()
        self._wish = self._wished

    def _let_go(self) -> None:
        if self._loaded is not None:
            self._loaded.session.forget()
            self._loaded = None
            # What sends numbers from one GPU to the next refers to itself, and memory is soon needed again.
            gc.collect()

    def think(
        self, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
    ) -> Iterator[Piece | Reply]:
        """Say the next turn, piece by piece, then the Reply. Raises ModelError; MindLost when only a restart helps."""
        loaded = self.loaded()
        try:
            with mapped(self._model, loaded.info.device):
                yield from _think(loaded, conversation, options, cancelled)
        except ModelError:
            loaded.session.forget()  # what it holds may be why there is no memory left
            raise


def _turn(loaded: Loaded, options: ThinkOptions) -> Turn:
    def decode(ids: Sequence[int]) -> str:
        return loaded.tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)

    def spell(text: str) -> Sequence[int]:
        return loaded.tokenizer.encode(text, add_special_tokens=False)

    tagged = loaded.info.dialect == "computer_use"
    return Turn(decode, spell, loaded.ends, loaded.in_thought, options, tagged)


def _think(
    loaded: Loaded, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
) -> Iterator[Piece | Reply]:
    started = time.perf_counter()
    if loaded.eyes.limit(options.frame_tokens):
        loaded.session.forget()  # frames are known by what they show, not by how finely they were seen
    encoded, turn = encode(conversation, loaded.tokenizer, loaded.eyes.tokens), _turn(loaded, options)
    loaded.budget.check(len(encoded.ids), options, loaded.in_thought, loaded.fits_now)
    spent = {"encode": time.perf_counter() - started, "prefill": 0.0, "decode": 0.0}
    known: int = 0
    reuse: Reuse = "new"
    if not cancelled():
        began = time.perf_counter()
        read = loaded.session.read(encoded, conversation.frames, loaded.eyes)
        known, reuse, read_at = read.known, read.reuse, time.perf_counter()
        spent["encode"] += read.seconds
        spent["prefill"] = read_at - began - read.seconds
        begin = partial(_guide, loaded, conversation, options)
        apart = Apart(loaded.in_thought)
        ahead = Ahead(loaded.session, encoded.ids, loaded.session.unsayable | loaded.ends, loaded.worth)
        for text in say(ahead, read.scores, turn, begin, options, cancelled):
            yield from apart.add(text)
        ahead.end()
        yield from apart.rest()
        spent["decode"] = time.perf_counter() - read_at
    places = _coordinates(loaded, conversation)
    stop = turn.stop or "cancelled"
    held = held_memory(loaded.info.device)
    yield Reply(turn.text, tuple(turn.ids), stop, spent, len(encoded.ids), known, reuse, places, held)


def _guide(loaded: Loaded, conversation: Conversation, options: ThinkOptions) -> Guide | None:
    """What keeps a call to its grammar; None where none is asked for in tags, or the tokenizer is of another kind."""
    if loaded.guides is None or not (options.grammar and options.stop_at_call) or not conversation.tools:
        return None
    places = _coordinates(loaded, conversation)
    return loaded.guides.begin(call_grammar(places.units, loaded.info.offer, places.seen, loaded.form))


def _coordinates(loaded: Loaded, conversation: Conversation) -> Coordinates:
    frames = list(conversation.frames)
    return Coordinates(loaded.info.units, loaded.eyes.seen(frames[-1].size)) if frames else GRID_COORDINATES


class Speaker(Protocol):
    """What says a turn: a session, or whatever gives scores."""

    def say(self, tokens: Sequence[int]) -> torch.Tensor:
        """Add some tokens; the scores of the one after them."""


def say(
    session: Speaker,
    scores: torch.Tensor,
    turn: Turn,
    begin: Callable[[], Guide | None],
    options: ThinkOptions,
    cancelled: Callable[[], bool],
) -> Iterator[str]:
    """Say a turn, as text that is whole, or empty while none is; what must follow a choice is read by the model together with it.

    Args:
        session: has read the conversation.
        scores: of the first token.
        turn: takes the tokens, and says when it ends.
        begin: makes what keeps a call to its grammar, when one begins.
        options: how to choose.
        cancelled: asked at every choice.
    """
    guide: Guide | None = None
    while True:
        token = pick(guide.masked(scores) if guide else scores, options, turn.free)
        if guide:
            guide.take(token)
        said = [token]
        yield turn.add(token)
        if turn.at_call and guide is None:
            guide = begin()
        for follower in _followers(turn, guide):
            said.append(follower)
            yield turn.add(follower)
        if guide and guide.ended:
            guide = None
        if turn.stop is None and cancelled():
            yield turn.end("cancelled")
        if turn.stop is not None:
            return
        scores = session.say(said)


def _followers(turn: Turn, guide: Guide | None) -> Iterator[int]:
    """The tokens that come next whatever the model thinks, while the turn goes on."""
    while turn.stop is None and (token := turn.forced()) is not None:
        yield token
    for token in guide.forced() if guide else ():
        if turn.stop is not None:
            return
        yield token
