"""Owns what the desktop itself is asked for: another window in front, a program started, what was copied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from actions.action import FocusApp, OpenApp, ReadClipboard, SystemAction
from actions.desktop import Desktop, is_named
from actions.errors import ExecutionError
from actions.waiting import Stop, wait

_FRONT, _START = 2.0, 15.0
"""Seconds that a window gets to come to the front, and a program to show its first window."""
_MOST: Final = 4000
"""Letters of what was copied that the model reads."""
_NAMES: Final = 40
"""Names that an error lists."""


def ask_system(action: SystemAction, desktop: Desktop, stop: Stop) -> str:
    """Do it; returns what the model is told.

    Raises:
        ExecutionError: there is no such window or program, more than one, or it does not come.
        Stopped: `stop()` became true.
    """
    match action:
        case FocusApp(name):
            return _focus(name, desktop, stop)
        case OpenApp(name):
            return _open(name, desktop, stop)
        case ReadClipboard():
            text = desktop.system.copied()
            more = f" (and {len(text) - _MOST} letters more)" if len(text) > _MOST else ""
            return f"What was copied is: {text[:_MOST]}{more}" if text else "No text was copied."


def _focus(name: str, desktop: Desktop, stop: Stop) -> str:
    windows = desktop.windows
    found = [window for window in windows.all() if is_named(window, name)]
    if not found:
        raise ExecutionError(f"There is no window “{name}”; the windows are: {_list(w.title for w in windows.all())}.")
    # Of several, the one that was used last is the topmost.
    windows.activate(found[0].id)
    if not wait(_FRONT, stop, lambda: (active := windows.active()) is not None and active.id == found[0].id):
        raise ExecutionError(f"The window “{found[0].title}” does not come to the front.")
    return f"The window “{found[0].title}” is in front."


def _open(name: str, desktop: Desktop, stop: Stop) -> str:
    program = _program(name, desktop.system.programs())
    before = {window.id for window in desktop.windows.all()}
    desktop.system.launch(program)
    if not wait(_START, stop, lambda: any(window.id not in before for window in desktop.windows.all())):
        return f"“{program}” was started, but has not shown a new window within {_START:.0f} seconds."
    return f"“{program}” was started."


def _program(name: str, programs: tuple[str, ...]) -> str:
    """The one program that is meant: of exactly that name, or else the only one whose name has that part."""
    said = name.strip().casefold()
    exact = [program for program in programs if program.casefold() == said]
    found = exact or [program for program in programs if said and said in program.casefold()]
    if len(found) == 1:
        return found[0]
    if found:
        raise ExecutionError(f"“{name}” could be any of: {_list(found)}.")
    raise ExecutionError(f"There is no program “{name}”; the programs are: {_list(programs)}.")


def _list(names: Iterable[str]) -> str:
    known = [name for name in names if name.strip()]
    more = f" and {len(known) - _NAMES} more" if len(known) > _NAMES else ""
    return (", ".join(f"“{name}”" for name in known[:_NAMES]) or "none") + more
