"""Owns the smallest grounding test: does a model click inside the practice widget that it is asked to press?"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Final

from actions.desktop import Desktop
from actions.execute import target
from actions.frame import Frame
from actions.look import CaptureTarget, view_of
from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.events import Event
from agent.history import HistoryPolicy
from agent.mind.base import Mind, ThinkOptions, never
from agent.stopwatch import Stopwatch
from agent.thinking import Thinker, read
from agent.zoom import Thought

_IN_WINDOW: Final = CaptureTarget("window", WINDOW)


@dataclass(frozen=True, slots=True)
class Found:
    """How a model did.

    Attributes:
        hits: how often its first click would have hit.
        tokens: of the conversation that it read to say so, on the average; 0 where the model does not tell.
    """

    hits: int
    tokens: int


def find_widgets(
    mind: Mind,
    desk: PracticeDesk,
    desktop: Desktop,
    count: int = 10,
    capture: CaptureTarget = _IN_WINDOW,
    *,
    zoom: bool = False,
) -> Found:
    """How many of `count` buttons on fresh desks the model's first click would hit; nothing is clicked.

    Args:
        mind: is loaded if need be.
        desk: deals.
        desktop: of the screen that the desk is on.
        count: how many desks.
        capture: what the model sees.
        zoom: whether it looks twice, where what it sees is large.

    Raises:
        AgentError, ActionError: the model, the desk or the screen cannot go on.
    """
    tries = [_try(mind, desk, desktop, seed, capture, zoom) for seed in range(count)]
    return Found(sum(hit for hit, _ in tries), round(sum(tokens for _, tokens in tries) / max(1, count)))


def _try(
    mind: Mind, desk: PracticeDesk, desktop: Desktop, seed: int, capture: CaptureTarget, zoom: bool
) -> tuple[bool, int]:
    """Whether the click would hit, and how many tokens were read to say it."""
    deal = desk.deal(seed, "press", 1)
    view = view_of(_IN_WINDOW, desktop)
    frame, thought = _ended(
        _think(Thinker(deal.task, desktop, mind, capture, HistoryPolicy(), ThinkOptions(), None, zoom))
    )
    places = [place for action in thought.turn.actions if (place := target(action, frame))]
    wanted = [spot.box for spot in deal.targets if deal.task.endswith(f" {spot.label}")]
    if not places or not wanted:
        return False, thought.reply.prompt_tokens
    left, top, width, height = wanted[0]
    x, y = places[0].x - view.left, places[0].y - view.top
    return left <= x < left + width and top <= y < top + height, thought.reply.prompt_tokens


def _think(thinker: Thinker) -> Generator[Event, None, tuple[Frame, Thought]]:
    """The first step of a run, without its deed."""
    clock = Stopwatch()
    yield from thinker.wake(never)
    frame, reply = yield from thinker.next_reply(1, clock, never)
    turn, error = read(reply)
    if error:
        return frame, Thought(reply, turn)
    return frame, (yield from thinker.look_closer(1, frame, reply, turn, clock, never))


def _ended(work: Generator[Event, None, tuple[Frame, Thought]]) -> tuple[Frame, Thought]:
    """What a generator returns; nobody hears its events."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            ended: tuple[Frame, Thought] = end.value
            return ended
