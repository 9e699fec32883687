"""Owns the smallest grounding test: does a model click inside the practice widget that it is asked to press?"""

from __future__ import annotations

from actions.desktop import Desktop
from actions.errors import ActionError
from actions.execute import target
from actions.look import CaptureTarget, look
from actions.parse import parse
from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.mind.base import Mind, Reply, ThinkOptions, never
from agent.prompt import prompt


def find_widgets(mind: Mind, desk: PracticeDesk, desktop: Desktop, count: int = 10) -> int:
    """How many of `count` buttons on fresh desks the model's first click would hit; nothing is clicked.

    Raises:
        AgentError, ActionError: the model, the desk or the screen cannot go on.
    """
    return sum(_finds(mind, desk, desktop, seed) for seed in range(count))


def _finds(mind: Mind, desk: PracticeDesk, desktop: Desktop, seed: int) -> bool:
    deal = desk.deal(seed, "press", 1)
    frame = look(desktop, CaptureTarget("window", WINDOW))
    info = mind.info()
    said = mind.think(prompt(deal.task, [], frame, units=info.units, offer=info.offer), ThinkOptions(), never)
    reply = next(item for item in said if isinstance(item, Reply))
    try:
        places = [place for action in parse(reply.text, reply.coordinates).actions if (place := target(action, frame))]
    except ActionError:
        return False
    wanted = [spot.box for spot in deal.targets if deal.task.endswith(f" {spot.label}")]
    if not places or not wanted:
        return False
    left, top, width, height = wanted[0]
    x, y = places[0].x - frame.view.left, places[0].y - frame.view.top
    return left <= x < left + width and top <= y < top + height
