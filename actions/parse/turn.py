"""Owns the Turn: what a model's reply means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from actions.action import Action

Scale = Literal["grid", "unit", "metres"]


@dataclass(frozen=True, slots=True)
class Place:
    """Something that the model says it sees, where it says so: an answer, never an action.

    Attributes:
        kind: `point` (x, y); `box` (left, top, right, bottom, or whichever two corners were given); `box_3d` (centre and
            size in metres in the camera's frame, then three angles, as the model orders them).
        numbers: as the model gave them.
        scale: what they are measured in: the `grid` from 0 to 1000, the `unit` square from 0 to 1, or `metres`.
        label: what it is; empty where nothing was said.
    """

    kind: Literal["point", "box", "box_3d"]
    numbers: tuple[float, ...]
    scale: Scale
    label: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply, read.

    Attributes:
        thought: what was thought, and what was said before the first call.
        text: what was said to nobody's hands: the whole reply where nothing is called, or words between and after calls.
        actions: what to do, in order; empty where nothing is called.
        places: what was pointed out, where the reply is grounding JSON.
    """

    thought: str
    text: str
    actions: tuple[Action, ...]
    places: tuple[Place, ...] = ()
