"""The small window beside the desk when a person plays: the task, how far it is, and a button for the next desk."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from app.practice.protocol import Deal
from app.practice.window import PracticeWindow

_GAP, _HEIGHT = 44, 190
"""Room in pixels for a frame between the two windows, and for this window with its own frame."""


class TaskWindow(QWidget):
    """Shows the task of a practice window, and deals the next desk when asked."""

    def __init__(self, window: PracticeWindow, seed: int) -> None:
        super().__init__()
        self.setWindowTitle("Practice task")
        self._window, self._seed = window, seed
        self._words, self._verdict = QLabel(), QLabel()
        for label in (self._words, self._verdict):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        following = QPushButton("Next desk")
        following.clicked.connect(self.deal)
        layout = QVBoxLayout(self)
        for widget in (self._words, self._verdict, following):
            layout.addWidget(widget)
        self.setFixedWidth(window.width())
        below = window.geometry().bottom() + _GAP
        self.move(window.x(), below if below + _HEIGHT < window.screen().geometry().bottom() else window.y() - _HEIGHT)
        window.changed.connect(self._refresh)

    def deal(self) -> None:
        """Deal a desk with one to three goals, in turn."""
        self._seed += 1
        self._window.deal(Deal(seed=self._seed, goals=1 + self._seed % 3))

    def _refresh(self) -> None:
        desk, task = self._window.desk, self._window.task
        if desk is None:
            return
        self._words.setText(task.words)
        spoiled = task.spoiled(desk.state)
        done = sum(goal.holds(desk.state) for goal in task.goals)
        if task.finished(desk.state):
            self._verdict.setText("Finished.")
        elif spoiled:
            self._verdict.setText(f"Not asked for: {', '.join(spoiled)}.")
        else:
            self._verdict.setText(f"{done} of {len(task.goals)} done.")
