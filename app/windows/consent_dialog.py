"""Owns the question that is asked once a host: whether pictures of the screen may go there."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from agent.errors import StoreError
from agent.mind import consent
from agent.mind.address import Address
from app.state.names import address_of
from app.translate import tr


def host_to_ask_about(model: str) -> Address | None:
    """Where a model is served, if the person must agree to that first."""
    address = address_of(model)
    return address if address and consent.is_wanted(address) else None


class ConsentDialog(QMessageBox):
    """Asks about one host. Emits `agreed` once that is kept, or `failed` with why it cannot be."""

    agreed = Signal()
    failed = Signal(str)

    def __init__(self, address: Address, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._address = address
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Your screen leaves this machine"))
        # A host is a name that somebody typed, never markup.
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(
            tr("The model thinks at {host}. Pictures of your screen, and what you write, go there.", host=address.host)
        )
        plain = "" if address.encrypted else tr("The connection is not encrypted: others on the way can see them, too.")
        self.setInformativeText(" ".join(filter(None, [plain, tr("You are asked once for each host.")])))
        self.agree = self._button(tr("Agree"), QMessageBox.ButtonRole.AcceptRole)
        self.decline = self._button(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.decline)
        self.setEscapeButton(self.decline)
        self.agree.clicked.connect(self._on_agreed)

    def _button(self, words: str, role: QMessageBox.ButtonRole) -> QPushButton:
        button = QPushButton(words)
        self.addButton(button, role)
        return button

    def _on_agreed(self) -> None:
        try:
            consent.consent(self._address.host)
        except StoreError as error:
            self.failed.emit(str(error))
        else:
            self.agreed.emit()
