"""Owns practice: fresh desks played through the whole product, by real capture and real input."""

from __future__ import annotations

from collections.abc import Callable

from actions.desktop import Desktop
from actions.look import CaptureTarget
from agent.control import Control
from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.evaluate.score import DeskSeed, Play, desk_seeds, score
from agent.intents import Limits
from agent.loop import Options, run
from agent.mind.base import Mind
from agent.step import gather
from agent.store import RunFolder


def practice_options(steps: int = 16) -> Options:
    """How a practice desk is played: free inside its window, which is all that is seen."""
    target = CaptureTarget("window", WINDOW)
    return Options(mode="free", capture=target, limits=Limits(steps=steps, seconds=300))


def play(dealt: DeskSeed, desk: PracticeDesk, desktop: Desktop, mind: Mind, store: RunFolder | None = None) -> Play:
    """Deal one desk, let the model work on it, and ask the desk how it stands.

    Raises:
        AgentError: the desk's process or the mind cannot go on.
    """
    task = desk.deal(dealt.seed, dealt.kind, dealt.goals).task
    trajectory = gather(run(task, Control(), desktop, mind, practice_options(), store))
    claimed = trajectory.finished is not None and trajectory.finished.status == "success"
    seconds = sum(step.finished.wall for step in trajectory.steps if step.finished)
    return Play(dealt.family, task, claimed, desk.state(), len(trajectory.steps), seconds)


def practice(
    seed: int,
    count: int,
    desk: PracticeDesk,
    desktop: Desktop,
    mind: Mind,
    told: Callable[[Play], None] = lambda _: None,
) -> dict[str, object]:
    """Play `count` fresh desks of every family and score them; `told` hears of each as it ends."""
    plays = []
    for dealt in desk_seeds(seed, count):
        plays.append(play(dealt, desk, desktop, mind))
        told(plays[-1])
    return score(plays)
