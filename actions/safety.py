"""Owns the guard: whether an action may be done, must be asked about, or is refused, with the reason.

Two modes. `watch` asks before everything that hands do. `free` asks nothing, and acts inside one named window only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from actions.action import (
    Action,
    Answer,
    Ask,
    Click,
    Drag,
    FocusApp,
    Move,
    OpenApp,
    PressKeys,
    ReadClipboard,
    Scroll,
    Terminate,
    TypeText,
    Wait,
)
from actions.desktop import Desktop, Window, is_named
from actions.geometry import Point, Rect
from actions.keys import STOP_CHORD

Mode = Literal["watch", "free"]

_LOCKS: Final = {"capslock", "numlock", "scrolllock"}
_LEAVING: Final = {"tab", "esc", "space", "enter", "printscreen", *(f"f{number}" for number in range(1, 25))}


@dataclass(frozen=True, slots=True)
class Context:
    """What is true at the moment of judging.

    Attributes:
        mode: how much the person lets the agent do.
        view: the pixels that the model was shown.
        at: the desktop pixel that the action is for, or where the pointer is when it names none.
        allowed: the one window of `free`.
        under: the window that shows that pixel.
        focused: the window that has the keyboard.
        pointer: where the pointer is, from where a drag begins.
        over: the window that shows that pixel.
    """

    mode: Mode
    view: Rect
    at: Point | None
    allowed: Window | None
    under: Window | None
    focused: Window | None
    pointer: Point | None = None
    over: Window | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says, and why, in one sentence for the person and the model."""

    kind: Literal["allow", "ask", "refuse"]
    reason: str


def context_of(mode: Mode, view: Rect, at: Point | None, allowed: Window | None, desktop: Desktop) -> Context:
    """What is true now, asked of the desktop; `at` is the action's own pixel, if it has one."""
    pointer = desktop.input.position()
    at = at or pointer
    windows = desktop.windows
    return Context(mode, view, at, allowed, windows.at(at), windows.active(), pointer, windows.at(pointer))


def verdict(action: Action, context: Context) -> Verdict:
    """Whether the action may be done."""
    match action:
        case Wait() | Ask() | Answer() | Terminate():
            return Verdict("allow", "It touches nothing.")
        case PressKeys(keys) if _is_stop_chord(frozenset(keys)):
            return Verdict("refuse", "These keys are the person's, to stop the agent.")
        case _ if context.mode == "watch":
            return Verdict("ask", "In watch mode the person is asked before every action.")
        case ReadClipboard():
            return Verdict("ask", "What was copied may be a secret, so the person is always asked.")
        case _ if context.allowed is None:
            return Verdict("refuse", "Free mode works inside one named window only, and none is named.")
        case Click() | Move() | Drag() | Scroll():
            return _pointer_verdict(action, context, context.allowed)
        case PressKeys() | TypeText():
            return _keyboard_verdict(action, context, context.allowed)
        case FocusApp(name) if is_named(context.allowed, name):
            return Verdict("allow", f"It is the window “{context.allowed.title}”.")
        case FocusApp() | OpenApp():
            return Verdict("refuse", f"Free mode works inside the window “{context.allowed.title}” only.")


def _pointer_verdict(action: Click | Move | Drag | Scroll, context: Context, allowed: Window) -> Verdict:
    if context.at is None or not allowed.rect.contains(context.at):
        return Verdict("refuse", f"That place is outside the window “{allowed.title}”.")
    if context.under is None or not _belongs(context.under, allowed):
        covering = f"“{context.under.title or context.under.application}”" if context.under else "something else"
        return Verdict("refuse", f"The window “{allowed.title}” is covered there by {covering}.")
    if isinstance(action, Drag) and not _is_over(context, allowed):
        return Verdict("refuse", f"The drag would begin outside the window “{allowed.title}”: move into it first.")
    if isinstance(action, Click) and set(action.keys) & {"alt", "super"}:
        return Verdict("refuse", "These keys speak to the desktop, not to the window.")
    return Verdict("allow", f"It is inside the window “{allowed.title}”.")


def _keyboard_verdict(action: PressKeys | TypeText, context: Context, allowed: Window) -> Verdict:
    if context.focused is None or context.focused.id != allowed.id:
        return Verdict("refuse", f"The window “{allowed.title}” has not the keyboard: click into it first.")
    if isinstance(action, PressKeys) and _leaves_window(frozenset(action.keys)):
        return Verdict("refuse", "These keys speak to the desktop, not to the window.")
    return Verdict("allow", f"The window “{allowed.title}” has the keyboard.")


def _is_over(context: Context, allowed: Window) -> bool:
    """Whether the pointer is on what is to be seen of the allowed window."""
    if context.pointer is None or not allowed.rect.contains(context.pointer):
        return False
    return context.over is not None and _belongs(context.over, allowed)


def _belongs(window: Window, allowed: Window) -> bool:
    """Whether it is that window or one of its application, such as its menus and dialogs."""
    return window.id == allowed.id or bool(allowed.application and window.application == allowed.application)


def _is_stop_chord(keys: frozenset[str]) -> bool:
    """Whether it is the person's stop key, or becomes it by the Shift that a character such as `+` may need."""
    return keys >= set(STOP_CHORD) or (keys >= set(STOP_CHORD) - {"shift"} and len(keys) > len(STOP_CHORD) - 1)


def _leaves_window(keys: frozenset[str]) -> bool:
    """Whether window managers take such a chord for themselves, or it stays on for every window."""
    if keys & {"super", "printscreen"} or keys & _LOCKS or keys >= {"ctrl", "alt"}:
        return True
    return "alt" in keys and bool(keys & _LEAVING)
