"""Owns the only way to look at a reply: forward, by few primitives whose cost is known, and never beyond a budget.

Every primitive says how many characters it looked at. A reply of n characters may cost a fixed multiple of n; whatever
costs more is refused, so that reading takes linear time by construction and not by hope.
"""

from __future__ import annotations

import re
from typing import Final

from actions.errors import ParseError

_BUDGET: Final = 24
"""Looks at each character, at most; a well-formed reply needs about four."""
_SPARE: Final = 4096
_SPACE: Final = re.compile(r"\s*+")


class Scanner:
    """A text and a place in it.

    Attributes:
        text: what is read.
        at: where reading goes on.
        seen: how many characters were looked at so far, each as often as it was.
    """

    __slots__ = ("_most", "at", "seen", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.seen = 0
        self._most = _BUDGET * len(text) + _SPARE

    def peek(self) -> str:
        """The next character; empty at the end."""
        return self.text[self.at : self.at + 1]

    def rest_is(self, word: str) -> bool:
        """Whether `word`, or a beginning of it, is all that is left."""
        self._spend(len(word))
        left = len(self.text) - self.at
        return left <= len(word) and word.startswith(self.text[self.at :])

    def starts(self, word: str) -> bool:
        """Whether `word` comes next."""
        self._spend(1)
        return self.text.startswith(word, self.at)

    def take(self, word: str) -> bool:
        """Go past `word` if it comes next."""
        if not self.starts(word):
            return False
        self.at += len(word)
        return True

    def skip(self) -> str:
        """Go past white space, and say what it was."""
        return self.run(_SPACE)

    def run(self, pattern: re.Pattern[str]) -> str:
        """Go past a run of characters, and say which.

        Args:
            pattern: one set of characters, repeated possessively: it cannot fail, so that it costs what it takes.
        """
        found = pattern.match(self.text, self.at)
        end = found.end() if found else self.at
        self._spend(end - self.at + 1)
        word, self.at = self.text[self.at : end], end
        return word

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The next place that matches, from here on; the place of reading goes behind it, or to the end.

        Args:
            pattern: begins with one of a few fixed words and is bounded in length, so that a search costs its distance.
        """
        found = pattern.search(self.text, self.at)
        end = found.end() if found else len(self.text)
        self._spend(end - self.at + 1)
        self.at = end
        return found

    def _spend(self, characters: int) -> None:
        self.seen += characters
        if self.seen > self._most:
            raise ParseError("The reply is too tangled to be read: write it again, more simply.")
