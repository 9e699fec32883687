"""Owns the window with one frame enlarged, as the model saw it, the aim marked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from agent.step import Step
from app.state import words
from app.state.frames import Frames
from app.translate import tr
from app.widgets.frame_view import FrameView


class FrameWindow(QWidget):
    """Closes with Esc or a click."""

    def __init__(self, step: Step, path: Path, frames: Frames, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("What the model saw in step {number}", number=step.number))
        self.setObjectName("page")
        self._step, self._path = step, path
        self.view = FrameView(radius=0, ring=18)
        self.view.opened.connect(self.close)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.view)
        self.resize(self._fitting())
        frames.ready.connect(self._on_frame_ready)
        frames.ask(path)

    def _fitting(self) -> QSize:
        """As large as the picture, but well inside the screen."""
        room = self.screen().availableSize() * 0.85
        frame = self._step.frame
        size = QSize(frame.view[2], frame.view[3]) if frame else QSize(960, 600)
        return size if size.boundedTo(room) == size else size.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)

    def _on_frame_ready(self, path: str, width: int, image: QImage) -> None:
        if width == 0 and path == str(self._path) and self._step.frame:
            self.view.show_frame(self._step.frame, image)
            self.view.mark(words.target(self._step))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
