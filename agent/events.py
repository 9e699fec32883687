"""Owns the events of a run: a closed union with one JSON form, which file, pipe, side panel and report all share.

A run *is* its ordered events. Times are seconds; `at` counts from the epoch. Places are physical pixels of the desktop
unless an action's own arguments say otherwise (those stay on the model's 0–1000 grid).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.errors import ProtocolError

SCHEMA = 1

RunStatus = Literal["success", "failure", "answered", "stopped", "limit", "error"]
Mode = Literal["watch", "guarded", "free"]
Box = tuple[int, int, int, int]
"""left, top, width, height."""


class Base(BaseModel):
    """What every event carries: the schema's version, when, and (except for the run's own) which step."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    v: Literal[1] = 1
    at: float


class RunStarted(Base):
    """A run began: everything that is needed to repeat it, except what each step says itself."""

    kind: Literal["run_started"] = "run_started"
    run: str
    task: str
    mode: Mode
    capture: dict[str, object]
    policy: dict[str, object]
    limits: dict[str, float]
    rules: dict[str, object] = Field(default_factory=dict)
    mind: dict[str, object]
    desktop: dict[str, str]
    zoom: bool = False
    version: str


class StepStarted(Base):
    """The loop begins to look."""

    kind: Literal["step_started"] = "step_started"
    step: int


class FrameTaken(Base):
    """What the step sees; `file` is relative to the run folder, `view` the desktop pixels it shows.

    A second one in a step means that it is thought again: what was said so far counts no more.
    """

    kind: Literal["frame_taken"] = "frame_taken"
    step: int
    digest: str
    view: Box
    file: str | None = None


class Said(Base):
    """Some text of the reply, as it is decoded: of its thought, or of the answer."""

    kind: Literal["said"] = "said"
    step: int
    text: str
    thought: bool = False


class Heard(Base):
    """A complete reply: verbatim text and tokens, why it ended, what was read, and what became of what was known.

    `memory` is what the mind holds by then, in bytes; 0 where that is not known.
    """

    kind: Literal["replied", "looked_closer"]
    step: int
    text: str
    ids: list[int] | None
    stop: str
    prompt_tokens: int
    cached_tokens: int
    reuse: str = ""
    memory: int = 0
    actions: list[dict[str, object]]


class Replied(Heard):
    """The reply that counts is there."""

    kind: Literal["replied"] = "replied"
    thought: str
    error: str | None = None


class LookedCloser(Heard):
    """The first of two looks is over: the reply to it, and the part of the frame that is shown next.

    What Replied then says is of the second look, with the places of its actions on the grid of the whole frame.
    """

    kind: Literal["looked_closer"] = "looked_closer"
    digest: str
    view: Box


class Judged(Base):
    """The guard's verdict on one action, with the reason that a person can read."""

    kind: Literal["judged"] = "judged"
    step: int
    index: int
    action: dict[str, object]
    words: str
    target: tuple[int, int] | None
    verdict: Literal["allow", "ask", "refuse"]
    reason: str


class ApprovalAsked(Base):
    """Nothing is injected until this is answered: by a yes to an action, or by words where the model asks something."""

    kind: Literal["approval_asked"] = "approval_asked"
    step: int
    index: int
    words: str
    reason: str
    wants: Literal["yes", "words"] = "yes"


class ApprovalGiven(Base):
    """The person's answer; the note is what they say."""

    kind: Literal["approval_given"] = "approval_given"
    step: int
    index: int
    approved: bool
    note: str = ""


class Acted(Base):
    """What came of one action."""

    kind: Literal["acted"] = "acted"
    step: int
    index: int
    status: Literal["done", "failed", "refused", "dropped"]
    words: str
    target: tuple[int, int] | None = None


class StepFinished(Base):
    """The step is whole: where its time went. The parts add up to the wall time but for the loop's own overhead.

    After its last action, `changed` says what that changed on the screen, and `settled` why no longer was waited for it.
    """

    kind: Literal["step_finished"] = "step_finished"
    step: int
    outcome: str
    seconds: dict[str, float]
    wall: float
    changed: Literal["nothing", "near", "elsewhere"] | None = None
    settled: Literal["still", "budget", "stopped"] | None = None


class Noted(Base):
    """Something that the person should know, such as a mind that was started again."""

    kind: Literal["noted"] = "noted"
    words: str
    level: Literal["info", "warning"] = "info"


class StateChanged(Base):
    """The run waits, goes on, or was taken over by the person."""

    kind: Literal["state_changed"] = "state_changed"
    state: Literal["running", "paused", "taken_over", "stopping"]


class RunFinished(Base):
    """The run is over."""

    kind: Literal["run_finished"] = "run_finished"
    status: RunStatus
    words: str
    steps: int

    @property
    def never_began(self) -> bool:
        """Whether there was no first step, because a model, a screen or a folder cannot be used."""
        return self.status == "error" and self.steps == 0


Event = (
    RunStarted
    | StepStarted
    | FrameTaken
    | Said
    | Replied
    | LookedCloser
    | Judged
    | ApprovalAsked
    | ApprovalGiven
    | Acted
    | StepFinished
    | Noted
    | StateChanged
    | RunFinished
)

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="kind")])


def event_to_json(event: Event) -> str:
    """One line of JSON without its newline."""
    return event.model_dump_json()


def event_from_json(line: str | bytes) -> Event:
    """The event of a line.

    Raises:
        ProtocolError: it is no event of this version.
    """
    try:
        return _EVENT.validate_json(line)
    except ValidationError as error:
        raise ProtocolError(f"not an event of schema {SCHEMA}: {error.errors()[0]['msg']}") from error
