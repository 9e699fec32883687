"""A desk without a screen: pictures of it, where every letter stands, and clicks and keys that do what real ones would."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QFocusEvent, QImage
from PySide6.QtWidgets import QApplication

from app.practice.desk import STATUS_LEFT, Desk
from app.practice.layout import BAR_HEIGHT, HEIGHT, LETTER, STATUS_TOP, WIDTH, Box, DeskSpec, Target
from app.practice.state import State

Pixels = NDArray[np.uint8]
"""Height x width x 3, RGB."""

_BASELINE_TO_MIDDLE = 4
"""From the baseline of a letter up to its middle, in pixels."""


class Glyph(NamedTuple):
    """A visible letter or digit and its centre in pixels."""

    char: str
    x: int
    y: int


def glyphs_of(text: str, left: int, baseline: int) -> Iterator[Glyph]:
    """The letters and digits of a text that starts at `left`."""
    for index, char in enumerate(text):
        if char.isalnum():
            yield Glyph(char, left + index * LETTER + LETTER // 2, baseline - _BASELINE_TO_MIDDLE)


def pixels_of(image: QImage) -> Pixels:
    """A copy of a Format_RGB32 image as RGB."""
    height, width = image.height(), image.width()
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(height, width, 4)
    return np.ascontiguousarray(raw[:, :, 2::-1])


class Scene:
    """A desk that is never shown. Use it in a `with` block: Qt's objects go at the end of it."""

    def __init__(self, spec: DeskSpec) -> None:
        self.desk = Desk(spec)

    def __enter__(self) -> "Scene":
        return self

    def __exit__(self, *_: object) -> None:
        self.desk.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    def draw(self) -> Pixels:
        """What a screen would show now, an open popup in its place."""
        image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        self.desk.render(image)
        popup = self.desk.bar.lit
        if popup is not None:
            over = self.desk.bar.popup_box(popup)
            popup.resize(over.w, over.h)
            popup.render(image, QPoint(over.x, over.y))
        return pixels_of(image)

    def glyphs(self) -> list[Glyph]:
        """Every letter and digit to be seen; those that an open popup touches are left out."""
        found = [glyph for text, left, baseline in self._texts() for glyph in glyphs_of(text, left, baseline)]
        popup = self.desk.bar.lit
        if popup is None:
            return found
        over = self.desk.bar.popup_box(popup)
        items = [g for t in self.desk.targets() if t.kind == "item" for g in _label_glyphs(t)]
        return items + [glyph for glyph in found if not _cell(glyph).meets(over)]

    def _texts(self) -> Iterator[tuple[str, int, int]]:
        for target in self.desk.spec.targets + tuple(self.desk.standing_targets()):
            yield target.label, *_label_place(target)
            if target.kind == "field":
                yield self.desk.fields[target.label].text(), target.box.x + 3, target.box.y + 17
        yield self.desk.state.status, STATUS_LEFT, STATUS_TOP + 15

    @property
    def state(self) -> State:
        """What has happened so far."""
        return self.desk.state

    def targets(self) -> list[Target]:
        """Everything that can be clicked now."""
        return self.desk.targets()

    def act(self, target: Target) -> None:
        """Click the target's centre."""
        self.click(*target.box.centre)

    def miss(self, rng: Random) -> tuple[int, int]:
        """Click where nothing is -> the pixel."""
        taken = [target.box for target in self.desk.targets()] + [self.desk.spec.list_box]
        if self.desk.bar.lit is not None:
            taken.append(self.desk.bar.popup_box(self.desk.bar.lit))
        while True:
            x, y = rng.randrange(WIDTH), rng.randrange(BAR_HEIGHT, HEIGHT)
            if not any(box.holds(x, y) for box in taken):
                self.click(x, y)
                return x, y

    def click(self, x: int, y: int) -> None:
        """A left click with all its consequences."""
        popup = self.desk.bar.lit
        target = next((target for target in self.desk.targets() if target.box.holds(x, y)), None)
        if popup is None:
            if target is not None:
                self._hit(target)
        elif target is not None and target.kind == "item":
            self._close()
            next(action for action in popup.actions() if action.text() == target.label).trigger()
        elif not self.desk.bar.popup_box(popup).holds(x, y):
            self._close()

    def _close(self) -> None:
        popup = self.desk.bar.lit
        if popup is not None:
            self.desk.close_menu(popup)
            self._focus(QEvent.Type.FocusIn, Qt.FocusReason.PopupFocusReason)

    def _hit(self, target: Target) -> None:
        desk, label = self.desk, target.label
        match target.kind:
            case "button":
                desk.buttons[label].click()
            case "check":
                desk.checks[label].click()
            case "field":
                self._focus(QEvent.Type.FocusOut, Qt.FocusReason.MouseFocusReason)
                desk.fields[label].entered.emit()
                self._focus(QEvent.Type.FocusIn, Qt.FocusReason.MouseFocusReason)
            case "row":
                index = desk.spec.rows.index(label)
                desk.rows.setCurrentRow(index)
                desk.rows.itemPressed.emit(desk.rows.item(index))
            case "menu":
                self._focus(QEvent.Type.FocusOut, Qt.FocusReason.PopupFocusReason)
                desk.open_menu(next(popup for popup in desk.bar.popups if popup.title() == label))
            case "item":
                pass

    def _focus(self, kind: QEvent.Type, reason: Qt.FocusReason) -> None:
        """Tell the field that has the keyboard; an unshown window gets no such events from Qt."""
        name = self.desk.state.focused
        if name is not None:
            QApplication.sendEvent(self.desk.fields[name], QFocusEvent(kind, reason))

    def type(self, text: str) -> None:
        """Keys, which go to the field in use, or nowhere."""
        name = self.desk.state.focused
        if name is not None and self.desk.bar.lit is None:
            field = self.desk.fields[name]
            field.insert(text)
            field.textEdited.emit(field.text())


def _label_place(target: Target) -> tuple[int, int]:
    """-> (left edge, baseline) of a target's label, as Fusion puts it in this font."""
    box, area = target.box, target.area
    match target.kind:
        case "button":
            return box.x + (box.w - LETTER * len(target.label)) // 2, box.y + 18
        case "check":
            return box.x + 19, box.y + 16
        case "field":
            return area.x, area.y + 17
        case "row":
            return box.x + 3, box.y + 15
        case "menu":
            return box.x + 4, box.y + 14
        case "item":
            return box.x + 28, box.y + 16


def _label_glyphs(target: Target) -> Iterator[Glyph]:
    return glyphs_of(target.label, *_label_place(target))


def _cell(glyph: Glyph) -> Box:
    return Box(glyph.x - LETTER // 2, glyph.y - 6, LETTER, 14)
