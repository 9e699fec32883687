"""Owns the side panel: one card a step, the newest in sight unless the person scrolled away, and how the run ended."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from agent.events import ApprovalAsked
from app.state.frames import Frames
from app.state.trace import Trace
from app.widgets.step_card import THUMB, StepCard

NEAR = 48
"""So many pixels from the end still count as being there."""


class TracePanel(QScrollArea):
    """Shows a Trace. Emits the person's answers, and `opened` with the step whose picture was clicked."""

    allowed = Signal()
    answered = Signal(str)
    denied = Signal(str)
    opened = Signal(int)

    def __init__(self, trace: Trace, frames: Frames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._trace, self._frames = trace, frames
        self._folder: Path | None = None
        self._following = True
        self._bottom = 0
        self._question: ApprovalAsked | None = None
        self.cards: list[StepCard] = []
        self._end: QWidget | None = None
        self._column = QWidget()
        self._column.setObjectName("steps")
        self._rows = QVBoxLayout(self._column)
        self._arrange()
        trace.rowsInserted.connect(self._on_rows_inserted)
        trace.dataChanged.connect(self._on_data_changed)
        trace.modelReset.connect(self._on_model_reset)
        frames.ready.connect(self._on_frame_ready)
        self._on_rows_inserted(QModelIndex(), 0, trace.rowCount() - 1)

    def look_in(self, folder: Path | None) -> None:
        """Say where the run keeps its frames."""
        if folder != self._folder:
            self._folder = folder
            for card in self.cards:
                self._ask_for_frame(card)

    def ask(self, question: ApprovalAsked | None) -> None:
        """Put a question to the person in the card of its step, or take it away."""
        if question is self._question:
            return
        self._question = question
        for card in self.cards:
            wanted = question if question and card.step.number == question.step else None
            if wanted or card.approval:
                card.ask(wanted)
        if question:
            self._following = True

    def end_with(self, banner: QWidget | None) -> None:
        """Show how the run ended below its steps, or nothing."""
        if self._end:
            self._end.hide()
            self._end.deleteLater()
        self._end = banner
        if banner:
            self._rows.insertWidget(self._rows.count() - 1, banner)

    def _arrange(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._column)
        self._rows.setContentsMargins(16, 16, 16, 16)
        self._rows.setSpacing(8)
        self._rows.addStretch(1)
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.verticalScrollBar().valueChanged.connect(self._on_value_changed)

    def _on_rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        for row in range(first, last + 1):
            card = StepCard(self._trace.step(row))
            card.allowed.connect(self.allowed)
            card.answered.connect(self.answered)
            card.denied.connect(self.denied)
            card.opened.connect(lambda number=card.step.number: self.opened.emit(number))
            card.frame_wanted.connect(lambda _file, card=card: self._ask_for_frame(card))
            self.cards.append(card)
            self._rows.insertWidget(len(self.cards) - 1, card)
            self._ask_for_frame(card)

    def _on_data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        for card in self.cards[first.row() : last.row() + 1]:
            card.refresh()

    def _on_model_reset(self) -> None:
        self.end_with(None)
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = []
        self._following = True
        self._on_rows_inserted(QModelIndex(), 0, self._trace.rowCount() - 1)

    def _ask_for_frame(self, card: StepCard) -> None:
        path = card.frame_path(self._folder)
        if path:
            self._frames.ask(path, self._thumb_width())

    def _thumb_width(self) -> int:
        return round(THUMB[0] * self.devicePixelRatioF() * 2)

    def _on_frame_ready(self, path: str, width: int, image: QImage) -> None:
        for card in self.cards:
            if width and str(card.frame_path(self._folder)) == path:
                card.show_picture(image)

    def _on_range_changed(self, _least: int, most: int) -> None:
        self._bottom = most
        if self._following:
            self.verticalScrollBar().setValue(most)

    def _on_value_changed(self, value: int) -> None:
        self._following = value >= self._bottom - NEAR
