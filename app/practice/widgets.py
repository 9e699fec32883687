"""The desk's real Qt widgets: their look never depends on where the mouse is, so that a picture of a state is one picture."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QMenuBar,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStyleOptionFrame,
    QStyleOptionMenuItem,
    QStyleOptionViewItem,
    QWidget,
)

from app.practice.layout import Box, MenuSpec

_HOVER = QStyle.StateFlag.State_MouseOver
_PASSING = _HOVER | QStyle.StateFlag.State_HasFocus
_OPEN = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_Sunken


class Button(QPushButton):
    """A push button without hover look and without keyboard focus."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.state &= ~_PASSING


class Check(QCheckBox):
    """A check box that starts unticked, without hover look and without keyboard focus."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def initStyleOption(self, option: QStyleOptionButton) -> None:
        super().initStyleOption(option)
        option.state &= ~_PASSING


class Field(QLineEdit):
    """A line edit that says when it is clicked, and looks focused while the keyboard goes to it."""

    entered = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._focused = False

    def initStyleOption(self, option: QStyleOptionFrame) -> None:
        super().initStyleOption(option)
        option.state &= ~_PASSING
        if self._focused:
            option.state |= QStyle.StateFlag.State_HasFocus

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._focused = True
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._focused = event.reason() == Qt.FocusReason.PopupFocusReason and self._focused
        super().focusOutEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.entered.emit()


class Rows(QListWidget):
    """The list: every row visible, one chosen at most, no keyboard search."""

    def __init__(self, rows: tuple[str, ...], row_height: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(False)
        for row in rows:
            item = QListWidgetItem(row, self)
            item.setSizeHint(QSize(0, row_height))

    def initViewItemOption(self, option: QStyleOptionViewItem) -> None:
        super().initViewItemOption(option)
        option.state &= ~_PASSING


class Popup(QMenu):
    """A menu's popup: a real window on a screen, drawn in place where there is none."""

    def __init__(self, spec: MenuSpec, parent: QWidget) -> None:
        super().__init__(spec.title, parent)
        self.setWindowFlag(Qt.WindowType.NoDropShadowWindowHint)
        for item in spec.items:
            self.addAction(item)


class Bar(QMenuBar):
    """The menu bar: a title is lit while its popup is open, and never for the mouse alone."""

    def __init__(self, menus: tuple[MenuSpec, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setNativeMenuBar(False)
        self.popups = [Popup(menu, self) for menu in menus]
        for popup in self.popups:
            self.addMenu(popup)
        self._lit: Popup | None = None

    @property
    def lit(self) -> "Popup | None":
        """The popup that is open."""
        return self._lit

    @lit.setter
    def lit(self, popup: "Popup | None") -> None:
        self._lit = popup
        self.update()

    def initStyleOption(self, option: QStyleOptionMenuItem, action: object) -> None:
        super().initStyleOption(option, action)  # type: ignore[arg-type]
        option.state &= ~(_PASSING | _OPEN)
        if self._lit is not None and action is self._lit.menuAction():
            option.state |= _OPEN

    def title_box(self, popup: Popup) -> Box:
        """Where the popup's title stands, in the bar's pixels."""
        return box_of(self.actionGeometry(popup.menuAction()))

    def popup_box(self, popup: Popup) -> Box:
        """Where the popup opens, in the bar's pixels: under its title."""
        title, size = self.title_box(popup), popup.sizeHint()
        return Box(title.x, title.y + title.h, size.width(), size.height())


def caption(text: str, parent: QWidget, x: int, y: int, height: int) -> QLabel:
    """Plain words at a place, as wide as they are."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setGeometry(x, y, label.fontMetrics().horizontalAdvance(text) + 2, height)
    return label


def box_of(rect: QRect, offset: QPoint | None = None) -> Box:
    """A Qt rectangle as a Box, moved by `offset`."""
    moved = rect if offset is None else rect.translated(offset)
    return Box(moved.x(), moved.y(), moved.width(), moved.height())
