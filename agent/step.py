"""Owns Step and Trajectory: a run's events gathered by step, as the panel, the report and learning read them, and its words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from agent.events import (
    Acted,
    ApprovalAsked,
    ApprovalGiven,
    Event,
    FrameTaken,
    Judged,
    LookedCloser,
    Noted,
    Replied,
    RunFinished,
    RunStarted,
    Said,
    StateChanged,
    StepFinished,
    StepStarted,
)

_THOUGHT_END = "</think>"
_CALL = "<tool_call>"
_MARKUP = re.compile(r"<tool_call>.*|</?think>|<\|im_end\|>", re.DOTALL)
_UNFINISHED_TAG = re.compile(r"<[/|\w]{0,10}$")


@dataclass(slots=True)
class Step:
    """One look, thought and act; parts are None until their event came.

    While it streams, `said` is the answer and `mused` the thought before it; then `said` is the whole reply.
    """

    number: int
    frame: FrameTaken | None = None
    said: str = ""
    closer: LookedCloser | None = None
    mused: str = ""
    reply: Replied | None = None
    judged: list[Judged] = field(default_factory=list)
    asked: list[ApprovalAsked] = field(default_factory=list)
    answered: list[ApprovalGiven] = field(default_factory=list)
    acted: list[Acted] = field(default_factory=list)
    finished: StepFinished | None = None

    def add(
        self,
        event: FrameTaken
        | Said
        | LookedCloser
        | Replied
        | Judged
        | ApprovalAsked
        | ApprovalGiven
        | Acted
        | StepFinished,
    ) -> None:
        """Take one event of this step."""
        match event:
            case FrameTaken() | LookedCloser():
                self._look(event)
            case Said(thought=True):
                self.mused += event.text
            case Said():
                self.said += event.text
            case Replied():
                self.reply, self.said = event, event.text
            case Judged():
                self.judged.append(event)
            case ApprovalAsked():
                self.asked.append(event)
            case ApprovalGiven():
                self.answered.append(event)
            case Acted():
                self.acted.append(event)
            case StepFinished():
                self.finished = event

    def _look(self, event: FrameTaken | LookedCloser) -> None:
        """What was said before a look is over; a step that is thought again begins with its picture."""
        self.said = self.mused = ""
        if isinstance(event, FrameTaken):
            self.frame, self.closer = event, None
        else:
            self.closer = event


@dataclass(slots=True)
class Trajectory:
    """A whole run, or as much of it as has happened."""

    started: RunStarted | None = None
    steps: list[Step] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    state: StateChanged | None = None
    finished: RunFinished | None = None

    def add(self, event: Event) -> None:
        """Take the next event."""
        match event:
            case RunStarted():
                self.started = event
            case StepStarted():
                self.steps.append(Step(event.step))
            case Noted():
                self.notes.append(event)
            case StateChanged():
                self.state = event
            case RunFinished():
                self.finished = event
            case _ if self.steps:
                self.steps[-1].add(event)
            case _:
                pass


def gather(events: Iterable[Event]) -> Trajectory:
    """The run that these events are."""
    trajectory = Trajectory()
    for event in events:
        trajectory.add(event)
    return trajectory


@dataclass(frozen=True, slots=True)
class Words:
    """What the model says in a step.

    Attributes:
        mused: what it thinks before it speaks, as a Thinking model does; else empty.
        said: what it says.
        streaming: it is still at it.
    """

    mused: str
    said: str
    streaming: bool


def words_of(step: Step) -> Words:
    """What the model says in a step as far as it has come, its thought apart from its answer, the call left out."""
    if step.reply is None:
        return Words(without_markup(step.mused), without_markup(step.said), step.finished is None)
    # A second look at the same may be answered in the very same words, or not at all.
    replies = dict.fromkeys((step.closer.text if step.closer else step.reply.text, step.reply.text))
    parts = [text.rpartition(_THOUGHT_END) for text in replies]
    if any(mark for _, mark, _ in parts):
        mused = [without_markup(thought) for thought, _, _ in parts]
        answers = [answer for _, _, answer in parts]
        if step.reply.actions and not any(_CALL in answer for answer in answers):
            said = _less(step.reply.thought, mused)
        else:
            said = _lines(map(without_markup, answers))
        return Words(_lines(mused), said or _trouble(step), False)
    if step.mused and not step.judged:
        return Words(without_markup(step.mused), _trouble(step), False)
    said = step.reply.thought.strip() or _trouble(step)
    return Words("", said or ("" if step.judged else without_markup(step.reply.text)), False)


def _less(thought: str, mused: Iterable[str]) -> str:
    """What was said before a call that stands in no tag: the thought of a reply without what was mused in it."""
    for part in mused:
        thought = thought.replace(part, "\n", 1)
    return _lines(line.strip() for line in thought.splitlines())


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(filter(None, parts))


def _trouble(step: Step) -> str:
    """What is wrong with a reply that came to nothing."""
    return "" if step.judged or step.reply is None else step.reply.error or ""


def without_markup(said: str) -> str:
    """What a reply says to a person, also while only its beginning is there."""
    return _UNFINISHED_TAG.sub("", _MARKUP.sub("", said)).strip()
