"""Shows the labelled pages in Qt, told by JSON lines.

It tells where each control lies in pixels of the desktop, by Qt's own geometry, and which one was worked.
"""

# ruff: noqa: N802 - Qt calls its events so.

import json
import sys
import threading

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeySequence, QPainter, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QTabWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

SIDE = ("list_item", "tree_row")
IN_A_ROW = ("button", "icon_button", "link", "custom")
ROW = 4
FIELDS = ("text_field", "password_field", "text_area")
NAME = "control"
"""The property of a widget that holds the id of its control, where a press of the mouse works it."""
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def tell(kind: str, **what) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


def did(name: str):
    """A slot that says so, whatever it is told."""
    return lambda *_: tell("did", id=name)


def caption(control: dict) -> str:
    """Its text with the mnemonic marked: in the text, or behind it as in Chinese."""
    text, letter = control["text"].replace("&", "&&"), control["mnemonic"]
    at = text.lower().find(letter.lower()) if letter else -1
    if letter and at < 0:
        return f"{text}(&{letter.upper()})"
    return f"{text[:at]}&{text[at:]}" if letter else text


def picture(name: str) -> QIcon:
    """A small sign that differs from name to name."""
    seed, pixels = sum(map(ord, name)), QPixmap(16, 16)
    pixels.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixels)
    for place in range(144):
        x, y = place % 12 + 2, place // 12 + 2
        if (x * y * (seed % 7 + 1) + x + seed) % 5 < 2:
            painter.fillRect(x, y, 1, 1, QColor(60, 60, 70))
    painter.end()
    return QIcon(pixels)


class Choice(QComboBox):
    """Tells when its list is opened."""

    opened = Signal()

    def showPopup(self):
        super().showPopup()
        self.opened.emit()


class Drawn(QWidget):
    """Drawn by itself, and known to nobody."""

    def sizeHint(self):
        return QSize(70, 28)

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.fillRect(self.rect().adjusted(1, 1, -1, -1), QColor(90, 120, 170))


class Shown(QObject):
    """One page: its window, and the widgets of its controls."""

    def __init__(self, page: dict) -> None:
        super().__init__()
        self.page, self.widgets, self.rows, self.actions, self.menu = page, {}, {}, {}, None
        self.window = {"question": self._question, "dialog": self._dialog, "menu": self._with_menu}.get(
            page["form"], self._plain
        )()
        self.window.setWindowTitle(page["title"])
        QApplication.instance().installEventFilter(self)
        self.window.show()

    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            # An area of text is pressed on its viewport, and in a list each row is by itself.
            for widget in (watched, watched.parentWidget()):
                if widget and widget.property(NAME):
                    tell("did", id=widget.property(NAME))
                    break
        entered = event.type() == QEvent.Type.KeyPress and isinstance(watched, QPlainTextEdit) and event.key() in ENTER
        if entered and (send := self._control(watched.property(NAME))["enter"]):
            tell("did", id=send)
            return True
        return False

    def _control(self, name: str) -> dict:
        return next(control for control in self.page["controls"] if control["id"] == name)

    def _plain(self) -> QWidget:
        window = QWidget()
        window.resize(640, 420)
        self._fill(QVBoxLayout(window), self.page["controls"])
        return window

    def _with_menu(self) -> QMainWindow:
        window, middle = QMainWindow(), QWidget()
        window.resize(640, 420)
        window.setCentralWidget(middle)
        self._fill(QVBoxLayout(middle), self.page["controls"])
        self.menu = window.menuBar().addMenu(self.page["menu"])
        for control in self.page["controls"]:
            if control["kind"] == "menu_item":
                action = QAction(caption(control), window)
                action.setShortcut(QKeySequence(control["shortcut"]))
                action.triggered.connect(did(control["id"]))
                self.menu.addAction(action)
                self.actions[control["id"]] = action
        return window

    def _dialog(self) -> QDialog:
        dialog, buttons = QDialog(), QDialogButtonBox()
        column = QVBoxLayout(dialog)
        self._fill(column, [each for each in self.page["controls"] if each["kind"] != "button"])
        column.addWidget(buttons)
        for control in self.page["controls"]:
            if control["kind"] == "button":
                buttons.addButton(self._button(control), QDialogButtonBox.ButtonRole.ActionRole)
        return dialog

    def _question(self) -> QMessageBox:
        box = QMessageBox(QMessageBox.Icon.Question, "", self.page["texts"][0])
        box.setInformativeText("\n".join(self.page["texts"][1:]))
        for control in self.page["controls"]:
            made = self._make(control)
            if control["kind"] == "checkbox":
                box.setCheckBox(made)
            else:
                box.addButton(made, QMessageBox.ButtonRole.ActionRole)
                if control["default"]:
                    box.setDefaultButton(made)
        return box

    def _fill(self, column: QVBoxLayout, controls: list[dict]) -> None:
        """Lay texts and controls out: a side bar at the left, tabs at the top, small things side by side."""
        side = [each for each in controls if each["kind"] in SIDE]
        tabs = [each for each in controls if each["kind"] == "tab"]
        inner, across = QWidget(), QHBoxLayout()
        rows = QVBoxLayout(inner)
        for text in self.page["texts"]:
            rows.addWidget(QLabel(text, wordWrap=True))
        row = None
        for control in controls:
            if control in side or control in tabs or control["kind"] == "menu_item":
                continue
            small = control["kind"] in IN_A_ROW
            if not small or row is None or row.count() == ROW:
                row = QHBoxLayout()
                row.setAlignment(Qt.AlignmentFlag.AlignLeft)
                rows.addLayout(row)
            for widget in self._named(control):
                row.addWidget(widget)
            row = row if small else None
        rows.addStretch()
        if side:
            across.addWidget(self._side(side))
        across.addWidget(self._tabs(tabs, inner) if tabs else inner, 1)
        column.addLayout(across)

    def _side(self, side: list[dict]) -> QWidget:
        tree = side[0]["kind"] == "tree_row"
        view = QTreeWidget(headerHidden=True) if tree else QListWidget()
        view.setMaximumWidth(190)
        for control in side:
            if tree:
                view.addTopLevelItem(QTreeWidgetItem([control["text"]]))
            else:
                view.addItem(control["text"])
            self.rows[control["id"]] = view.model().index(len(self.rows), 0)
            self.widgets[control["id"]] = view
        view.pressed.connect(lambda index: tell("did", id=side[index.row()]["id"]))
        return view

    def _tabs(self, tabs: list[dict], inner: QWidget) -> QTabWidget:
        book = QTabWidget()
        for number, control in enumerate(tabs):
            book.addTab(inner if number == 0 else QWidget(), caption(control))
            self.widgets[control["id"]] = book.tabBar()
        book.tabBarClicked.connect(lambda number: tell("did", id=tabs[number]["id"]) if number >= 0 else None)
        return book

    def _named(self, control: dict) -> list[QWidget]:
        """A control's widget, with its name before it where it does not say it itself."""
        widget = self._make(control)
        if control["kind"] not in (*FIELDS, "combo_box"):
            return [widget]
        name = QLabel(caption(control))
        name.setBuddy(widget)
        return [name, widget]

    def _make(self, control: dict) -> QWidget:
        match control["kind"]:
            case "text_field" | "password_field" | "text_area":
                return self._field(control)
            case "combo_box":
                widget = Choice()
                widget.addItems([control["value"] or "–", "…"])
                widget.opened.connect(did(control["id"]))
            case "text" | "custom":
                widget = QLabel(control["text"]) if control["kind"] == "text" else Drawn()
                widget.setProperty(NAME, control["id"])
            case "link":
                widget = QLabel(f'<a href="#">{control["text"]}</a>')
                widget.linkActivated.connect(did(control["id"]))
            case "icon_button":
                widget = QToolButton(icon=picture(control["text"]))
                if control["named_by"] == "tooltip":
                    widget.setToolTip(control["text"])
                else:
                    widget.setAccessibleName(control["text"])
                widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
                widget.clicked.connect(did(control["id"]))
            case _:
                return self._button(control)
        self.widgets[control["id"]] = widget
        return widget

    def _button(self, control: dict) -> QPushButton | QCheckBox | QRadioButton:
        kinds = {"checkbox": QCheckBox, "radio": QRadioButton}
        button = kinds.get(control["kind"], QPushButton)(caption(control))
        if control["kind"] in kinds:
            button.setChecked(bool(control["value"]))
        elif control["default"]:
            button.setDefault(True)
        button.clicked.connect(did(control["id"]))
        if control["shortcut"]:
            keys = QShortcut(QKeySequence(control["shortcut"]), button)
            keys.activated.connect(button.click)
        self.widgets[control["id"]] = button
        return button

    def _field(self, control: dict) -> QLineEdit | QPlainTextEdit:
        if control["kind"] == "text_area":
            field = QPlainTextEdit(control["value"])
            field.setFixedHeight(80)
        else:
            field = QLineEdit(control["value"])
            if control["kind"] == "password_field":
                field.setEchoMode(QLineEdit.EchoMode.Password)
            if control["enter"]:
                field.returnPressed.connect(did(control["enter"]))
        field.setPlaceholderText(control["hint"])
        field.setProperty(NAME, control["id"])
        field.textChanged.connect(did(control["id"]))
        self.widgets[control["id"]] = field
        return field

    def _part(self, name: str) -> tuple[QWidget, QRect]:
        """The widget of a control, and which part of it is the control's."""
        if name in self.actions:
            return self.menu, self.menu.actionGeometry(self.actions[name])
        if name == "menu":
            bar = self.window.menuBar()
            return bar, bar.actionGeometry(self.menu.menuAction())
        widget = self.widgets[name]
        if name in self.rows:
            return widget.viewport(), widget.visualRect(self.rows[name])
        if self._control(name)["kind"] == "tab":
            tabs = [each["id"] for each in self.page["controls"] if each["kind"] == "tab"]
            return widget, widget.tabRect(tabs.index(name))
        return widget, widget.rect()

    def places(self) -> dict[str, list[int]]:
        """Where the controls lie on the desktop that are to be seen."""
        found = {}
        for name in (*self.widgets, *self.actions, *(["menu"] if self.menu else [])):
            widget, part = self._part(name)
            if widget.isVisible():
                corner = widget.mapToGlobal(part.topLeft())
                found[name] = [corner.x(), corner.y(), part.width(), part.height()]
        return found

    def focus(self, name: str) -> None:
        self.widgets[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> None:
        QApplication.instance().removeEventFilter(self)
        if self.menu:
            self.menu.close()
        self.window.hide()
        self.window.deleteLater()


class Stage(QObject):
    """Does what a line says: `show` a page, tell `where` its controls are, `focus` one, `hide`."""

    told = Signal(list)

    def __init__(self) -> None:
        super().__init__()
        self.shown: Shown | None = None
        self.told.connect(self._on_told)

    def _on_told(self, line: list) -> None:
        word, *what = line
        getattr(self, f"_{word}")(*what)

    def _show(self, page: dict) -> None:
        self._hide()
        self.shown = Shown(page)

    def _where(self) -> None:
        active = self.shown is not None and (
            self.shown.window.isActiveWindow() or bool(self.shown.menu and self.shown.menu.isVisible())
        )
        tell("placed", active=active, places=self.shown.places() if self.shown else {})

    def _focus(self, name: str) -> None:
        self.shown.focus(name)
        tell("focused", id=name)

    def _hide(self) -> None:
        if self.shown:
            self.shown.close()
        self.shown = None


def listen(stage: Stage, app: QApplication) -> None:
    for line in sys.stdin:
        stage.told.emit(json.loads(line))
    QTimer.singleShot(0, app, app.quit)


if __name__ == "__main__":
    application = QApplication(sys.argv)
    application.setQuitOnLastWindowClosed(False)
    stage = Stage()
    threading.Thread(target=listen, args=(stage, application), daemon=True).start()
    QTimer.singleShot(0, lambda: tell("ready"))
    application.exec()
