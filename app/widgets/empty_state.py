"""Owns what is seen before the first run: what this is, what to type, and what to know first."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app import resources
from app.state.names import leaving
from app.translate import tr

WIDTH = 520


class EmptyState(QWidget):
    """Emits `example_chosen` with a task to put into the prompt bar."""

    example_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._rows.addStretch(2)
        self._greet()
        for task in examples():
            self._rows.addWidget(self._example(task))
        self._rows.addSpacing(8)
        self._say(
            "hint",
            tr(
                "The built-in model nano knows the practice desk and nothing else. For your own programs, choose a Qwen3-VL checkpoint below."
            ),
        )
        self._rows.addStretch(3)
        line = QHBoxLayout(self)
        line.setContentsMargins(24, 8, 24, 8)
        line.addStretch(1)
        line.addLayout(self._rows, 100)
        line.addStretch(1)

    def _greet(self) -> None:
        mark = QLabel()
        mark.setProperty("role", "mark")
        mark.setPixmap(resources.pixmap("mark", "accent", 48, self.devicePixelRatioF()))
        self._rows.addWidget(mark)
        self._say("title", tr("Say what should be done"))
        self._about = self._say("about", "")
        self.show_model("")
        self._rows.addSpacing(8)

    def show_model(self, name: str) -> None:
        """Say where the model looks at the screen that is chosen now."""
        about = tr("A model on this computer looks at the screen, says what it thinks, and works mouse and keyboard.")
        self._about.setText(leaving(name) or about)

    def _say(self, role: str, words: str) -> QLabel:
        label = QLabel(words)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setMaximumWidth(WIDTH)
        self._rows.addWidget(label)
        return label

    def _example(self, task: str) -> QPushButton:
        button = QPushButton(task)
        button.setProperty("role", "example")
        button.setMinimumHeight(48)
        button.setMaximumWidth(WIDTH)
        button.clicked.connect(lambda: self.example_chosen.emit(task))
        return button


def examples() -> tuple[str, ...]:
    """Tasks that show how one speaks to it."""
    return (
        tr("Type ALICE into Name, then press Save"),
        tr("Find the total of this invoice and tell me"),
        tr("Turn on dark mode in the settings of this window"),
    )
