"""Owns telling a thought from the answer after it, in a text that comes in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from agent.mind.base import Piece
from agent.mind.decode import CALL, THOUGHT, THOUGHT_END

_MARKS: Final = {True: (THOUGHT_END,), False: (THOUGHT, CALL)}
"""What is looked for within a thought, and outside of one."""


class Apart:
    """One turn. Marks belong to the thought; from its first call on all is answer, whatever is typed there.

    Args:
        in_thought: the turn begins within a thought.
    """

    def __init__(self, in_thought: bool) -> None:
        self._in_thought, self._called, self._held = in_thought, False, ""

    def begin_thought(self) -> None:
        """What comes next is thought, though no mark says so."""
        self._in_thought = True

    def add(self, text: str) -> Iterator[Piece]:
        """Take some text and tell it, but for an end that may be the beginning of a mark."""
        self._held += text
        while not self._called and (mark := re.search("|".join(_MARKS[self._in_thought]), self._held)):
            self._called = mark[0] == CALL
            if not self._called:
                yield from self._tell(mark.start() if mark[0] == THOUGHT else mark.end())
                self._in_thought = mark[0] == THOUGHT
        yield from self._tell(len(self._held) - self._open())

    def rest(self) -> Iterator[Piece]:
        """Tell what was held back, at the end of the turn."""
        yield from self._tell(len(self._held))

    def _open(self) -> int:
        """How many letters at the end may be the beginning of a mark."""
        marks = () if self._called else _MARKS[self._in_thought]
        return max((n for mark in marks for n in range(1, len(mark)) if self._held.endswith(mark[:n])), default=0)

    def _tell(self, end: int) -> Iterator[Piece]:
        text, self._held = self._held[:end], self._held[end:]
        if text:
            yield Piece(text, self._in_thought)
