"""A window to work on, in a process of its own: coloured tiles, and every click and key it gets told as a JSON line."""

# ruff: noqa: N802 - Qt calls its events so.

import json
import random
import sys

from PySide6.QtCore import QPoint, QRect, QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QWidget

TILE = 40


def tell(kind: str, **what) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


class Tiles(QWidget):
    """Never looks another way, so that whatever differs in a picture of it stands before it."""

    def paintEvent(self, event):
        rng, painter = random.Random(int(sys.argv[1])), QPainter(self)
        for left in range(0, self.width(), TILE):
            for top in range(0, self.height(), TILE):
                painter.fillRect(QRect(left, top, TILE, TILE), QColor(*(rng.randrange(256) for _ in range(3))))

    def mousePressEvent(self, event):
        self._mouse("press", event)

    def mouseDoubleClickEvent(self, event):
        self._mouse("press", event)

    def mouseReleaseEvent(self, event):
        self._mouse("release", event)

    def wheelEvent(self, event):
        self._mouse("wheel", event)

    def keyPressEvent(self, event):
        if event.text():
            tell("key", text=event.text())

    def _mouse(self, kind, event):
        at = event.globalPosition().toPoint()
        tell(kind, at=[at.x(), at.y()])


app = QApplication(sys.argv[:1])
app.setApplicationName("Target")
window = Tiles()
window.setWindowTitle("The target")
window.setGeometry(*json.loads(sys.argv[2]))
window.show()


def ready() -> None:
    if window.isActiveWindow():
        corner = window.mapToGlobal(QPoint())
        tell("ready", place=[corner.x(), corner.y(), window.width(), window.height()])
    else:
        QTimer.singleShot(20, ready)


ready()
app.exec()
