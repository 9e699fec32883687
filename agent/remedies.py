"""Owns what a run does with less of when the mind has no room for it.

Before the first step it is planned for the longest one: a shorter history first, then smaller pictures. When there is no
memory in the middle of a run, it is the other way round, since that gives most at once; and then a lower precision.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from actions.geometry import Size
from agent.errors import OutOfMemory, TooLong
from agent.history import HistoryPolicy
from agent.mind.base import Mind, MindInfo, ThinkOptions
from agent.mind.fit import TURN, Load

LEAST: Final = 256
"""Visual tokens of a frame below which the words on a screen can no longer be read."""
COARSE: Final = 768
"""Most visual tokens of the first of two looks; a frame that has no more is looked at once, as it is."""
PART: Final = Size(1280, 960)
"""Largest part of the screen that the second shows, unless places that are further apart need more."""
_WHY: Final = "There was no room for so much"
_SQUARE: Final = 32
"""Pixels of a side that become one visual token; near enough for families with other squares."""
_PART_TOKENS: Final = PART.width // _SQUARE * (PART.height // _SQUARE)


class Remedies:
    """How much a run asks of its mind, and what it can still do without.

    Args:
        mind: may be loaded anew in a lower precision.
        policy: how much of the past it reads again.
        options: how a turn is decoded.
        zoom: it sees a large frame twice, coarsely and then a part of it.

    Attributes:
        policy, options: the same, with what was given up so far.
    """

    def __init__(self, mind: Mind, policy: HistoryPolicy, options: ThinkOptions, zoom: bool = False) -> None:
        self.policy, self.options = policy, options
        self._mind, self._zoom = mind, zoom
        self._most = MindInfo("").frame_tokens

    def plan(self, info: MindInfo, frame: Size) -> Iterator[str]:
        """Ask for no more than there is room for at the longest step, as far as that can be told before.

        Args:
            info: how much room there is, and how many tokens a frame has at most.
            frame: size of what is to be seen.

        Yields:
            What is given up, for the person, in one sentence each.
        """
        self._most = info.frame_tokens
        while info.room and self._longest(info, frame) > info.room:
            words = self._shorter() or self._smaller(frame)
            if not words:
                return  # the mind counts exactly, and refuses it if it must
            yield words

    def spare(self, frame: Size, error: OutOfMemory | TooLong) -> str:
        """Ask for less from now on.

        Args:
            frame: size of what was to be seen.
            error: what the mind said.

        Returns:
            What is given up, for the person, in one sentence.

        Raises:
            OutOfMemory: there is no less; TooLong, where that was the error.
        """
        if words := self._smaller(frame) or self._shorter():
            return words
        if isinstance(error, OutOfMemory) and (precision := self._mind.lighten()):
            return f"{_WHY}; the model is loaded anew in {precision}, which needs half as much and may be slower."
        raise type(error)(f"{error}; the run already asks for the least that it can work with") from error

    def _smaller(self, frame: Size) -> str:
        tokens = max(self._shown(frame))
        if tokens <= LEAST:
            return ""
        fewer = max(LEAST, tokens // 2)
        self.options = replace(self.options, frame_tokens=fewer)
        return f"{_WHY}; the model sees less sharply from now on ({fewer} tokens a picture)."

    def _shorter(self) -> str:
        shorter = self.policy.shorter()
        if shorter is None:
            return ""
        self.policy = shorter
        return f"{_WHY}; the model is shown the last {shorter.frames} steps at most from now on."

    def _longest(self, info: MindInfo, frame: Size) -> int:
        """About how many tokens the longest step has with its reply."""
        frames = 1 if self.policy.kind == "rewrite" else self.policy.frames
        reply = self.options.max_new_tokens + (self.options.max_thought_tokens if info.thinks else 0)
        shown = self._shown(frame)
        return Load(frames, self.policy.told, sum(shown) + TURN * (len(shown) - 1), reply).tokens

    def _shown(self, frame: Size) -> list[int]:
        """About how many visual tokens each picture of a step has."""
        squares = -(-frame.width // _SQUARE) * -(-frame.height // _SQUARE)
        most = min(self._most, self.options.frame_tokens or self._most)
        twice = self._zoom and squares > COARSE
        return [min(most, COARSE), min(most, _PART_TOKENS, squares)] if twice else [min(most, squares)]
