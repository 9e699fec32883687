"""Owns the status line: a dot and a sentence that say honestly what goes on, and for how long."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from app.translate import tr


class StatusLine(QWidget):
    """Tone and sentence, and while something is under way the time since it began."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dot, self._words, self._time = QLabel(), QLabel(tr("Ready")), QLabel()
        self._dot.setProperty("role", "dot")
        self._dot.setFixedSize(8, 8)
        self._words.setProperty("role", "strong")
        self._time.setProperty("role", "small")
        self._since = QElapsedTimer()
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._show_time)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self._dot, self._words, self._time):
            line.addWidget(widget)

    @property
    def sentence(self) -> str:
        """What is said."""
        return self._words.text()

    def say(self, tone: str, sentence: str) -> None:
        """Show what goes on; `tone` is quiet, work, wait, good or bad."""
        # Not at the top: see PromptEdit. The sentence may hold the name of a model.
        from PySide6.QtCore import Qt

        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setText(sentence)
        self.setAccessibleName(sentence)
        self._dot.setProperty("tone", tone)
        self._dot.style().polish(self._dot)

    def count(self, on: bool) -> None:
        """Begin to count the time, or stop counting and keep what it was."""
        if on and not self._tick.isActive():
            self._since.start()
            self._tick.start()
            self._show_time()
        elif not on:
            self._tick.stop()

    def _show_time(self) -> None:
        whole = self._since.elapsed() // 1000
        self._time.setText(f"{whole // 60}:{whole % 60:02d}")
