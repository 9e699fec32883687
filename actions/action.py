"""Owns the closed union of actions that a model may ask for, and what came of one.

The actions are those of Qwen's `computer_use` tool, and what a desktop has besides. Places are on the model's grid (0–1000): geometry is applied once,
in `execute`, with the frame that the model saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from actions.geometry import GridPoint, Point

Button = Literal["left", "right", "middle"]
Status = Literal["success", "failure"]
Effect = Literal["nothing", "near", "elsewhere"]
"""What an action changed on the screen: nothing, something about its place, or something else only."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A name that stands for a text in the system keyring; the text itself is never written anywhere."""

    name: str


@dataclass(frozen=True, slots=True)
class Click:
    """Press and release a button `count` times, at a place or where the pointer is.

    Attributes:
        keys: modifiers that are held meanwhile, by canonical name.
        seconds: how long the button stays down.
    """

    button: Button = "left"
    count: Literal[1, 2, 3] = 1
    at: GridPoint | None = None
    keys: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Move:
    """Bring the pointer to a place."""

    to: GridPoint


@dataclass(frozen=True, slots=True)
class Drag:
    """Hold the left button from where the pointer is, through some places, to a last one."""

    to: GridPoint
    through: tuple[GridPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Scroll:
    """Turn the wheel where the pointer is, or at a place; positive is up or right."""

    amount: int
    horizontal: bool = False
    at: GridPoint | None = None


@dataclass(frozen=True, slots=True)
class PressKeys:
    """A chord: keys go down in order, stay for some seconds, and go up in reverse.

    Names are canonical lower-case (`ctrl`, `enter`, `a`).
    """

    keys: tuple[str, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class TypeText:
    """Type a text into whatever has the focus."""

    text: str | Secret


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the person something, and wait for what they say."""

    question: str


@dataclass(frozen=True, slots=True)
class FocusApp:
    """Bring the window of an application to the front; `name` is its, or part of the window's title."""

    name: str


@dataclass(frozen=True, slots=True)
class OpenApp:
    """Start an installed program, by the name that the person's menu has for it; never a command line."""

    name: str


@dataclass(frozen=True, slots=True)
class ReadClipboard:
    """Learn the text that the person copied; the person is always asked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Tell the person something they asked for."""

    text: str


@dataclass(frozen=True, slots=True)
class Terminate:
    """End the task, saying whether it was done."""

    status: Status


HandAction = Click | Move | Drag | Scroll | PressKeys | TypeText
"""The actions that need mouse or keyboard."""

SystemAction = FocusApp | OpenApp | ReadClipboard
"""The actions that the desktop itself is asked for."""

Action = HandAction | SystemAction | Wait | Ask | Answer | Terminate
"""Everything that a model may ask for."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one action.

    Attributes:
        status: `done`; `failed` (the machine would not); `refused` (guard or person); `dropped` (not tried, because an
            earlier action of the same reply changed what this one was meant for).
        words: one short sentence, meant for the model and for the person.
        at: the desktop pixel that was acted on, where there is one.
        changed: what changed on the screen, where that was looked at.
    """

    status: Literal["done", "failed", "refused", "dropped"]
    words: str
    at: Point | None = None
    changed: Effect | None = None
