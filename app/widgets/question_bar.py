"""Owns what the model asks the person: the answer is written here, or refused."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.translate import tr
from app.widgets.wrap_label import WrapLabel


class QuestionBar(QFrame):
    """Shows the question and a line for the answer. Enter sends what is written; nothing is sent while it is empty."""

    answered = Signal(str)
    denied = Signal(str)

    def __init__(self, question: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "approval")
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("Your answer (Enter sends)"))
        self.note.setAccessibleName(tr("Your answer"))
        self.deny = QPushButton(tr("No answer"))
        self.send = QPushButton(tr("Send"))
        self.send.setProperty("role", "primary")
        self.send.setEnabled(False)
        for button in (self.deny, self.send):
            button.setMinimumHeight(36)
            button.setAutoDefault(False)
        self._arrange(question)
        self.note.textChanged.connect(lambda text: self.send.setEnabled(bool(text.strip())))
        self.note.returnPressed.connect(self._on_sent)
        self.send.clicked.connect(self._on_sent)
        self.deny.clicked.connect(lambda: self.denied.emit(""))

    def _arrange(self, question: str) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(WrapLabel(tr("The model asks you"), "muted"))
        rows.addWidget(WrapLabel(question, "strong"))
        rows.addWidget(self.note)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.deny, 1)
        buttons.addWidget(self.send, 1)
        rows.addLayout(buttons)

    def _on_sent(self) -> None:
        if words := self.note.text().strip():
            self.answered.emit(words)
