"""Owns what the accessibility of a desktop tells of a window: its buttons, fields and texts, and where each of them is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from actions.geometry import Point, Rect

Role = Literal[
    "button",
    "link",
    "menu_bar",
    "menu",
    "menu_item",
    "check",
    "choice",
    "tab",
    "item",
    "slider",
    "field",
    "password",
    "terminal",
    "text",
    "picture",
    "group",
    "dialog",
    "window",
    "popup",
    "document",
    "tip",
    "other",
]
"""What kind of control it is. `choice` is a radio button or a combo box; `item` a row of a list, table or tree."""

State = Literal["focused", "selected", "default", "lines", "editable", "opens"]
"""What is so of a control: it has the keyboard, it is the one chosen of several, Enter presses it,
it takes several lines, it can be written in, it opens a menu."""

PRESSABLE: Final[frozenset[Role]] = frozenset(
    {"button", "link", "menu", "menu_item", "check", "choice", "tab", "item", "slider"}
)
"""What does something when it is clicked."""
WRITABLE: Final[frozenset[Role]] = frozenset({"field", "password", "terminal"})
"""What takes text."""
_BOXES: Final[frozenset[Role]] = frozenset({"dialog", "window", "popup"})


@dataclass(frozen=True, slots=True)
class Control:
    """One thing in a window, as the program tells of it.

    Attributes:
        role: what it is.
        name: what it is called, for a text its words.
        note: what else is said of it, such as its tooltip.
        rect: its pixels of the desktop; None where it does not tell.
        parent: the place in the reading of what it is in; -1 for a window.
        states: what is so of it.
        keys: chords that do the same as a click, by canonical names.
    """

    role: Role
    name: str = ""
    note: str = ""
    rect: Rect | None = None
    parent: int = -1
    states: frozenset[State] = frozenset()
    keys: tuple[frozenset[str], ...] = ()


@dataclass(frozen=True)
class Reading:
    """What is shown of one window or popup.

    Attributes:
        controls: each after what it is in.
        whole: whether everything was read, so that what is not here is not there.
    """

    controls: tuple[Control, ...]
    whole: bool = True

    def at(self, point: Point) -> tuple[Control, ...]:
        """Everything that has the pixel, the innermost first."""
        return tuple(c for c in reversed(self.controls) if c.rect is not None and c.rect.contains(point))

    @cached_property
    def focused(self) -> tuple[Control, ...]:
        """What keys may go to: the chosen item of an open menu, or else what says that it has the keyboard.

        A program may say so of several, such as a tab besides the field that has it; what they are in is not counted.
        """
        chosen = [c for c in self.controls if c.role == "menu_item" and c.states & {"focused", "selected"}]
        if chosen:
            return (chosen[-1],)
        # A field's inner parts say so, too.
        focused = [self._owner(c) for c in self.controls if "focused" in c.states]
        outer = {id(one) for c in focused for one in self.around(c) if one is not c}
        inner = {id(c): c for c in focused if id(c) not in outer}.values()
        # Qt says so of the current tab or row, too, while a field has the keyboard.
        written = tuple(c for c in inner if c.role in WRITABLE)
        return written or tuple(inner)

    def _owner(self, control: Control) -> Control:
        """The field or button that a part without a meaning of its own belongs to, where that has the keyboard, too."""
        if control.role not in ("group", "text", "other"):
            return control
        around = (c for c in self.around(control) if "focused" in c.states and c.role in PRESSABLE | WRITABLE)
        return next(around, control)

    def around(self, control: Control) -> Iterator[Control]:
        """The control, what it is in, what that is in, and so on."""
        while True:
            yield control
            if control.parent < 0:
                return
            control = self.controls[control.parent]

    def box(self, control: Control) -> Control:
        """The dialog, popup or window that it is in."""
        around = list(self.around(control))
        return next((c for c in around if c.role in _BOXES), around[-1])

    def top(self, control: Control) -> Control:
        """The outermost of what it is in."""
        return list(self.around(control))[-1]

    def within(self, box: Control) -> tuple[Control, ...]:
        """Everything in a control, itself included."""
        return self._between(*self._spans[id(box)])

    def layers(self, control: Control) -> Iterator[tuple[Control, tuple[Control, ...]]]:
        """What a control is in, going outwards from itself, each with what is in it and in none of those before."""
        first = last = 0
        for group in self.around(control):
            begin, end = self._spans[id(group)]
            yield group, self._between(begin, end) if first == last else self._between(begin, first, last, end)
            first, last = begin, end

    def _between(self, *ends: int) -> tuple[Control, ...]:
        """What lies in some stretches of the outline, in the order of the reading."""
        stretches = zip(ends[::2], ends[1::2], strict=True)
        return tuple(self.controls[i] for i in sorted(i for begin, end in stretches for i in self._outline[begin:end]))

    @cached_property
    def _spans(self) -> dict[int, tuple[int, int]]:
        """By identity of a control: the stretch of the outline that it and what is in it take up."""
        sizes = [1] * len(self.controls)
        for place in range(len(self.controls) - 1, -1, -1):
            if (parent := self.controls[place].parent) >= 0:
                sizes[parent] += sizes[place]
        spans: dict[int, tuple[int, int]] = {}
        free, roots = [0] * len(sizes), 0
        for place, control in enumerate(self.controls):
            begin = roots if control.parent < 0 else free[control.parent]
            if control.parent < 0:
                roots += sizes[place]
            else:
                free[control.parent] += sizes[place]
            free[place] = begin + 1
            spans[id(control)] = (begin, begin + sizes[place])
        return spans

    @cached_property
    def _outline(self) -> tuple[int, ...]:
        """The places of the controls, each before those of what is in it."""
        return tuple(sorted(range(len(self.controls)), key=lambda place: self._spans[id(self.controls[place])][0]))
