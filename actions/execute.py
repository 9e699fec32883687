"""Owns doing an action: the grid becomes pixels here, once, and hands let go of everything whatever happens."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final, assert_never

from actions.action import (
    Action,
    Answer,
    Ask,
    Click,
    Drag,
    FocusApp,
    HandAction,
    Move,
    OpenApp,
    Outcome,
    PressKeys,
    ReadClipboard,
    Scroll,
    Secret,
    Terminate,
    TypeText,
    Wait,
)
from actions.desktop import Desktop, Input
from actions.errors import ActionError, ExecutionError, Stopped
from actions.frame import Frame
from actions.geometry import GridPoint, Point, Rect, grid_to_screen, monitor_at
from actions.likeness import alike, extent
from actions.look import scene_of
from actions.secret import reveal
from actions.system import ask_system
from actions.waiting import Stop, check, wait

DONE: Final = "Done."
_POINTED: Final = (Click, Move, Drag, Scroll)
_DRAG_STEP: Final = 24
_DRAG_PAUSE: Final = 0.004
_CLICK_PAUSE: Final = 0.005


def target(action: Action, frame: Frame) -> Point | None:
    """The desktop pixel that an action is for, or None where it names no place."""
    match action:
        case Click(at=place) | Scroll(at=place) | Move(to=place) | Drag(to=place):
            return grid_to_screen(place, frame.view) if place else None
        case _:
            return None


def same_target(action: Action, frame: Frame, desktop: Desktop) -> bool:
    """Whether what the action is for is still what was seen.

    For all that hands do: the monitors, the window that was looked at, and the one at the action's place stand as they
    did. Besides, what is to be seen at the place, or who has the keyboard.

    Raises:
        CaptureError: the screen cannot be read.
    """
    if not isinstance(action, HandAction):
        return True
    at, scene = target(action, frame), frame.scene
    if scene and not scene.holds(scene_of(desktop, scene.window[0] if scene.window else None), at):
        return False
    if isinstance(action, PressKeys | TypeText):
        active = desktop.windows.active()
        return frame.active is None or (active is not None and active.id == frame.active)
    shot = frame.shot()
    region = extent(shot, at) if at else None
    return region is None or alike(shot.part(region), desktop.screen.grab(region).image())


def begins_at_pointer(action: Action) -> bool:
    """Whether the action begins wherever the pointer is, so that it means something else when that has moved."""
    match action:
        case Drag() | Click(at=None) | Scroll(at=None):
            return True
        case _:
            return False


def execute(action: Action, frame: Frame, desktop: Desktop, stop: Stop, pointer: Point | None = None) -> Outcome:
    """Do it. Trouble with the machine is an outcome, not an error; nothing stays held.

    Args:
        action: what to do; the guard has allowed it.
        frame: what the model saw, on whose grid its places lie.
        desktop: the machine.
        stop: asked before every event.
        pointer: where the pointer was when the action was judged. A person who has said yes with the mouse has moved it;
            an action that begins at the pointer takes it back there first.

    Raises:
        Stopped: `stop()` became true.
    """
    at = target(action, frame)
    if at and frame.scene and monitor_at(at, frame.scene.monitors) is None:
        return Outcome("failed", "No monitor shows that place: choose one that can be seen.", at)
    try:
        check(stop)
        with desktop.input.aside() if isinstance(action, _POINTED) else contextlib.nullcontext():
            if pointer and begins_at_pointer(action):
                desktop.input.move(pointer)
                check(stop)
            words = _act(action, frame.view, desktop, stop)
    except Stopped:
        raise
    except ActionError as error:
        return Outcome("failed", str(error), at)
    finally:
        desktop.input.release_all()
    return Outcome("done", words, at)


def _act(action: Action, view: Rect, desktop: Desktop, stop: Stop) -> str:
    """Do it; returns what the model is told."""
    hands = desktop.input
    match action:
        case Click() | Move() | Drag() | Scroll():
            _point(action, view, hands, stop)
        case PressKeys(keys, seconds):
            _press(keys, hands, stop, seconds)
        case TypeText(text):
            if isinstance(text, Secret):
                _type_secret(text.name, desktop, stop)
            else:
                hands.write(text, stop)
        case FocusApp() | OpenApp() | ReadClipboard():
            return ask_system(action, desktop, stop)
        case Wait(seconds):
            wait(seconds, stop)
        case Ask() | Answer() | Terminate():
            pass
        case _:
            assert_never(action)
    return DONE


def _point(action: Click | Move | Drag | Scroll, view: Rect, hands: Input, stop: Stop) -> None:
    match action:
        case Move(to):
            hands.move(grid_to_screen(to, view))
        case Drag(to, through):
            _drag([grid_to_screen(place, view) for place in (*through, to)], hands, stop)
        case Click(at=at):
            _bring(at, view, hands)
            with _held(action.keys, hands, stop):
                _click(action, hands, stop)
        case Scroll(amount, horizontal, at):
            _bring(at, view, hands)
            for _ in range(notches(amount)):
                check(stop)
                hands.scroll(1 if amount > 0 else -1, horizontal=horizontal)


def _click(action: Click, hands: Input, stop: Stop) -> None:
    for number in range(action.count):
        if number:
            # Qt takes two presses with the same time stamp, of whole milliseconds, for no double click.
            time.sleep(_CLICK_PAUSE)
        check(stop)
        hands.press(action.button)
        try:
            wait(action.seconds, stop)
        finally:
            hands.release(action.button)


def _bring(at: GridPoint | None, view: Rect, hands: Input) -> None:
    if at:
        hands.move(grid_to_screen(at, view))


def _drag(places: Sequence[Point], hands: Input, stop: Stop) -> None:
    starts = [hands.position(), *places]
    hands.press("left")
    try:
        for point in chain.from_iterable(map(_path, starts, places)):
            # A toolkit takes moves that come all at once for one jump, in which it sees no drag begin.
            time.sleep(_DRAG_PAUSE)
            check(stop)
            hands.move(point)
        time.sleep(_DRAG_PAUSE)
    finally:
        hands.release("left")


def _path(start: Point, end: Point) -> Iterator[Point]:
    """The way from one point to another, in steps."""
    distance = max(abs(end.x - start.x), abs(end.y - start.y))
    steps = max(4, min(24, distance // _DRAG_STEP))
    for step in range(1, steps + 1):
        yield start.moved((end.x - start.x) * step // steps, (end.y - start.y) * step // steps)


def notches(amount: int) -> int:
    """How far to turn the wheel for the model's `pixels`, whose unit was never defined.

    Models mean notches by small numbers and pixels by large ones: up to 5 it is notches, and each hundred adds one.
    """
    size = abs(amount)
    return min(size, 5 + size // 100, 30)


def _press(keys: tuple[str, ...], hands: Input, stop: Stop, seconds: float) -> None:
    with _held(keys, hands, stop):
        wait(seconds, stop)


@contextlib.contextmanager
def _held(keys: tuple[str, ...], hands: Input, stop: Stop) -> Iterator[None]:
    """Hold keys down for as long as the context lasts."""
    held: list[str] = []
    try:
        for key in keys:
            check(stop)
            held.append(key)
            hands.key_down(key)
        yield
    finally:
        for key in reversed(held):
            hands.key_up(key)


def _type_secret(name: str, desktop: Desktop, stop: Stop) -> None:
    """Type it, and tell of trouble without a word of it or its length."""
    before = desktop.windows.active()
    text = reveal(name)
    after = desktop.windows.active()
    if (before and before.id) != (after and after.id):
        # The keyring may have asked the person to unlock it, who may then be elsewhere.
        raise ExecutionError(f"The keyboard went to another window before the secret “{name}” was typed; look again.")
    trouble: ActionError
    try:
        desktop.input.write(text, stop)
        return
    except Stopped:
        trouble = Stopped("Stopped before all of a secret was typed.")
    except ActionError:
        trouble = ExecutionError(f"Not all of the secret “{name}” could be typed.")
    raise trouble  # outside the handlers, so that it does not carry the error that it stands for
