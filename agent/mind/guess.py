"""Owns saying what was said before: after two tokens that stood somewhere already, what followed them then is tried as a guess.

Guesses are read by the model together with the token before them, in one pass, and only those that it would have chosen
itself are said; so they change how often the model is asked, not what it says (prompt look-up decoding). People's own
words, names on the screen and the model's earlier turns come back often. What a guess costs is measured where the model is
loaded; where too few come true to pay for it, none are made for a while.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch

    from agent.mind.session import Session

WIDTH: Final = 4
"""Tokens of a guess at most."""
_PAUSE: Final = 32
"""Passes without a guess, once guesses do not pay."""
_FORGETS: Final = 0.9
"""How much of what is known of earlier guesses is kept with each new one."""


class Worth:
    """Whether guesses pay, kept from turn to turn.

    Attributes:
        price: what a guess costs, in passes: how much longer a pass takes with it.
    """

    def __init__(self, price: float = 0.5) -> None:
        self.price = price
        self._came_true, self._pause = WIDTH / 2, 0

    def pays(self) -> bool:
        """Whether to make a guess now, asked before each pass."""
        if self._pause:
            self._pause -= 1
            return False
        return True

    def learn(self, true: int) -> None:
        """Take in how many tokens of a guess came true."""
        self._came_true = _FORGETS * self._came_true + (1 - _FORGETS) * true
        if self._came_true < self.price:
            # Later it is given one more chance: a turn may begin to repeat what it reads.
            self._came_true, self._pause = self.price, _PAUSE


class Ahead:
    """A session that reads guesses along with what is said; scores are asked of the model only where no guess came true.

    Args:
        session: has read the conversation.
        ids: of the conversation.
        never: tokens that are not guessed: those of pictures, and those that end a turn.
        worth: learns whether guesses pay.
    """

    def __init__(self, session: Session, ids: Sequence[int], never: Collection[int], worth: Worth) -> None:
        self._session, self._never, self._worth = session, frozenset(never), worth
        self._said: list[int] = []
        self._followed: dict[tuple[int, ...], int] = {}
        self._guess: list[int] = []
        self._rows: torch.Tensor | None = None
        self._guessed = self._true = 0
        self._remember(ids)

    def say(self, tokens: Sequence[int]) -> torch.Tensor:
        """Add some tokens that were chosen; the scores of the one after them."""
        self._remember(tokens)
        same = _same(self._guess, tokens)
        self._true += same
        self._guess = self._guess[same:]
        if same == len(tokens) and self._rows is not None:
            self._rows = self._rows[same:]
            return self._rows[0]
        self.end()
        guess = self._next() if self._session.can_go_back and self._worth.pays() else []
        self._rows = self._session.say_ahead(tokens[same:], guess)
        self._guess, self._guessed, self._true = guess, len(guess), 0
        return self._rows[0]

    def end(self) -> None:
        """Take back what was guessed and not said."""
        if self._guessed:
            self._worth.learn(self._true)
        if self._guess:
            self._session.take_back(len(self._guess))
        self._guess, self._guessed, self._rows = [], 0, None

    def _remember(self, tokens: Sequence[int]) -> None:
        """Note what followed each pair of tokens, and each token, the last time."""
        for token in tokens:
            place = len(self._said)
            self._followed[tuple(self._said[-2:])] = self._followed[tuple(self._said[-1:])] = place
            self._said.append(token)

    def _next(self) -> list[int]:
        """What followed the last two tokens, or the last one, the last time; up to the first that cannot be guessed."""
        place = self._followed.get(tuple(self._said[-2:]), self._followed.get(tuple(self._said[-1:]), len(self._said)))
        guess = self._said[place : place + WIDTH]
        return guess[: next((n for n, token in enumerate(guess) if token in self._never), len(guess))]


def _same(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two sequences begin with together."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
