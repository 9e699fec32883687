"""Owns the guard: whether an action may be done, must be asked about, or is refused, with the reason.

Three modes. `watch` asks before everything that hands do. `guarded` asks before what has consequences. `free` asks nothing,
and acts inside one named window only. What the person's rules deny is refused in each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

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
    PressKeys,
    ReadClipboard,
    Scroll,
    SystemAction,
    Terminate,
    TypeText,
    Wait,
)
from actions.control import Reading
from actions.desktop import Desktop, Window, is_named
from actions.geometry import Point, Rect
from actions.guarded import Place, reason_of_program, reason_to_ask
from actions.keys import STOP_CHORD
from actions.rules import Rules

Mode = Literal["watch", "guarded", "free"]

_NO_RULES: Final = Rules()

_LOCKS: Final = {"capslock", "numlock", "scrolllock"}
_TYPED: Final = {"enter": frozenset("\n\r"), "tab": frozenset("\t"), "space": frozenset(" ")}
"""Keys that a text presses where it has these signs."""
_LEAVING: Final = {"tab", "esc", "space", "enter", "printscreen", *(f"f{number}" for number in range(1, 25))}


@dataclass(frozen=True, slots=True)
class Context:
    """What is true at the moment of judging.

    Attributes:
        mode: how much the person lets the agent do.
        view: the pixels that the model was shown.
        at: the desktop pixel that the action is for, or where the pointer is when it names none.
        allowed: the one window of `free`, and of `guarded` where the model sees one window.
        under: the window that shows that pixel, or that is to be brought to the front.
        focused: the window that has the keyboard.
        pointer: where the pointer is, from where a drag begins.
        over: the window that shows that pixel.
        rules: what the person has laid down.
        there: in guarded mode, what the window under the action tells of itself; None where it does not.
        here: the same of the window under the pointer.
        keys: the same of the window or popup that has the keyboard.
        popup: the menu or the like that has the keyboard before the window.
    """

    mode: Mode
    view: Rect
    at: Point | None
    allowed: Window | None
    under: Window | None
    focused: Window | None
    pointer: Point | None = None
    over: Window | None = None
    rules: Rules = _NO_RULES
    there: Reading | None = None
    here: Reading | None = None
    keys: Reading | None = None
    popup: Window | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the guard says, and why, in one sentence for the person and the model."""

    kind: Literal["allow", "ask", "refuse"]
    reason: str


def context_of(
    mode: Mode,
    view: Rect,
    at: Point | None,
    allowed: Window | None,
    desktop: Desktop,
    action: Action | None = None,
    rules: Rules = _NO_RULES,
) -> Context:
    """What is true now, asked of the desktop; `at` is the action's own pixel, if it has one.

    What windows tell of themselves is asked for in guarded mode only, and as far as the action needs it.
    """
    windows, controls = desktop.windows, desktop.controls
    pointer = desktop.input.position()
    at = at or pointer
    named = next((w for w in windows.all() if is_named(w, action.name)), None) if isinstance(action, FocusApp) else None
    under = windows.at(at) if named is None else named
    context = Context(mode, view, at, allowed, under, windows.active(), pointer, windows.at(pointer), rules)
    if isinstance(action, PressKeys | TypeText):
        context = replace(context, popup=windows.popup())
    if mode != "guarded":
        return context
    match action:
        case Click() | Drag() if context.under:
            context = replace(context, there=controls.read(context.under, at))
        case PressKeys() | TypeText() if typed := context.popup or context.focused:
            context = replace(context, keys=controls.read(typed, None))
    if isinstance(action, Drag) and context.over:
        context = replace(context, here=controls.read(context.over, pointer))
    return context


def verdict(action: Action, context: Context) -> Verdict:
    """Whether the action may be done."""
    match action:
        case Wait() | Ask() | Answer() | Terminate():
            return Verdict("allow", "It touches nothing.")
        case PressKeys(keys) if _is_stop_chord(frozenset(keys)):
            return Verdict("refuse", "These keys are the person's, to stop the agent.")
        case _ if denied := _denied(action, context):
            return Verdict("refuse", denied)
        case _ if context.mode == "watch":
            return Verdict("ask", "In watch mode the person is asked before every action.")
        case ReadClipboard():
            return Verdict("ask", "What was copied may be a secret, so the person is always asked.")
        case _:
            return _guarded_verdict(action, context) if context.mode == "guarded" else _free_verdict(action, context)


def _free_verdict(action: HandAction | FocusApp | OpenApp, context: Context) -> Verdict:
    allowed = context.allowed
    if allowed is None:
        return Verdict("refuse", "Free mode works inside one named window only, and none is named.")
    if left := _left(action, context):
        return Verdict("refuse", left)
    match action:
        case Click() | Move() | Drag() | Scroll():
            return _pointer_verdict(action, context, allowed)
        case PressKeys() | TypeText():
            return _keyboard_verdict(action, context, allowed)
        case FocusApp(name) if is_named(allowed, name):
            return Verdict("allow", f"It is the window “{allowed.title}”.")
        case FocusApp() | OpenApp():
            return Verdict("refuse", f"Free mode works inside the window “{allowed.title}” only.")


def _denied(action: HandAction | SystemAction, context: Context) -> str | None:
    """Which rule of the person's speaks against it, in a sentence; None where none does."""
    for window, at, keys in _touched(action, context):
        if rule := context.rules.denies(window, at, keys):
            return f"The person's rules say never: {rule}."
    return None


def _left(action: HandAction | SystemAction, context: Context) -> str | None:
    """Which of the windows and places that it has to do with is none that the agent may work in, in a sentence."""
    for window, at, _ in _touched(action, context):
        if not context.rules.admits(window, at) or (context.mode == "guarded" and not _is_in(window, context.allowed)):
            name = window.title or window.application if window else ""
            return f"It leaves the windows that it may work in, for “{name}”."
    return None


def _touched(
    action: HandAction | SystemAction, context: Context
) -> Iterator[tuple[Window | None, Point | Rect | None, frozenset[str]]]:
    """The windows, places and chords that an action has to do with."""
    match action:
        case PressKeys(keys):
            yield from _typed(context, frozenset(keys))
        case TypeText(text):
            yield from _typed(context, frozenset())
            for key, signs in _TYPED.items():
                if isinstance(text, str) and not signs.isdisjoint(text):
                    yield from _typed(context, frozenset({key}))
        case OpenApp(name):
            yield Window(0, name, name, Rect(0, 0, 0, 0)), None, frozenset()
        case ReadClipboard():
            return
        case Drag():
            yield context.over, context.pointer, frozenset()
            yield context.under, context.at, frozenset()
        case FocusApp():
            yield context.under, None, frozenset()
        case Click() | Move() | Scroll():
            yield context.under, context.at, frozenset()


def _typed(
    context: Context, keys: frozenset[str]
) -> Iterator[tuple[Window | None, Point | Rect | None, frozenset[str]]]:
    """The windows that get a chord, and where in them: in the middle of what has the keyboard, or else anywhere."""
    focused = context.keys.focused if context.keys else ()
    known = next((control.rect.centre for control in focused if control.rect), None)
    for window in (context.popup, context.focused) if context.popup else (context.focused,):
        yield window, known or (window.rect if window else None), keys


def _guarded_verdict(action: HandAction | SystemAction, context: Context) -> Verdict:
    if left := _left(action, context):
        return Verdict("ask", left)
    match action:
        case PressKeys() if all(context.rules.lets_through(*touched) for touched in _touched(action, context)):
            return Verdict("allow", "The person's rules let these keys through.")
        case Click() | Drag() | PressKeys() | TypeText():
            keyboard = isinstance(action, PressKeys | TypeText)
            place = _keyboard(context) if keyboard else Place(context.at, context.under, context.there)
            why = reason_to_ask(action, place, Place(context.pointer, context.over, context.here))
            if keyboard and context.popup:
                why = why or reason_of_program(context.focused)
            return Verdict("ask", why) if why else Verdict("allow", "It has no consequence beyond the window.")
        case OpenApp(name):
            return Verdict("ask", f"It starts the program “{name}”.")
        case _:
            return Verdict("allow", "It only looks around.")


def _keyboard(context: Context) -> Place:
    return Place(None, context.popup or context.focused, context.keys)


def _is_in(window: Window | None, allowed: Window | None) -> bool:
    return allowed is None or (window is not None and _belongs(window, allowed))


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
    if context.popup is not None and not _belongs(context.popup, allowed):
        return Verdict("refuse", "A menu of something else is open, and may have the keyboard.")
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
