"""Owns the question to the person: may this one action be done? Keys can say no, only a pointer can say yes."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.translate import recorded, tr
from app.widgets.pointer_button import PointerButton
from app.widgets.wrap_label import WrapLabel


class ApprovalBar(QFrame):
    """Shows why it is asked, a note to the model, Deny and Allow. Enter in the note denies with that note."""

    allowed = Signal()
    denied = Signal(str)

    def __init__(self, reason: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "approval")
        self.note = QLineEdit()
        self.note.setPlaceholderText(tr("Say why not, if you like (Enter denies)"))
        self.note.setAccessibleName(tr("Note to the model"))
        self.deny = PointerButton(tr("Deny"))
        self.allow = PointerButton(tr("Allow"))
        self.allow.setProperty("role", "primary")
        for button in (self.deny, self.allow):
            button.setMinimumHeight(36)
        self._arrange(reason)
        self.allow.chosen.connect(self.allowed)
        self.deny.chosen.connect(self._on_denied)
        self.note.returnPressed.connect(self._on_denied)

    def _arrange(self, reason: str) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(WrapLabel(tr("May this be done?"), "strong"))
        if reason:
            rows.addWidget(WrapLabel(recorded(reason), "muted"))
        rows.addWidget(self.note)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.deny, 1)
        buttons.addWidget(self.allow, 1)
        rows.addLayout(buttons)

    def _on_denied(self) -> None:
        self.denied.emit(self.note.text())
