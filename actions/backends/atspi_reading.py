"""Owns reading what a program shows over AT-SPI, level by level, within a time and a number of controls."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from actions.backends.atspi_bus import A11Y, AccessibilityBus, Question, Ref
from actions.backends.atspi_roles import COMBO_BOX, SHOWING, has, role_of, states_of
from actions.control import PRESSABLE, WRITABLE, Control, Role, State
from actions.geometry import Point, Rect
from actions.keys import canonical_key

_MOST: Final = 4000
"""Controls that are read of a program at most."""
_MANY: Final = 250
"""Of a list with more rows than this only the one at the place in question is read."""
_OPENS: Final[frozenset[State]] = frozenset({"opens"})
_ON_SCREEN: Final = 0
"""AT-SPI's word for coordinates that count from the screen's corner."""


@dataclass(frozen=True, slots=True)
class Found:
    """A control and where to ask for more of it."""

    ref: Ref
    control: Control


@dataclass(frozen=True, slots=True)
class Told:
    """What is shown, each after what it is in, and whether that is all."""

    found: tuple[Found, ...]
    whole: bool


def read(bus: AccessibilityBus, tops: Sequence[Ref], point: Point | None, until: float) -> Told:
    """Read what is shown in some windows of a program; raises CaptureError when it does not answer in time.

    Args:
        bus: the accessibility bus.
        tops: the windows.
        point: the place in question, in the program's own pixels.
        until: when to give up, on the monotonic clock.
    """
    found: list[Found] = []
    level: list[tuple[Ref, int]] = [(ref, -1) for ref in tops]
    whole, seen = True, set(tops)
    while level and len(found) < _MOST:
        told = looked_at(bus, [ref for ref, _ in level], until)
        shown: list[tuple[int, Ref, int]] = []
        for (ref, parent), (control, count, showing) in zip(level, told, strict=True):
            if parent >= 0 and control.role in ("menu", "popup"):
                found[parent] = _opening(found[parent])
            if parent >= 0 and not showing:
                continue
            shown.append((len(found), ref, count))
            found.append(Found(ref, replace(control, parent=parent)))
        level = []
        for parent, children, complete in _children(bus, shown, point, until):
            whole = whole and complete
            level += [(child, parent) for child in children if child not in seen]
            seen.update(children)
    return Told(tuple(found), whole and not level)


def _opening(one: Found) -> Found:
    """The same, known to open a menu where it is an item with one in it, shown or not, as Qt has them."""
    if one.control.role != "menu_item":
        return one
    return Found(one.ref, replace(one.control, states=one.control.states | _OPENS))


def described(bus: AccessibilityBus, found: Sequence[Found], until: float) -> tuple[Control, ...]:
    """The controls with what else is said of those that can be pressed or written in, and their keys."""
    places = [i for i, one in enumerate(found) if one.control.role in PRESSABLE | WRITABLE or not one.control.name]
    asked = [Question(found[i].ref, "Accessible", prop="Description") for i in places]
    pressed = _with_actions(bus, found, [i for i in places if found[i].control.role in PRESSABLE], until)
    asked += [Question(found[i].ref, "Action", "GetKeyBinding", signature="i", words=(0,)) for i in pressed]
    answers = bus.ask(asked, until)
    notes = dict(zip(places, answers[: len(places)], strict=True))
    keys = dict(zip(pressed, answers[len(places) :], strict=True))
    return tuple(
        replace(one.control, note=str(_prop(notes.get(i)) or ""), keys=chords(str((keys.get(i) or ("",))[0])))
        for i, one in enumerate(found)
    )


def _with_actions(bus: AccessibilityBus, found: Sequence[Found], places: Sequence[int], until: float) -> list[int]:
    """Those of some controls that have the interface of actions: asking the others for it makes GTK complain."""
    answers = bus.ask([Question(found[i].ref, "Accessible", "GetInterfaces") for i in places], until)
    return [i for i, answer in zip(places, answers, strict=True) if answer and f"{A11Y}Action" in answer[0]]


def chords(binding: str) -> tuple[frozenset[str], ...]:
    """The chords of a key binding such as `<Alt>s;<Alt>f:s;<Control>Return` (GTK) or `Alt+S` (Qt), as far as they are known.

    Of a path through menus the last key alone is no chord of the window, and is left out.
    """
    return tuple(keys for part in binding.split(";") if (keys := _chord(part.strip())))


def _chord(words: str) -> frozenset[str] | None:
    if not words or ":" in words:
        return None
    names = words.replace("<", " ").replace(">", " ").replace("+", " ").split()
    keys = [canonical_key({"Primary": "ctrl"}.get(name, name)) for name in names]
    return frozenset(key for key in keys if key) if all(keys) and keys else None


def looked_at(bus: AccessibilityBus, refs: Sequence[Ref], until: float) -> Iterator[tuple[Control, int, bool]]:
    """By control: what it is, how much is in it, and whether it is shown; raises CaptureError."""
    asks: tuple[Callable[[Ref], Question], ...] = (
        lambda ref: Question(ref, "Accessible", "GetRole"),
        lambda ref: Question(ref, "Accessible", "GetState"),
        lambda ref: Question(ref, "Accessible", prop="Name"),
        lambda ref: Question(ref, "Accessible", prop="ChildCount"),
        lambda ref: Question(ref, "Component", "GetExtents", signature="u", words=(_ON_SCREEN,)),
    )
    answers = iter(bus.ask([ask(ref) for ref in refs for ask in asks], until))
    for role, state, name, count, extents in zip(*[answers] * len(asks), strict=True):
        words = tuple(state[0]) if state else ()
        states = states_of(words) | (_OPENS if role and role[0] == COMBO_BOX else frozenset())
        control = Control(_role(role), str(_prop(name) or ""), rect=_rect(extents), states=states)
        yield control, int(_prop(count) or 0), has(words, SHOWING)


def _children(
    bus: AccessibilityBus, shown: Sequence[tuple[int, Ref, int]], point: Point | None, until: float
) -> Iterator[tuple[int, list[Ref], bool]]:
    """By parent: its children, and whether these are all."""
    few = [(index, ref) for index, ref, count in shown if 0 < count <= _MANY]
    asked = [Question(ref, "Accessible", "GetChildren") for _, ref in few]
    for (index, _), answer in zip(few, bus.ask(asked, until), strict=True):
        yield index, [Ref(*child) for child in answer[0]] if answer else [], answer is not None
    many = [(index, ref) for index, ref, count in shown if count > _MANY]
    if point is None:
        yield from ((index, [], False) for index, _ in many)
        return
    words = (point.x, point.y, _ON_SCREEN)
    asked = [Question(ref, "Component", "GetAccessibleAtPoint", signature="iiu", words=words) for _, ref in many]
    for (index, ref), answer in zip(many, bus.ask(asked, until), strict=True):
        child = Ref(*answer[0]) if answer else ref
        yield index, [child] if child != ref else [], False


def _role(answer: tuple[Any, ...] | None) -> Role:
    return role_of(int(answer[0])) if answer else "other"


def _prop(answer: tuple[Any, ...] | None) -> Any:  # noqa: ANN401 - a variant
    return answer[0][1] if answer else None


def _rect(answer: tuple[Any, ...] | None) -> Rect | None:
    if not answer:
        return None
    left, top, width, height = answer[0]
    return Rect(left, top, width, height) if width > 0 and height > 0 else None
