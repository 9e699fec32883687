"""Owns the bar below a run: its task, a way to hold it, and the large Stop that is always there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from actions.keys import STOP_CHORD
from app import resources
from app.state.session import Session
from app.translate import tr
from app.widgets.short_label import ShortLabel

STOP_KEY = "+".join(key.capitalize() for key in STOP_CHORD)
"""The stop key that works everywhere, also when this window hangs: the runner listens for it."""
HEIGHT = 80
ROOMY = 560
"""From this width on the lesser buttons have words."""


class RunBar(QFrame):
    """Shows a Session that is busy. Emits what the person wants of it."""

    stop_wanted = Signal()
    pause_wanted = Signal()
    take_over_wanted = Signal()
    resume_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "composer")
        self.setFixedHeight(HEIGHT)
        self._task = ShortLabel(role="task")
        self._hint = ShortLabel(role="small")
        self.pause = self._button("pause", tr("Pause"))
        self.take_over = self._button("hand", tr("Take over"))
        self.take_over.setToolTip(tr("You use mouse and keyboard; the model waits and then looks afresh"))
        self.resume = self._button("resume", tr("Go on"))
        self.stop = QPushButton()
        self.stop.setProperty("role", "stop")
        self.stop.setIcon(resources.icon("stop", "on_stop", 18))
        self.stop.setIconSize(QSize(18, 18))
        self.stop.setMinimumSize(136, 56)
        self.stop.setAutoDefault(False)
        self.stop.setToolTip(tr("Esc twice or Ctrl+. stops it too; {key} does from anywhere", key=STOP_KEY))
        self._arrange()
        self.stop.clicked.connect(self.stop_wanted)
        self.pause.clicked.connect(self.pause_wanted)
        self.take_over.clicked.connect(self.take_over_wanted)
        self.resume.clicked.connect(self.resume_wanted)

    def show_session(self, session: Session) -> None:
        """Offer what makes sense now."""
        self._task.say(session.request.task if session.request else "")
        stopping = session.state == "stopping"
        self.stop.setText(tr("End by force") if stopping else tr("Stop"))
        self._hint.say(
            tr("Still there? Press again, and the process is ended.")
            if stopping
            else tr("{key} stops it", key=STOP_KEY)
        )
        self.pause.setVisible(session.state == "running")
        self.take_over.setVisible(session.state == "running")
        self.resume.setVisible(session.state == "paused")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        roomy = self.width() >= ROOMY
        for button in (self.pause, self.take_over, self.resume):
            button.setText(button.accessibleName() if roomy else "")

    def _button(self, icon: str, words: str) -> QPushButton:
        button = QPushButton(words)
        button.setAccessibleName(words)
        button.setToolTip(words)
        button.setIcon(resources.icon(icon, "muted", 16))
        button.setProperty("role", "flat")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setMinimumHeight(40)
        return button

    def _arrange(self) -> None:
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addStretch(1)
        text.addWidget(self._task)
        text.addWidget(self._hint)
        text.addStretch(1)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 12, 12, 12)
        line.setSpacing(8)
        line.addLayout(text, 1)
        for button in (self.pause, self.take_over, self.resume, self.stop):
            line.addWidget(button)
