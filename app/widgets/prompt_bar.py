"""Owns the prompt bar: the task in words, and beside it what it is done with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app import resources
from app.translate import tr
from app.widgets.chip import LEAST
from app.widgets.choices import ModeChoice, ModelChoice, ViewChoice
from app.widgets.prompt_edit import PromptEdit

if TYPE_CHECKING:  # settings need pydantic; the bar is there before it
    from app.settings import Settings

ROOMY = 560
"""From this width on the choices have words."""
QWIDGETSIZE_MAX = 16777215


class PromptBar(QFrame):
    """Emits `run_asked` with the task, `settings_changed` with the settings after a choice, and `unload_wanted`.

    Attributes:
        edit: the field for the task.
        run: the button that begins.
        choices: model, view and mode.
    """

    run_asked = Signal(str)
    settings_changed = Signal(object)
    unload_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "composer")
        self._ready = False
        self.edit = PromptEdit()
        self.edit.setPlaceholderText(tr("What should be done?"))
        self.edit.setAccessibleName(tr("Task"))
        self.run = QPushButton(tr("Run"))
        self.run.setProperty("role", "primary")
        self.run.setIcon(resources.icon("run", "on_accent", 18))
        self.run.setIconSize(QSize(18, 18))
        self.run.setToolTip(tr("Enter runs, Shift+Enter makes a new line"))
        self.run.setFixedHeight(40)
        model = ModelChoice("model", tr("Model"))
        model.unload_wanted.connect(self.unload_wanted)
        self.choices = (
            model,
            ViewChoice("monitor", tr("What the model sees")),
            ModeChoice("hand", tr("Who decides")),
        )
        self._arrange()
        self.setFocusProxy(self.edit)
        self.edit.sent.connect(self._on_sent)
        self.run.clicked.connect(self._on_sent)
        self.edit.textChanged.connect(self._on_text_changed)

    def show_settings(self, settings: Settings) -> None:
        """Show the choices of these settings; from now on a task can be run."""
        for choice in self.choices:
            choice.show_settings(settings)
        self._ready = True
        self._on_text_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for choice in self.choices:
            choice.setMaximumWidth(QWIDGETSIZE_MAX if self.width() >= ROOMY else LEAST)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(4)
        for choice in self.choices:
            choice.changed.connect(self._on_changed)
            foot.addWidget(choice)
        foot.addStretch(1)
        foot.addWidget(self.run)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 12, 12, 12)
        rows.setSpacing(8)
        rows.addWidget(self.edit)
        rows.addLayout(foot)
        self._on_text_changed()

    def _on_changed(self, settings: Settings) -> None:
        self.show_settings(settings)
        self.settings_changed.emit(settings)

    def _on_text_changed(self) -> None:
        self.run.setEnabled(self._ready and bool(self.edit.toPlainText().strip()))

    def _on_sent(self) -> None:
        if self.run.isEnabled():
            self.run_asked.emit(self.edit.toPlainText().strip())
