"""Owns the end of a run in the side panel: how it ended, in the model's or the runner's words, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from agent.events import RunFinished
from app import resources
from app.state import words
from app.translate import recorded, tr
from app.widgets.wrap_label import WrapLabel

_ICONS: dict[words.Tone, tuple[str, str]] = {
    "good": ("check", "accent"),
    "bad": ("warning", "stop"),
    "wait": ("wait", "wait"),
    "quiet": ("stop", "muted"),
    "work": ("info", "muted"),
}

SAID_BY_TITLE = {"success", "failure", "stopped"}
"""For these the recorded words say no more than the title does."""


class OutcomeBanner(QFrame):
    """Emits what the person wants to see of the run."""

    folder_wanted = Signal()
    report_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, finished: RunFinished, has_folder: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        tone, title = words.ending(finished.status)
        self.setProperty("role", "outcome")
        self.setProperty("tone", tone)
        icon, colour = _ICONS[tone]
        mark = QLabel()
        mark.setPixmap(resources.pixmap(icon, colour, 20, self.devicePixelRatioF()))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(mark)
        head.addWidget(WrapLabel(title, "strong"), 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addLayout(head)
        if finished.words and finished.status not in SAID_BY_TITLE:
            rows.addWidget(WrapLabel(recorded(finished.words)))
        rows.addLayout(self._buttons(has_folder))

    def _buttons(self, has_folder: bool) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        offers = [("again", tr("Run again"), self.again_wanted)]
        if has_folder:
            offers += [("answer", tr("Report"), self.report_wanted), ("folder", tr("Folder"), self.folder_wanted)]
        for icon, text, wanted in offers:
            button = QPushButton(text)
            button.setIcon(resources.icon(icon, "muted", 16))
            button.setProperty("role", "small")
            button.setMinimumHeight(32)
            button.clicked.connect(wanted)
            line.addWidget(button)
        line.addStretch(1)
        return line
