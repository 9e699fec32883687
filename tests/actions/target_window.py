"""A window to act on, in a process of its own: it tells, as JSON lines, where it stands and every event it gets.

Its left half is a plain area that logs mouse and keys; its right half is a text field that tells its whole text.
A right click in the area opens a menu.
"""

# ruff: noqa: N802 - Qt calls its events so.

import json
import sys

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QPlainTextEdit, QWidget


def tell(kind: str, **what) -> None:
    print(json.dumps({"kind": kind, **what}, ensure_ascii=False), flush=True)


def place(widget: QWidget) -> list[int]:
    corner = widget.mapToGlobal(QPoint(0, 0))
    return [corner.x(), corner.y(), widget.width(), widget.height()]


class Area(QWidget):
    """Logs what happens to it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.menu = QMenu(self)
        self.menu.addAction("Copy")
        self.menu.aboutToShow.connect(lambda: QTimer.singleShot(0, lambda: tell("menu", at=place(self.menu))))

    def mousePressEvent(self, event):
        self._mouse("press", event)

    def mouseReleaseEvent(self, event):
        self._mouse("release", event)

    def mouseDoubleClickEvent(self, event):
        self._mouse("double", event)

    def mouseMoveEvent(self, event):
        self._mouse("move", event)

    def contextMenuEvent(self, event):
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self.menu.popup(event.globalPos())

    def wheelEvent(self, event):
        tell("wheel", x=event.angleDelta().x(), y=event.angleDelta().y())

    def keyPressEvent(self, event):
        self._key("down", event)

    def keyReleaseEvent(self, event):
        self._key("up", event)

    def _mouse(self, kind, event):
        at = event.globalPosition().toPoint()
        tell(kind, at=[at.x(), at.y()], button=event.button().name)

    def _key(self, kind, event):
        if not event.isAutoRepeat():
            tell(kind, key=Qt.Key(event.key()).name, text=event.text(), shift="Shift" in str(event.modifiers()))


app = QApplication([*sys.argv[:1], "-name", "target"])
app.setApplicationName("Target")
window, area, field = QWidget(), Area(), QPlainTextEdit()
window.setWindowTitle("Deskhand’s target – 你好")
layout = QHBoxLayout(window)
layout.setContentsMargins(0, 0, 0, 0)
layout.addWidget(area, 1)
layout.addWidget(field, 1)
field.setTabChangesFocus(False)
field.textChanged.connect(lambda: tell("text", text=field.toPlainText()))
window.setGeometry(300, 200, 600, 400)
window.show()


def ready() -> None:
    if window.isActiveWindow():
        tell("ready", window=place(window), area=place(area), field=place(field))
    else:
        QTimer.singleShot(20, ready)


ready()
app.exec()
