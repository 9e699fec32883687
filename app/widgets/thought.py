"""Owns how words of the model are shown: streamed as they come, long ones folded."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.translate import tr
from app.widgets.wrap_label import WrapLabel

FOLD_AT = 280
"""Letters of a thought that are shown unasked."""


class Thought(QWidget):
    """Text of the model, with a way to see all of a long one."""

    def __init__(self, role: str = "thought", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._streaming, self._open = "", False, False
        self._label = WrapLabel(role=role)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QPushButton()
        self._more.setProperty("role", "link")
        self._more.clicked.connect(self._on_more)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self._label)
        rows.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.say("", streaming=True)

    def say(self, text: str, streaming: bool) -> None:
        """Show a thought; while it streams, its newest part is what is seen."""
        self._text, self._streaming = text, streaming
        self._show()

    def _show(self) -> None:
        long = len(self._text) > FOLD_AT
        folded = long and not self._open
        if folded and self._streaming:
            self._label.say("… " + self._text[-FOLD_AT:].lstrip())
        elif folded:
            self._label.say(self._text[:FOLD_AT].rstrip() + " …")
        else:
            self._label.say(self._text or (tr("Thinking …") if self._streaming else ""))
        self._label.setVisible(bool(self._label.text()))
        self._more.setVisible(long and not self._streaming)
        self._more.setText(tr("Less") if self._open else tr("More"))

    def _on_more(self) -> None:
        self._open = not self._open
        self._show()
