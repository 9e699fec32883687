"""Owns the card of one step: picture, thought as it is decoded, actions and what came of them, and its time."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from agent.events import ApprovalAsked
from agent.step import Step, words_of
from app.state import words
from app.translate import tr
from app.widgets.action_row import ActionRow
from app.widgets.approval_bar import ApprovalBar
from app.widgets.frame_view import FrameView
from app.widgets.question_bar import QuestionBar
from app.widgets.thought import Thought

THUMB = (104, 65)


class StepCard(QFrame):
    """Shows a Step as far as it has come. Emits what its parts emit, and `frame_wanted` once its picture exists."""

    allowed = Signal()
    answered = Signal(str)
    denied = Signal(str)
    opened = Signal()
    frame_wanted = Signal(str)

    def __init__(self, step: Step, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.step = step
        self.thumb = FrameView(radius=4, ring=6, framed=True)
        self.thumb.setFixedSize(*THUMB)
        self.thumb.setToolTip(tr("Enlarge"))
        self.thumb.setAccessibleName(tr("What the model saw in step {number}", number=step.number))
        self.thumb.opened.connect(self.opened)
        self.musing = Thought("small")
        self.thought = Thought()
        self.approval: ApprovalBar | QuestionBar | None = None
        self._time = QLabel()
        self._time.setProperty("role", "small")
        self._actions: dict[int, ActionRow] = {}
        self._rows = QVBoxLayout(self)
        self._arrange()
        self.refresh()

    def refresh(self) -> None:
        """Show what the step has become."""
        step = self.step
        told = words_of(step)
        self.musing.setVisible(bool(told.mused))
        self.musing.say(told.mused, streaming=told.streaming and not told.said)
        self.thought.say(told.said, streaming=told.streaming and bool(told.said or not told.mused))
        for doing in words.actions(step):
            if doing.index not in self._actions:
                self._actions[doing.index] = ActionRow(doing)
                self._rows.addWidget(self._actions[doing.index])
            self._actions[doing.index].show_doing(doing)
        if step.frame and step.frame.file and self.thumb.frame is None:
            self.thumb.frame = step.frame
            self.frame_wanted.emit(step.frame.file)
        self.thumb.mark(words.target(step))
        if step.finished:
            self._time.setText(words.step_time(step.finished))
            self._time.setToolTip(words.time_parts(step.finished.seconds))

    def show_picture(self, image: QImage) -> None:
        """Show the picture that the step saw."""
        if self.step.frame:
            self.thumb.show_frame(self.step.frame, image)

    def frame_path(self, folder: Path | None) -> Path | None:
        """Where the picture of the step is, given the run's folder."""
        return folder / self.step.frame.file if folder and self.step.frame and self.step.frame.file else None

    def ask(self, question: ApprovalAsked | None) -> None:
        """Open the bar for a question, or close it."""
        if self.approval:
            if self.window().focusWidget() is self.approval.note:
                # Else Qt moves it on to some button, for keys that were meant for the note.
                self.window().setFocus()
            self.approval.hide()
            self.approval.deleteLater()
            self.approval = None
        if question:
            self.approval = self._bar(question)
            self.approval.denied.connect(self.denied)
            self._rows.addWidget(self.approval)

    def _bar(self, question: ApprovalAsked) -> ApprovalBar | QuestionBar:
        if question.wants == "words":
            asking = QuestionBar(question.words)
            asking.answered.connect(self.answered)
            return asking
        approval = ApprovalBar(question.reason)
        approval.allowed.connect(self.allowed)
        return approval

    def _arrange(self) -> None:
        title = QLabel(tr("Step {number}", number=self.step.number))
        title.setProperty("role", "small-strong")
        head = QHBoxLayout()
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self._time)
        text = QVBoxLayout()
        text.setSpacing(4)
        text.addLayout(head)
        text.addWidget(self.musing)
        text.addWidget(self.thought)
        text.addStretch(1)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.thumb, 0, Qt.AlignmentFlag.AlignTop)
        top.addLayout(text, 1)
        self._rows.setContentsMargins(12, 12, 12, 12)
        self._rows.setSpacing(8)
        self._rows.addLayout(top)
