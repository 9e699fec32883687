"""Owns the line for what the person should know beside the steps, such as a process that was started again."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app import resources
from app.translate import tr
from app.widgets.wrap_label import WrapLabel


class NoticeBar(QFrame):
    """Shows the newest notice until it is put away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self._icon = QLabel()
        self.words = WrapLabel()
        close = QPushButton()
        close.setIcon(resources.icon("cross", "muted", 16))
        close.setIconSize(QSize(16, 16))
        close.setToolTip(tr("Put away"))
        close.setProperty("role", "quiet")
        close.clicked.connect(self.hide)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 8, 8)
        line.setSpacing(8)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.words, 1)
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def say(self, words: str, level: str) -> None:
        """Show a notice of level `info` or `warning`."""
        warning = level == "warning"
        self.setProperty("tone", "wait" if warning else "quiet")
        self.style().unpolish(self)
        self.style().polish(self)
        icon, colour = ("warning", "wait") if warning else ("info", "muted")
        self._icon.setPixmap(resources.pixmap(icon, colour, 20, self.devicePixelRatioF()))
        self.words.say(words)
        self.show()
