"""Owns the stage: the screen as the model saw it, large, with what was done there."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from agent.step import Step
from app.state import words
from app.state.frames import Frames
from app.state.trace import Trace
from app.translate import recorded, tr
from app.widgets.frame_view import FrameView


class Stage(QWidget):
    """Follows the newest step, or stays at one that the person picked. Emits `opened` when its picture is clicked.

    Attributes:
        picked: number of the step to stay at; None follows the newest.
    """

    opened = Signal(int)

    def __init__(self, trace: Trace, frames: Frames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trace, self._frames = trace, frames
        self._folder: Path | None = None
        self.picked: int | None = None
        self._asked = ""
        self.view = FrameView(radius=8, ring=14)
        self._caption, self._hint = QLabel(), QLabel(tr("The first picture of the screen appears here."))
        self._caption.setTextFormat(Qt.TextFormat.PlainText)
        self._hint.setProperty("role", "muted")
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._arrange()
        self.view.opened.connect(self._on_view_opened)
        trace.rowsInserted.connect(self.refresh)
        trace.dataChanged.connect(self.refresh)
        trace.modelReset.connect(self._on_model_reset)
        frames.ready.connect(self._on_frame_ready)

    def look_in(self, folder: Path | None) -> None:
        """Say where the run keeps its frames."""
        self._folder = folder
        self.refresh()

    def pick(self, number: int | None) -> None:
        """Stay at a step, or follow the newest again."""
        self.picked = number
        self.refresh()

    def refresh(self) -> None:
        """Show the step's picture and words; until it has a picture, the one before stays."""
        step = self._step()
        if step is None or step.frame is None or not step.frame.file or self._folder is None:
            return
        path = str(self._folder / step.frame.file)
        if path != self._asked:
            self._asked = path
            self._frames.ask(Path(path))
        elif not self.view.empty:  # nothing has changed since the step before: the picture is the same file
            self.view.frame = step.frame
        self._describe(step)

    def _step(self) -> Step | None:
        steps = self._trace.trajectory.steps
        if self.picked is not None:
            return next((step for step in steps if step.number == self.picked), None)
        return next((step for step in reversed(steps) if step.frame), None)

    def _describe(self, step: Step) -> None:
        if self.view.frame is step.frame:
            self.view.mark(words.target(step))
        doing = recorded(step.judged[-1].words) if step.judged else ""
        title = tr("Step {number}", number=step.number)
        self._caption.setText(f"{title}  ·  {doing}" if doing else title)

    def _on_frame_ready(self, path: str, width: int, image: QImage) -> None:
        step = self._step()
        if width == 0 and path == self._asked and step and step.frame:
            self._hint.hide()
            self.view.show_frame(step.frame, image)
            self.view.mark(None)
            self._describe(step)

    def _on_view_opened(self) -> None:
        step = self._step()
        if step:
            self.opened.emit(step.number)

    def _on_model_reset(self) -> None:
        self.picked, self._asked = None, ""
        self.view.clear()
        self._caption.clear()
        self._hint.show()

    def _arrange(self) -> None:
        self._caption.setProperty("role", "small")
        over = QVBoxLayout(self.view)
        over.addWidget(self._hint)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._caption)
        foot.addStretch(1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 16, 8, 16)
        rows.setSpacing(8)
        rows.addWidget(self.view, 1)
        rows.addLayout(foot)
