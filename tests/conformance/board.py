"""Two windows in which each pixel's colour says which pixel it is, in a process of their own.

One lies behind all others and covers the whole screen; the window manager knows the other. JSON lines: `[left, top, width,
height]` in puts the second one there, `null` hides it; out come `placed` when that is done, and each `press`: which window,
which of its pixels.
"""

# ruff: noqa: N802 - Qt calls its events so.

import json
import sys

import numpy as np
from PySide6.QtCore import QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget


def tell(**what) -> None:
    print(json.dumps(what), flush=True)


class Board(QWidget):
    """A window whose pixel at (x, y) has the colour number · 2²³ + y · 2¹² + x."""

    def __init__(self, number: int, width: int, height: int) -> None:
        super().__init__()
        self.number = number
        y, x = np.mgrid[0:height, 0:width].astype(np.uint32)
        self._image = QImage((0xFF << 24 | number << 23 | y << 12 | x).data, width, height, QImage.Format.Format_RGB32)
        self._image = self._image.copy()

    def paintEvent(self, event):
        QPainter(self).drawImage(event.rect(), self._image, event.rect())

    def mousePressEvent(self, event):
        at = event.position().toPoint()
        tell(kind="press", board=self.number, at=[at.x(), at.y()])

    def mouseDoubleClickEvent(self, event):
        self.mousePressEvent(event)


width, height = int(sys.argv[1]), int(sys.argv[2])
app = QApplication([sys.argv[0], "-name", "board"])
behind, managed = Board(0, width, height), Board(1, width, height)
behind.setWindowFlags(Qt.WindowType.X11BypassWindowManagerHint | Qt.WindowType.FramelessWindowHint)
behind.setGeometry(0, 0, width, height)
behind.show()
behind.lower()
managed.setWindowTitle("Conformance board")


def place() -> None:
    """Put the second window where the next line says."""
    line = sys.stdin.readline()
    if not line:
        app.quit()
        return
    if box := json.loads(line):
        managed.setGeometry(*box)
    managed.setVisible(bool(box))
    behind.setGeometry(0, 0, width, height)
    behind.lower()
    QTimer.singleShot(0, lambda: tell(kind="placed"))


notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
notifier.activated.connect(place)
QTimer.singleShot(0, lambda: tell(kind="ready"))
app.exec()
