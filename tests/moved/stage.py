"""A window with one target and lively neighbours, in a process of its own, that changes when and as it is told.

JSON lines: `["deal", SEED]` lays everything out anew, `["tick", WHAT]` lets one harmless thing go on, `["change", [WHAT, SEED]]`
changes the target or what is in front of it. Each is answered by one line, when it is on the screen as far as this process
can bring it there: what a window manager does about it may take longer.
"""

# ruff: noqa: N802 - Qt calls its events so.

import json
import os
import random
import sys

from PySide6.QtCore import QPoint, QRect, QSocketNotifier, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget

LABELS = [
    ("Save", "Send"), ("Yes", "No"), ("Cancel", "Confirm"), ("Delete", "Deselect"), ("OK", "Go"), ("Reply", "Reply all"),
    ("Pay 10 €", "Pay 70 €"), ("Pay 1 €", "Pay 7 €"), ("Delete the file", "Delete the files"), ("Item 1", "Item 2"),
    ("Send to Anna", "Send to Anne"), ("Off", "On"), ("保存", "发送"), ("Install now", "Install new"), ("Log in", "Log on"),
]  # fmt: skip
NEAR = (8, 24)
"""How many pixels there are between the target and its neighbours."""
HOVER = "QPushButton { background: #e1e1e1; border: 1px solid #adadad } QPushButton:hover { background: #e5f1fb; border-color: #0078d7 }"


class Spinner(QWidget):
    """Turns by a twelfth at each tick."""

    turn = 0

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#efefef"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#0060c0"))
        painter.drawPie(self.rect().adjusted(1, 1, -1, -1), -480 * self.turn, 2000)


class Video(QWidget):
    """Shows other pixels at each tick."""

    def paintEvent(self, event):
        noise = QImage(
            os.urandom(4 * self.width() * self.height()), self.width(), self.height(), QImage.Format.Format_RGB32
        )
        QPainter(self).drawImage(0, 0, noise)


class Stage(QWidget):
    """The window and what is on it."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Stage")
        self.resize(560, 400)
        self.target = QWidget(self)
        self.clock, self.spinner = QLabel("12:00:00", self), Spinner(self)
        self.bar, self.video = QProgressBar(self), Video(self)
        self.clock.setFont(QApplication.font())
        self.second = 0
        self.popup: QWidget | None = None

    def deal(self, rng: random.Random) -> dict:
        """Another target at another place, with the neighbours around it in another order."""
        if self.popup:
            self.popup.close()
            self.popup = None
        self.target.hide()
        self.target.deleteLater()
        self.labels = rng.choice(LABELS)
        kind = rng.choice([QPushButton, QPushButton, QCheckBox, QLineEdit, QLabel])
        self.target = kind(self.labels[1], self)
        if kind is QPushButton:
            self.target.setStyleSheet(rng.choice(["", HOVER]))
        hint = self.target.sizeHint()
        self.target.setText(self.labels[0])
        hint = hint.expandedTo(self.target.sizeHint())
        roomy = kind in (QPushButton, QLineEdit)
        self.target.resize(
            hint.width() + (rng.randrange(40) if roomy else 0), max(24, hint.height() + rng.randrange(6))
        )
        self.target.move(180 + rng.randrange(60), 150 + rng.randrange(60))
        sizes = {self.clock: (70, 18), self.spinner: (24, 24), self.bar: (120, 18), self.video: (160, 90)}
        self._around(list(sizes.items()), rng)
        self.target.show()
        if isinstance(self.target, QLineEdit):
            self.target.setFocus()
        place = self.mapToGlobal(self.target.pos())
        return {"box": [place.x(), place.y(), self.target.width(), self.target.height()], "kind": kind.__name__}

    def _around(self, neighbours, rng: random.Random) -> None:
        rng.shuffle(neighbours)
        box = self.target.geometry()
        for side, (widget, (width, height)) in zip("left right above below".split(), neighbours, strict=True):
            gap = rng.randint(*NEAR)
            across = QPoint(box.center().x() - width // 2, box.center().y() - height // 2)
            left = {"left": box.left() - gap - width, "right": box.right() + 1 + gap}.get(side, across.x())
            top = {"above": box.top() - gap - height, "below": box.bottom() + 1 + gap}.get(side, across.y())
            widget.setGeometry(left, top, width, height)
            widget.show()

    def tick(self, what: str) -> None:
        """Let one harmless thing go on."""
        self.second += 1
        if what == "clock":
            self.clock.setText(f"12:{self.second // 60 % 60:02}:{self.second % 60:02}")
        elif what == "spinner":
            self.spinner.turn += 1
            self.spinner.update()
        elif what == "progress bar":
            self.bar.setValue(self.second * 7 % 101)
        elif what == "video":
            self.video.update()

    def change(self, what: str, seed: int) -> None:
        """Change the target, its window or what is in front of it."""
        rng = random.Random(seed)
        box = self.target.geometry()
        if what == "label":
            self.target.setText(self.labels[1])
        elif what == "target moved":
            way = rng.choice([(0, 1), (0, -1), (1, 0), (-1, 0)])
            far = rng.randint(10, 90)
            self.target.move(box.left() + way[0] * far, box.top() + way[1] * far)
            self.target.raise_()
        elif what == "window moved":
            self.move(self.pos() + QPoint(rng.randint(3, 90), rng.randint(3, 90)))
        elif what == "resize":
            self.resize(self.width() + rng.randint(3, 60), self.height() + rng.randint(-40, 60))
        elif what in ("raised", "focus"):
            other.raise_()
            other.activateWindow()
        else:
            self._overlay(what, QRect(self.mapToGlobal(box.topLeft()), box.size()), rng)

    def _overlay(self, what: str, box: QRect, rng: random.Random) -> None:
        self.popup = popup = QLabel("Not now", self if rng.random() < 0.5 else None)
        popup.setWindowFlags(
            Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint | Qt.WindowType.X11BypassWindowManagerHint
        )
        popup.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        margin = rng.randint(-4, 60)
        popup.setGeometry(box.adjusted(-margin, -margin, margin, margin))
        if what == "look-alike overlay":
            # A clickjacker's: it shows the very pixels that it hides.
            popup.setPixmap(self.screen().grabWindow(0, *popup.geometry().getRect()))
        popup.show()


app = QApplication([sys.argv[0], "-name", "stage"])
app.setStyle("Fusion")
app.setEffectEnabled(Qt.UIEffect.UI_AnimateTooltip, False)
app.setCursorFlashTime(60)
other, stage = QLabel("Another window"), Stage()
other.setWindowTitle("Other")
other.setGeometry(60, 60, 700, 560)
other.show()
stage.move(120, 110)
stage.show()


def answer(line: str) -> dict:
    word, what = json.loads(line)
    if word == "deal":
        rng = random.Random(what)
        stage.resize(560, 400)
        stage.move(100 + rng.randrange(40), 100 + rng.randrange(40))
        stage.raise_()
        stage.activateWindow()
        return stage.deal(rng)
    if word == "where":
        place = stage.mapToGlobal(stage.target.pos())
        return {
            "box": [place.x(), place.y(), stage.target.width(), stage.target.height()],
            "active": stage.isActiveWindow(),
        }
    if word == "tick":
        stage.tick(what)
    else:
        stage.change(*what)
    return {}


def hear() -> None:
    line = sys.stdin.readline()
    if not line:
        app.quit()
        return
    said = answer(line)

    def done() -> None:
        # Painted now, not when the event loop comes to it.
        stage.repaint()
        app.sync()
        print(json.dumps(said), flush=True)

    QTimer.singleShot(0, done)


notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
notifier.activated.connect(hear)
QTimer.singleShot(0, lambda: print(json.dumps({}), flush=True))
app.exec()
