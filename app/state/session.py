"""Owns the run as a state machine: which intents make sense now, what the runner is doing, and what is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, assert_never

from PySide6.QtCore import QObject, Signal

from agent.events import (
    ApprovalAsked,
    ApprovalGiven,
    Event,
    Judged,
    Noted,
    RunFinished,
    RunStarted,
    StateChanged,
)
from agent.intents import Approve, Deny, Pause, Resume, StartRun, Stop, TakeOver
from app.translate import recorded

State = Literal["idle", "starting", "running", "waiting", "paused", "stopping", "finished"]
Phase = Literal["loading", "looking", "thinking", "checking", "acting", "settling"]
BUSY: frozenset[State] = frozenset({"starting", "running", "waiting", "paused", "stopping"})

_PHASES: dict[str, Phase] = {
    "step_started": "looking",
    "frame_taken": "thinking",
    "said": "thinking",
    "looked_closer": "thinking",
    "replied": "checking",
    "acted": "settling",
    "step_finished": "looking",
}
"""What begins when one of these events has come."""


class Session(QObject):
    """One run after another. Signals: what changed, what the runner is to be told, and that it must be ended by force.

    Attributes:
        state: where the run stands.
        phase: what the runner does while it is starting or running.
        request: the run that was asked for last.
        started, finished: the run's own first and last event, once they came.
        question: the action that waits for the person's word.
        step: number of the step at work; 0 before the first.
        taken_over: whether a pause is there for the person to work themselves.
    """

    changed = Signal()
    noticed = Signal(str, str)
    intent_made = Signal(object)
    kill_wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state: State = "idle"
        self.phase: Phase = "loading"
        self.request: StartRun | None = None
        self.started: RunStarted | None = None
        self.finished: RunFinished | None = None
        self.question: ApprovalAsked | None = None
        self.step = 0
        self.taken_over = False

    @property
    def busy(self) -> bool:
        """Whether a run is under way."""
        return self.state in BUSY

    @property
    def folder(self) -> Path | None:
        """Where the run leaves its events and frames."""
        return Path(self.started.run) if self.started and self.started.run else None

    def start(self, request: StartRun) -> None:
        """Begin a run; ignored while another one is under way."""
        if self.busy:
            return
        self.request, self.started, self.finished, self.question = request, None, None, None
        self.step, self.taken_over = 0, False
        self._enter("starting", "loading")
        self.intent_made.emit(request)

    def approve(self, note: str = "") -> None:
        """Say yes to the open question, or what the model asked for; the note is told to the model."""
        self._answer(approved=True, note=note)

    def deny(self, note: str = "") -> None:
        """Say no to the open question; the note is told to the model."""
        self._answer(approved=False, note=note)

    def pause(self) -> None:
        """Let the runner wait before its next act or look."""
        if self.state == "running":
            self.intent_made.emit(Pause())

    def take_over(self) -> None:
        """Let the runner wait while the person works, and look afresh afterwards."""
        if self.state == "running":
            self.intent_made.emit(TakeOver())

    def resume(self) -> None:
        """Go on after a pause."""
        if self.state == "paused":
            self.intent_made.emit(Resume())

    def stop(self) -> None:
        """End the run; the second time the runner itself is ended by force."""
        if self.state == "stopping":
            self.kill_wanted.emit()
        elif self.busy:
            self.question = None
            self._enter("stopping")
            self.intent_made.emit(Stop())

    def dismiss(self) -> None:
        """Put a finished run away."""
        if self.state == "finished":
            self._enter("idle")

    def take_failure(self, words: str) -> None:
        """The runner is gone, or never came: whatever was under way is over."""
        if not self.busy:
            self.noticed.emit(words, "warning")
        else:
            self.question = None
            self.finished = RunFinished(at=0.0, status="error", words=words, steps=self.step)
            self._enter("finished")

    def take_event(self, event: Event) -> None:
        """Follow the runner. Events of a run that is over already change nothing."""
        if isinstance(event, Noted):
            self.noticed.emit(recorded(event.words), event.level)
        elif self.busy:
            self._follow(event)

    def _follow(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.started = event
                self._go_on("loading")
            case Judged():
                self._go_on("acting" if event.verdict == "allow" else "checking")
            case ApprovalAsked():
                self._ask(event)
            case ApprovalGiven():
                self._settle_question(event)
            case StateChanged():
                self._hold(event)
            case RunFinished():
                self.finished, self.question = event, None
                self._enter("finished")
            case Noted():
                pass
            case _:
                self.step = event.step
                self._go_on(_PHASES[event.kind])

    def _ask(self, event: ApprovalAsked) -> None:
        if self.state != "stopping":
            self.question = event
            self._enter("waiting")

    def _settle_question(self, event: ApprovalGiven) -> None:
        if self.question and (self.question.step, self.question.index) == (event.step, event.index):
            self.question = None
            self._enter("running", "acting" if event.approved else "checking")

    def _answer(self, *, approved: bool, note: str = "") -> None:
        """A question can be answered once only, and only while it is open."""
        question = self.question
        if self.state != "waiting" or question is None:
            return
        step, index = question.step, question.index
        self.question = None
        self._enter("running", "acting" if approved else "checking")
        self.intent_made.emit((Approve if approved else Deny)(step=step, index=index, note=note.strip()))

    def _hold(self, event: StateChanged) -> None:
        self.taken_over = event.state == "taken_over"
        match event.state:
            case "paused" | "taken_over":
                self._enter("paused")
            case "running":
                self._enter("running")
            case "stopping":
                self.question = None
                self._enter("stopping")
            case _:
                assert_never(event.state)

    def _go_on(self, phase: Phase) -> None:
        """Events that were under way while the person stopped or paused do not undo that."""
        self._enter(self.state if self.state in {"stopping", "paused", "waiting"} else "running", phase)

    def _enter(self, state: State, phase: Phase | None = None) -> None:
        phase = phase or self.phase
        if (state, phase) != (self.state, self.phase) or state in {"waiting", "finished"}:
            self.state, self.phase = state, phase
            self.changed.emit()
