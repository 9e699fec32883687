"""Owns noticing that a run goes in circles: the same done again and again on a screen that does not change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from actions.action import Action, HandAction, Outcome
from actions.frame import Frame, changed_region, is_blink

ASKED, ENOUGH = 2, 3
"""So many times that something was in vain, the person is asked before it is done again; and it is not done again."""
NUDGE = "You did just this before, and the screen did not change: do something else."
DOUBT = f"It did just this {ASKED} times, and the screen did not change."


class Repeats:
    """Counts what was done in vain since the screen last changed. Waiting is never in vain."""

    def __init__(self) -> None:
        self._vain: Counter[tuple[Action, ...]] = Counter()
        self._screen: Frame | None = None

    def before(self, actions: Sequence[Action], frame: Frame) -> int:
        """How often just these were in vain on this very screen."""
        if self._screen is None or not _same(self._screen, frame):
            self._vain.clear()
            self._screen = frame
        return self._vain[tuple(actions)]

    def after(self, actions: Sequence[Action], outcomes: Sequence[Outcome]) -> bool:
        """Take in what came of them; returns whether they were in vain."""
        vain = any(isinstance(action, HandAction) for action in actions) and _in_vain(outcomes)
        if vain:
            self._vain[tuple(actions)] += 1
        return vain


def _in_vain(outcomes: Sequence[Outcome]) -> bool:
    if any(outcome.changed in ("near", "elsewhere") for outcome in outcomes):
        return False
    return any(outcome.changed == "nothing" or outcome.status == "refused" for outcome in outcomes)


def _same(seen: Frame, now: Frame) -> bool:
    return seen == now or (seen.view == now.view and is_blink(changed_region(seen.shot(), now.shot())))
