"""Owns the button of consent: only a person's pointer presses it, never a key, a mnemonic or a program."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QWidget

ARMING_MS = 600
"""A click meant for what was there before must not be taken for consent."""
TICK_MS = 100
LATE_MS = 250
"""A tick that comes so late was held up, and with it whatever was clicked meanwhile."""


class PointerButton(QPushButton):
    """Emits `chosen` when the left button of a pointing device goes down and up on it.

    It takes an answer only once it has stood still for a while in a program that was awake all the time: clicks that were
    made before it came, or before it came here, have then been read, and went nowhere.

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
        self._place = QPoint()
        self._still, self._since_tick = QElapsedTimer(), QElapsedTimer()
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self._on_tick)

    def event(self, event: QEvent) -> bool:
        """Keys and shortcuts pass by."""
        if event.type() in {QEvent.Type.Shortcut, QEvent.Type.ShortcutOverride}:
            event.ignore()
            return False
        return super().event(event)

    def showEvent(self, event: QShowEvent) -> None:
        self._disarm()
        self._since_tick.start()
        self._ticks.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._ticks.stop()
        super().hideEvent(event)

    def _on_tick(self) -> None:
        late = self._since_tick.restart() >= LATE_MS
        if late or self.mapToGlobal(QPoint()) != self._place:
            self._disarm()
        elif self._still.elapsed() >= ARMING_MS:
            self.setEnabled(True)

    def _disarm(self) -> None:
        self.setEnabled(False)
        self._pressed = False
        self._place = self.mapToGlobal(QPoint())
        self._still.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.mapToGlobal(QPoint()) != self._place:
            self._disarm()
        self._pressed = self.isEnabled() and event.button() == Qt.MouseButton.LeftButton and _is_a_persons(event)
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
