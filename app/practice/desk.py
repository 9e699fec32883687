"""The desk itself: the widgets of one specification, the status line, and what has happened on it."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.practice.layout import BAR_HEIGHT, HEIGHT, STATUS_TOP, WIDTH, Box, DeskSpec, Target
from app.practice.state import READY, Event, State, Verb
from app.practice.widgets import Bar, Button, Check, Field, Popup, Rows, box_of, caption

STATUS_LEFT = 8


class Desk(QWidget):
    """One desk, alive: as a child of the practice window on a screen, or alone and unshown for training pictures."""

    happened = Signal(object)
    """Carries the Event, after the state and the status line have taken it in."""

    def __init__(self, spec: DeskSpec, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setGeometry(0, 0, WIDTH, HEIGHT)
        self.state = State()
        self.buttons: dict[str, Button] = {}
        self.checks: dict[str, Check] = {}
        self.fields: dict[str, Field] = {}
        for target in spec.targets:
            self._add(target)
        self.rows = Rows(spec.rows, spec.row_height, self)
        self.rows.setGeometry(*spec.list_box)
        self.rows.itemPressed.connect(lambda item: self._note("chose", item.text()))
        self.bar = Bar(spec.menus, self)
        self.bar.setGeometry(0, 0, WIDTH, BAR_HEIGHT)
        for popup in self.bar.popups:
            self._watch(popup)
        self.status = QLabel(self.state.status, self)
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setGeometry(STATUS_LEFT, STATUS_TOP + 1, WIDTH - 2 * STATUS_LEFT, HEIGHT - STATUS_TOP - 1)

    def _add(self, target: Target) -> None:
        label = target.label
        if target.kind == "button":
            button = self.buttons[label] = Button(label, self)
            button.clicked.connect(lambda: self._note("pressed", label))
            widget: QWidget = button
        elif target.kind == "check":
            check = self.checks[label] = Check(label, self)
            check.toggled.connect(lambda on: self._note("ticked" if on else "unticked", label))
            widget = check
        else:
            field = self.fields[label] = Field(self)
            caption(label, self, target.area.x, target.area.y, target.area.h)
            field.entered.connect(lambda: self._note("entered", label))
            field.textEdited.connect(lambda text: self._note("typed", label, text))
            widget = field
        widget.setGeometry(*target.box)

    def _watch(self, popup: Popup) -> None:
        popup.aboutToShow.connect(lambda: self.open_menu(popup))
        popup.aboutToHide.connect(lambda: self.close_menu(popup))
        popup.triggered.connect(lambda action: self._note("picked", action.text(), popup.title()))

    def open_menu(self, popup: Popup) -> None:
        """Light the title of a popup that opens; showing the popup itself is Qt's part, on a screen."""
        self.bar.lit = popup
        self._note("opened", popup.title())

    def close_menu(self, popup: Popup) -> None:
        """Put out the title of a popup that closes."""
        self.bar.lit = None
        self._note("closed", popup.title())

    def _note(self, verb: Verb, label: str, text: str = "") -> None:
        event = Event(verb, label, text)
        self.state.apply(event)
        self.status.setText(self.state.status)
        self.happened.emit(event)

    def reset_status(self) -> None:
        """Let the status line say what it says on a fresh desk."""
        self.state.status = READY
        self.status.setText(READY)

    def targets(self) -> list[Target]:
        """Everything that can be clicked now, the open popup's items first and nothing that it covers."""
        found = [*self.spec.targets, *self.standing_targets()]
        popup = self.bar.lit
        if popup is None:
            return found
        over = self.bar.popup_box(popup)
        return self._item_targets(popup, over) + [target for target in found if not target.area.meets(over)]

    def standing_targets(self) -> list[Target]:
        """The list's rows and the menu bar's titles, whose places are Qt's to say."""
        return self._row_targets() + self._title_targets()

    def _row_targets(self) -> list[Target]:
        offset = self.rows.pos() + self.rows.viewport().pos()
        boxes = [box_of(self.rows.visualItemRect(self.rows.item(i)), offset) for i in range(self.rows.count())]
        return [Target("row", name, box, box) for name, box in zip(self.spec.rows, boxes, strict=True)]

    def _title_targets(self) -> list[Target]:
        boxes = [self.bar.title_box(popup) for popup in self.bar.popups]
        return [Target("menu", menu.title, box, box) for menu, box in zip(self.spec.menus, boxes, strict=True)]

    def _item_targets(self, popup: Popup, over: Box) -> list[Target]:
        offset = QPoint(over.x, over.y)
        boxes = [box_of(popup.actionGeometry(action), offset) for action in popup.actions()]
        return [Target("item", a.text(), box, box) for a, box in zip(popup.actions(), boxes, strict=True)]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().window())
        painter.fillRect(0, STATUS_TOP, WIDTH, 1, QColor("#c8c8c8"))
        painter.end()
