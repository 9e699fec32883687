"""Owns the line of one action in a step: what it does, and how far it has come."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import resources
from app.state.words import Doing, Tone
from app.widgets.wrap_label import WrapLabel, plain_tooltip

_COLOURS: dict[Tone, str] = {"quiet": "muted", "work": "muted", "wait": "wait", "good": "accent", "bad": "stop"}


class ActionRow(QWidget):
    """Icon, words, state; the reason below where something spoke against it."""

    def __init__(self, doing: Doing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._doing: Doing | None = None
        self._badge, self._words = QLabel(), WrapLabel(role="action")
        self._state_icon, self._state = QLabel(), QLabel()
        self._why = WrapLabel(role="small")
        self._arrange()
        self.show_doing(doing)

    def show_doing(self, doing: Doing) -> None:
        """Show the action as far as it has come."""
        if doing == self._doing:
            return
        self._doing = doing
        ratio = self.devicePixelRatioF()
        self._badge.setPixmap(resources.pixmap(doing.icon, "accent", 16, ratio))
        self._words.say(doing.words)
        self._state.setText(doing.state)
        self._state.setProperty("tone", doing.tone)
        self._state.style().polish(self._state)
        self._state.setToolTip(plain_tooltip(doing.verdict))
        self._state_icon.setVisible(bool(doing.state_icon))
        if doing.state_icon:
            self._state_icon.setPixmap(resources.pixmap(doing.state_icon, _COLOURS[doing.tone], 16, ratio))
        self._why.say(doing.why)
        self._why.setVisible(bool(doing.why))

    def _arrange(self) -> None:
        self._badge.setProperty("role", "badge")
        self._badge.setFixedSize(24, 24)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._state.setProperty("role", "state")
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._words, 1)
        line.addWidget(self._state_icon)
        line.addWidget(self._state)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addLayout(line)
        rows.addWidget(self._why)
