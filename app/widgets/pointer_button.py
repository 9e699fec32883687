"""Owns the button of consent: only a person's pointer presses it, never a key, a mnemonic or a program."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

ARMING_MS = 600
"""A click meant for what was there before must not be taken for consent."""


class PointerButton(QPushButton):
    """Emits `chosen` when the left button of a pointing device goes down and up on it.

    `clicked` is left unused on purpose: it also fires for keys, mnemonics and `click()`. An agent that types Enter, Space
    or Alt with a letter therefore cannot approve its own action; its clicks are held back by the runner, which injects
    nothing while an approval is open.
    """

    chosen = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text.replace("&", "&&"), parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoDefault(False)
        self.setEnabled(False)
        self._pressed = False
        self._arming = QTimer(self, singleShot=True, interval=ARMING_MS)
        self._arming.timeout.connect(lambda: self.setEnabled(True))

    def event(self, event: QEvent) -> bool:
        """Keys and shortcuts pass by."""
        if event.type() in {QEvent.Type.Shortcut, QEvent.Type.ShortcutOverride}:
            event.ignore()
            return False
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        self.setEnabled(False)
        self._arming.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._arming.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.button() == Qt.MouseButton.LeftButton and _is_a_persons(event)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        chosen = self._pressed and _is_a_persons(event) and self.rect().contains(event.position().toPoint())
        self._pressed = False
        super().mouseReleaseEvent(event)
        if chosen and self.isEnabled():
            self.chosen.emit()


def _is_a_persons(event: QMouseEvent) -> bool:
    """Whether the window system sent it, not a program inside this process."""
    return event.spontaneous() and event.source() != Qt.MouseEventSource.MouseEventSynthesizedByApplication
