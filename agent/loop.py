"""Owns the loop: look, think, act, check, until the task ends, a limit is reached or the person stops it.

`run` is a plain generator of events: whoever iterates it is the process it runs in, and what it has not yet been asked
for does not happen.
"""

from __future__ import annotations

import importlib.metadata
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass

from actions.action import Action, Answer, Outcome, Terminate
from actions.desktop import Desktop
from actions.errors import ActionError, Stopped
from actions.frame import Frame
from actions.look import CaptureTarget, window_of
from actions.rules import Rules
from agent.acting import Deeds, Hands, hold, told
from agent.control import Control
from agent.errors import AgentError, InputError, MindLost, OutOfMemory, StoreError
from agent.events import (
    ApprovalAsked,
    Event,
    Mode,
    Noted,
    Replied,
    RunFinished,
    RunStarted,
    RunStatus,
    StateChanged,
    StepFinished,
    StepStarted,
)
from agent.history import HistoryPolicy
from agent.intents import Limits
from agent.mind.base import Mind, MindInfo, Reply, ThinkOptions
from agent.prompt import PastStep
from agent.repeats import ASKED, DOUBT, ENOUGH, NUDGE, Repeats
from agent.stopwatch import Stopwatch
from agent.store import RunFolder
from agent.thinking import Thinker, read
from agent.zoom import Thought, heard

UNREADABLE = 3
"""So many replies in a row that mean nothing end a run."""
WAITS = "The run waits; go on to try again."


@dataclass(frozen=True, slots=True)
class Options:
    """How a task is worked on.

    Attributes:
        mode: `watch` asks the person before every action of mouse and keyboard, `guarded` before those with
            consequences; `free` does not, inside one window.
        capture: what the model sees; where that is one window, guarded and free mode work in it.
        limits: where the run ends by itself.
        rules: what the person has laid down for every run.
        policy: how much of the past the model reads again.
        think: how a turn is decoded.
        zoom: the model sees the whole in few tokens first, then the part that it means as large as it is.

    Raises:
        InputError: free mode without a named window.
    """

    mode: Mode = "watch"
    capture: CaptureTarget = CaptureTarget("desktop")  # noqa: RUF009 - it is frozen
    limits: Limits = Limits()  # noqa: RUF009 - it is frozen
    rules: Rules = Rules()  # noqa: RUF009 - it is frozen
    policy: HistoryPolicy = HistoryPolicy()  # noqa: RUF009 - it is frozen
    think: ThinkOptions = ThinkOptions()  # noqa: RUF009 - it is frozen
    zoom: bool = False

    def __post_init__(self) -> None:
        if self.mode == "free" and not (self.capture.kind == "window" and self.capture.name):
            raise InputError("Free mode works inside one window only: name the window by a part of its title.")


@dataclass(frozen=True, slots=True)
class _Ending:
    status: RunStatus
    words: str


_STOPPED = _Ending("stopped", "Stopped by the person.")
_IN_CIRCLES = _Ending("limit", f"The model did the same {ENOUGH} times, and the screen did not change.")


def run(
    task: str,
    control: Control,
    desktop: Desktop,
    mind: Mind,
    options: Options | None = None,
    store: RunFolder | None = None,
) -> Iterator[Event]:
    """Work on a task; every event is recorded before it is yielded, and the last one is RunFinished.

    Args:
        task: the person's words.
        control: where the person's word arrives while it runs.
        desktop: opened.
        mind: is loaded if need be, and stays open.
        options: watched, over the whole desktop, if None.
        store: where the run is kept; it stays open.
    """
    loop = _Loop(task, control, desktop, mind, options or Options(), store)
    try:
        for event in loop.events():
            with loop.clock.timing("store"):
                if store:
                    store.append(event)
            # Whoever asks the person in a terminal does so before taking the next event.
            with loop.clock.timing("wait" if _is_for_the_person(event) else "store"):
                yield event
    except StoreError as error:
        # What cannot be recorded does not go on.
        yield RunFinished(at=time.time(), status="error", words=str(error), steps=loop.number)
    finally:
        desktop.input.release_all()


class _Loop:
    """The state of one run.

    Attributes:
        clock: of the present step.
        number: of the present step, from 1; 0 before the first.
    """

    def __init__(
        self, task: str, control: Control, desktop: Desktop, mind: Mind, options: Options, store: RunFolder | None
    ) -> None:
        self._task, self._control, self._desktop, self._options, self._store = task, control, desktop, options, store
        think = (options.policy, options.think, store, options.zoom)
        self._thinker = Thinker(task, desktop, mind, options.capture, *think)
        self.clock = Stopwatch()
        self.number = 0
        self._open = False
        self._unreadable = 0
        self._repeats = Repeats()
        self._deeds: Deeds | None = None
        self._worked = 0.0

    def events(self) -> Generator[Event]:
        """The whole run; only StoreError, which the caller meets itself, ends it before RunFinished."""
        try:
            yield from self._start()
            ending = yield from self._steps()
        except Stopped:
            yield StateChanged(at=time.time(), state="stopping")
            ending = _STOPPED
        except (ActionError, AgentError) as error:
            ending = _Ending("error", str(error))
        if self._open:
            yield self._finished(ending.words)
        yield RunFinished(at=time.time(), status=ending.status, words=ending.words, steps=self.number)

    def _start(self) -> Generator[Event]:
        info = MindInfo("")
        try:
            if self._control.stopped():
                raise Stopped("Stopped by the person.")
            info = yield from self._thinker.wake(self._control.stopped)
        finally:
            yield self._started(info)

    def _steps(self) -> Generator[Event, None, _Ending]:
        options = self._options
        one = options.mode != "watch" and options.capture.kind == "window"
        allowed = window_of(options.capture, self._desktop) if one else None
        hands = Hands(self._desktop, self._control, options.mode, allowed, options.rules)
        self.clock = Stopwatch()
        while (ending := self._limit()) is None:
            self.number, self._open = self.number + 1, True
            yield StepStarted(at=time.time(), step=self.number)
            if (yield from hold(self._control, self.clock)):
                self._thinker.distrust()
            words, ending = yield from self._step(hands)
            yield self._finished(words)
            if ending:
                return ending
        return ending

    def _step(self, hands: Hands) -> Generator[Event, None, tuple[str, _Ending | None]]:
        frame, reply = yield from self._reply()
        with self.clock.timing("parse"):
            turn, error = read(reply)
        thought = Thought(reply, turn)
        if error is None and reply.stop != "cancelled":
            thought = yield from self._thinker.look_closer(self.number, frame, reply, turn, self.clock, self._cancelled)
        turn = thought.turn
        yield heard(Replied, self.number, thought.reply, turn, thought=turn.thought or turn.text, error=error)
        if thought.reply.stop == "cancelled":
            return "Cancelled.", self._cut_short()
        ending = self._given_up(error)
        if error:
            words = f"Not done: {error}"
        else:
            words, ending = yield from self._act(hands, turn.actions, frame)
        words = thought.told(words)
        self._thinker.remember(PastStep(frame, reply.text, reply.ids, words, thought.closer))
        return words, ending

    def _reply(self) -> Generator[Event, None, tuple[Frame, Reply]]:
        """The next reply. Where it cannot be had as things are, and somebody is there, the run waits until they go on."""
        while True:
            try:
                return (yield from self._thinker.next_reply(self.number, self.clock, self._cancelled))
            except (MindLost, OutOfMemory) as error:
                if not self._control.attended:
                    raise
                yield Noted(at=time.time(), words=f"{error}. {WAITS}", level="warning")
            self._control.pause()
            yield from hold(self._control, self.clock)

    def _act(
        self, hands: Hands, actions: Sequence[Action], frame: Frame
    ) -> Generator[Event, None, tuple[str, _Ending | None]]:
        """Do what a reply asks for; less and less of it when it was in vain before."""
        again = self._repeats.before(actions, frame)
        if again >= ENOUGH:
            return "Not done: it was in vain before.", _IN_CIRCLES
        doubt = DOUBT if again >= ASKED else ""
        self._deeds = deeds = yield from hands.act(self.number, actions, frame, self.clock, doubt)
        self._thinker.rest(deeds.settled)
        in_vain = self._repeats.after(actions, deeds.outcomes)
        words = told(deeds.outcomes)
        return f"{words} {NUDGE}" if again and in_vain else words, _ending(actions, deeds.outcomes)

    # ----------------------------------------------------------------------------------------------------------- limits

    def _cancelled(self) -> bool:
        return self._control.stopped() or self._out_of_time()

    def _out_of_time(self) -> bool:
        return self._worked + self.clock.wall() - self.clock.waited > self._options.limits.seconds

    def _limit(self) -> _Ending | None:
        limits = self._options.limits
        if self.number >= limits.steps:
            return _Ending("limit", f"The task did not end within {limits.steps} steps.")
        if self._out_of_time():
            return _Ending("limit", f"The task did not end within {limits.seconds:g} seconds of work.")
        return None

    def _cut_short(self) -> _Ending | None:
        """Why a thought was cancelled."""
        if self._control.stopped():
            raise Stopped("Stopped by the person.")
        return self._limit()

    def _given_up(self, error: str | None) -> _Ending | None:
        """Count replies that mean nothing; too many in a row end the run."""
        self._unreadable = self._unreadable + 1 if error else 0
        if self._unreadable < UNREADABLE:
            return None
        return _Ending("error", f"The model's replies could not be read {UNREADABLE} times in a row: {error}")

    # ----------------------------------------------------------------------------------------------------------- events

    def _started(self, info: MindInfo) -> RunStarted:
        options, parts = self._options, ("screen", "input", "windows", "listener", "system", "controls")
        names = {name: part.name for name, part in zip(parts, self._desktop.parts(), strict=True)}
        return RunStarted(
            at=time.time(),
            run=str(self._store.path) if self._store else "",
            task=self._task,
            mode=options.mode,
            capture=asdict(options.capture),
            policy=asdict(options.policy),
            limits=options.limits.model_dump(),
            rules=options.rules.record(),
            mind=asdict(info) | {"think": asdict(options.think)},
            desktop=names | {"monitors": _monitors(self._desktop)},
            zoom=options.zoom,
            version=_version(),
        )

    def _finished(self, outcome: str) -> StepFinished:
        """The step's end; the next one's time begins here."""
        wall, waited = self.clock.wall(), self.clock.waited
        deeds = self._deeds
        event = StepFinished(
            at=time.time(),
            step=self.number,
            outcome=outcome,
            seconds=self.clock.parts(),
            wall=wall,
            changed=deeds.outcomes[-1].changed if deeds else None,
            settled=deeds.settled.reason if deeds and deeds.settled else None,
        )
        self._worked += wall - waited
        self._open, self.clock, self._deeds = False, Stopwatch(), None
        return event


def _is_for_the_person(event: Event) -> bool:
    """Whether the run waits for them once they know of it."""
    return isinstance(event, ApprovalAsked) or (
        isinstance(event, StateChanged) and event.state in {"paused", "taken_over"}
    )


def _ending(actions: Sequence[Action], outcomes: Sequence[Outcome]) -> _Ending | None:
    """Whether, and how, a reply's actions end the run."""
    for action, outcome in zip(actions, outcomes, strict=True):
        if outcome.status != "done":
            return None
        match action:
            case Answer(text):
                return _Ending("answered", text)
            case Terminate("success"):
                return _Ending("success", "The model says that the task is done.")
            case Terminate("failure"):
                return _Ending("failure", "The model says that the task cannot be done.")
            case _:
                pass
    return None


def _monitors(desktop: Desktop) -> str:
    shown = (
        f"{monitor.name} {monitor.rect.width}×{monitor.rect.height}{monitor.rect.left:+d}{monitor.rect.top:+d}"
        f" ×{monitor.scale:g}"
        for monitor in desktop.screen.monitors()
    )
    return ", ".join(shown)


def _version() -> str:
    try:
        return importlib.metadata.version("deskhand")
    except importlib.metadata.PackageNotFoundError:
        return "unpackaged"
