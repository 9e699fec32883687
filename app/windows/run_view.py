"""Owns what is seen of a run: the stage beside its steps, and the bar that holds and stops it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from agent.events import RunFinished
from app.state.frames import Frames
from app.state.session import Session
from app.state.trace import Trace
from app.widgets.outcome_banner import OutcomeBanner
from app.widgets.run_bar import RunBar
from app.widgets.stage import Stage
from app.widgets.trace_panel import TracePanel
from app.windows.frame_window import FrameWindow

WIDE = 840
"""From this width on there is room for the stage."""
SIDE = 416


class RunView(QWidget):
    """Shows a Session and its Trace. `bar` belongs to it, but is placed by the window."""

    folder_wanted = Signal()
    report_wanted = Signal()
    again_wanted = Signal()

    def __init__(self, session: Session, trace: Trace, frames: Frames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._trace, self._frames = session, trace, frames
        self._ended: RunFinished | None = None
        self._enlarged: FrameWindow | None = None
        self.stage = Stage(trace, frames)
        self.steps = TracePanel(trace, frames)
        self.steps.setObjectName("side")
        self.bar = RunBar()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(self.stage, 1)
        line.addWidget(self.steps, 1)
        self._connect()

    def show_session(self) -> None:
        """Show where the run stands."""
        session = self._session
        self.bar.show_session(session)
        self.stage.look_in(session.folder)
        self.steps.look_in(session.folder)
        self.steps.ask(session.question)
        if session.finished is not self._ended:
            self._ended = session.finished
            self.steps.end_with(self._banner(session.finished) if session.finished else None)

    def _connect(self) -> None:
        session = self._session
        self.bar.stop_wanted.connect(session.stop)
        self.bar.pause_wanted.connect(session.pause)
        self.bar.take_over_wanted.connect(session.take_over)
        self.bar.resume_wanted.connect(session.resume)
        self.steps.allowed.connect(session.approve)
        self.steps.answered.connect(session.approve)
        self.steps.denied.connect(session.deny)
        self.steps.opened.connect(self._on_card_opened)
        self.stage.opened.connect(self._enlarge)

    def _banner(self, finished: RunFinished) -> OutcomeBanner:
        banner = OutcomeBanner(finished, self._session.folder is not None)
        banner.folder_wanted.connect(self.folder_wanted)
        banner.report_wanted.connect(self.report_wanted)
        banner.again_wanted.connect(self.again_wanted)
        return banner

    def _on_card_opened(self, number: int) -> None:
        """On the stage where there is one, else in a window of its own."""
        if self.stage.isVisible() and self.stage.picked != number:
            newest = self._trace.trajectory.steps[-1].number
            self.stage.pick(None if number == newest else number)
        else:
            self._enlarge(number)

    def _enlarge(self, number: int) -> None:
        step = next((step for step in self._trace.trajectory.steps if step.number == number), None)
        folder: Path | None = self._session.folder
        if step is None or folder is None or step.frame is None or step.frame.file is None:
            return
        if self._enlarged:
            self._enlarged.close()
        self._enlarged = FrameWindow(step, folder / step.frame.file, self._frames, self.window())
        self._enlarged.destroyed.connect(self._on_enlarged_destroyed)
        self._enlarged.show()

    def _on_enlarged_destroyed(self) -> None:
        self._enlarged = None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        self.stage.setVisible(wide)
        self.steps.setMaximumWidth(SIDE if wide else 16777215)
        self.steps.setMinimumWidth(SIDE if wide else 0)
