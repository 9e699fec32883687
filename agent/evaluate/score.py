"""Owns what is played and how it is judged: families of desks, one Play, and the score of many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from agent.evaluate.desk import State

KINDS = ("press", "tick", "type", "choose", "menu")
FAMILIES = (*KINDS, "two", "three")
"""One goal of each kind, then tasks of two and of three goals of any kind."""

_GOALS = {"two": 2, "three": 3}


@dataclass(frozen=True, slots=True)
class Play:
    """One desk played to its end.

    Attributes:
        claimed: the model said that it succeeded.
        steps: how many steps it took; `seconds` is their wall time together.
    """

    family: str
    task: str
    claimed: bool
    state: State
    steps: int
    seconds: float

    @property
    def words(self) -> str:
        """The verdict in one line, by the desk's own state."""
        said = "says it is done" if self.claimed else "says it is not done"
        done = sum(goal.done for goal in self.state.goals)
        verdict = "finished" if self.state.finished else f"NOT finished ({done} of {len(self.state.goals)} goals)"
        spoiled = f", spoiled: {', '.join(self.state.spoiled)}" if self.state.spoiled else ""
        return f"{verdict} in {self.steps} steps: “{self.task}”; the model {said}{spoiled}"


@dataclass(frozen=True, slots=True)
class DeskSeed:
    """Which desk to deal: its family, the kind that one of its goals has, how many goals, and its seed."""

    family: str
    kind: str
    goals: int
    seed: int


def desk_seeds(seed: int, count: int) -> Iterator[DeskSeed]:
    """`count` desks of every family; equal for equal seeds."""
    for family in FAMILIES:
        rng = random.Random(f"{seed}/{family}")
        for number in range(count):
            kind = family if family in KINDS else KINDS[number % len(KINDS)]
            yield DeskSeed(family, kind, _GOALS.get(family, 1), rng.randrange(1 << 40))


def score(plays: list[Play]) -> dict[str, object]:
    """What `make practice` prints.

    `families`: share finished by the desk's state; `claimed_wrong`: share of all plays that said success while the state
    was wrong; `clicks_inside`: share of clicks that landed on the target that the task wanted next; `seconds_per_step`.
    """
    clicks = [click.wanted for one in plays for click in one.state.clicks]
    steps = sum(one.steps for one in plays)
    families = {
        family: _share([one.state.finished for one in plays if one.family == family])
        for family in FAMILIES
        if any(one.family == family for one in plays)
    }
    return {
        "families": families,
        "claimed_wrong": _share([one.claimed and not one.state.finished for one in plays]),
        "clicks_inside": _share(clicks),
        "seconds_per_step": round(sum(one.seconds for one in plays) / max(steps, 1), 3),
        "plays": len(plays),
    }


def _share(held: list[bool]) -> float:
    return round(sum(held) / len(held), 4) if held else 0.0
