"""Owns what becomes of one reply's actions: looked at again, judged, asked about, and done, refused or dropped.

The order is the safety: an action is judged by the desktop as it is now, asked about while nothing is injected, and its
target is compared with what the model saw right before the hands move.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from actions.action import (
    Action,
    Answer,
    Ask,
    Effect,
    HandAction,
    Move,
    Outcome,
    PressKeys,
    ReadClipboard,
    SystemAction,
    Terminate,
    TypeText,
)
from actions.desktop import SEE_THROUGH, Desktop, Window
from actions.effect import effect
from actions.errors import Stopped
from actions.execute import DONE, execute, same_target, target
from actions.frame import Frame
from actions.geometry import Point
from actions.render import arguments, describe
from actions.rules import Rules
from actions.safety import Verdict, context_of, verdict
from actions.settle import BUDGET, Settled, settle
from agent.control import Answer as Given
from agent.control import Control
from agent.events import Acted, ApprovalAsked, ApprovalGiven, Event, Judged, Mode, StateChanged
from agent.pace import Pace
from agent.stopwatch import Stopwatch

_BETWEEN = 0.5
"""Seconds that the screen gets to settle between two actions of one reply."""
_FOCUS, _FOCUS_POLL = 1.0, 0.02
"""Seconds that a window manager gets to move the keyboard, and between two looks at whether it did."""
_MOVED = "the screen changed there after you saw it; look again"
_MOUSE = "the person moved the mouse meanwhile; look again"
_JOLT = 4
"""Pixels by which a pointer may move without anybody having meant it."""
_TAKES_OVER = 2
"""So many times in a row that a person moved the mouse, they work here and want the run to wait."""
_OUR_KEYBOARD = (
    "one of Deskhand's own windows has the keyboard, and no other window takes it: click into the one to type in"
)
_HIDDEN = "one of Deskhand's own windows hides that place: it must be moved away first"
_TAKEN_OVER = "the person used the computer meanwhile; look again"
_NO_RULES = Rules()
_NOT_TRIED = "not tried"
_REALLY = "nothing on the screen changed after the last action; look whether the task is done, and if it is, terminate once more"


def hold(control: Control, clock: Stopwatch) -> Generator[Event, None, bool]:
    """Wait as long as the run is paused or taken over; returns whether the person had the mouse meanwhile.

    Raises:
        Stopped: the run is to end.
    """
    taken_over, held = False, False
    while (state := control.state) in ("paused", "taken_over"):
        held, taken_over = True, taken_over or state == "taken_over"
        yield StateChanged(at=time.time(), state=state)
        with clock.timing("wait"):
            control.wait_while(state)
    if control.stopped():
        raise Stopped("Stopped by the person.")
    if held:
        yield StateChanged(at=time.time(), state="running")
    return taken_over


def told(outcomes: Sequence[Outcome]) -> str:
    """What came of a reply's actions, in the words that the model reads next."""
    bad = next((index for index, outcome in enumerate(outcomes) if outcome.status != "done"), None)
    learnt = [outcome.words for outcome in outcomes[:bad] if outcome.words != DONE]
    if bad is None:
        return "\n".join(learnt) or DONE
    why = f"Not done: {outcomes[bad].words}"
    return "\n".join([*learnt, why if bad == 0 else f"Of {len(outcomes)} actions the first {bad} done. {why}"])


@dataclass(frozen=True, slots=True)
class Deeds:
    """What came of a reply's actions, and how the screen came to rest if the last of them touched it."""

    outcomes: tuple[Outcome, ...]
    settled: Settled | None


class Hands:
    """Carries out replies' actions, each with its events.

    Args:
        desktop: whose hands they are.
        control: asked before every action and at every input event.
        mode: whether the person is asked.
        allowed: the one window they may work in, where they may work in one only.
        rules: what the person has laid down.
    """

    def __init__(
        self, desktop: Desktop, control: Control, mode: Mode, allowed: Window | None, rules: Rules = _NO_RULES
    ) -> None:
        self._desktop, self._control = desktop, control
        self._mode, self._allowed, self._rules = mode, allowed, rules
        self._pace = Pace(rules.actions_per_minute)
        self._dry = "dry_run" in desktop.input.capabilities()
        self._last: Effect | None = None
        self._pointer: Point | None = None
        self._jolts = 0

    def act(
        self, step: int, actions: Sequence[Action], frame: Frame, clock: Stopwatch, doubt: str = ""
    ) -> Generator[Event, None, Deeds]:
        """Carry out the actions in order while each target is still what `frame` shows; the rest is dropped.

        Args:
            step: its number, for the events.
            actions: of one reply.
            frame: what the model saw.
            clock: of the step.
            doubt: what the person is told, where they are asked; the guard's own reason if empty.

        Raises:
            Stopped: the run is to end.
        """
        outcomes: list[Outcome] = []
        settled: Settled | None = None
        ended, learning, before = False, False, frame
        for index, action in enumerate(actions):
            settled = None
            if ended or learning or (outcomes and outcomes[-1].status != "done"):
                outcome = Outcome("dropped", _NOT_TRIED)
            else:
                self._pointer = before.pointer
                outcome = yield from self._one(step, index, action, frame, clock, doubt)
                ended = isinstance(action, Answer | Terminate)
                # The rest of the reply was thought before the model could know this.
                learning = isinstance(action, Ask | ReadClipboard)
            yield _acted_event(step, index, outcome)
            if outcome.status in ("done", "failed") and not ended:
                settled = self._settle(before, clock, _BETWEEN if index + 1 < len(actions) else BUDGET)
                outcome = self._looked_at(action, outcome, before, settled.frame)
                before = settled.frame
            outcomes.append(outcome)
        return Deeds(tuple(outcomes), settled)

    def _one(
        self, step: int, index: int, action: Action, frame: Frame, clock: Stopwatch, doubt: str
    ) -> Generator[Event, None, Outcome]:
        if (yield from self._held(action, clock)):
            return Outcome("dropped", _TAKEN_OVER)
        place = target(action, frame)
        if self._moved(action, frame, clock):
            return Outcome("dropped", _MOVED, place)
        with clock.timing("guard"):
            judged = self._judge(action, place, frame)
        if doubt and judged.kind == "ask":
            judged = replace(judged, reason=doubt)
        yield _judged_event(step, index, action, place, judged)
        if judged.kind == "refuse":
            return Outcome("refused", judged.reason, place)
        pointer = None
        if judged.kind == "ask":
            pointer = self._desktop.input.position()
            against = yield from self._ask(step, index, action, frame, judged, clock)
        else:
            against = yield from self._unasked(action, place, frame, clock)
        against = against or self._in_the_way(action, place)
        if against is not None:
            return against
        return (yield from self._do(step, index, action, frame, clock, pointer))

    def _held(self, action: Action, clock: Stopwatch) -> Generator[Event, None, bool]:
        """Wait for the person and for the pace they set; returns whether they had the mouse meanwhile."""
        if (yield from hold(self._control, clock)):
            return True
        if isinstance(action, HandAction | SystemAction):
            with clock.timing("wait" if self._pace.full else "guard"):
                self._pace.keep(self._control.stopped)
        # A minute may have passed.
        return (yield from hold(self._control, clock))

    def _do(
        self, step: int, index: int, action: Action, frame: Frame, clock: Stopwatch, pointer: Point | None
    ) -> Generator[Event, None, Outcome]:
        """Do what nothing speaks against."""
        match action:
            case Answer() | Terminate():
                return self._end(action)
            case Ask():
                return (yield from self._question(step, index, action, clock))
            case _:
                with clock.timing("act"):
                    return execute(action, frame, self._desktop, self._control.stopped, pointer)

    def _unasked(
        self, action: Action, place: Point | None, frame: Frame, clock: Stopwatch
    ) -> Generator[Event, None, Outcome | None]:
        """What speaks against an action that the person need not be asked about, or None."""
        if self._control.state in ("paused", "taken_over"):  # while it was judged
            yield from hold(self._control, clock)
            return Outcome("dropped", _TAKEN_OVER, place)
        if self._mouse_used(action):
            return (yield from self._give_way(clock, place))
        self._jolts = 0
        self._give_back_keyboard(action, frame, clock, only_from_us=True)
        # Telling of the verdict took its time.
        return Outcome("dropped", _MOVED, place) if self._moved(action, frame, clock) else None

    def _ask(
        self, step: int, index: int, action: Action, frame: Frame, judged: Verdict, clock: Stopwatch
    ) -> Generator[Event, None, Outcome | None]:
        """Ask the person about an action; returns what speaks against it, or None."""
        self._control.ask(step, index)
        words, reason = describe(action), judged.reason
        asked = ApprovalAsked(at=time.time(), step=step, index=index, words=words, reason=reason)
        answer = yield from self._answer(asked, clock)
        if not answer.approved:
            return Outcome("refused", f"the person said no{_noted(answer)}")
        if (yield from hold(self._control, clock)):
            return Outcome("dropped", _TAKEN_OVER)
        self._give_back_keyboard(action, frame, clock)
        # Minutes may have passed.
        return Outcome("dropped", _MOVED) if self._moved(action, frame, clock) else None

    def _question(self, step: int, index: int, action: Ask, clock: Stopwatch) -> Generator[Event, None, Outcome]:
        """Put the model's question to the person, and wait for what they say."""
        self._control.ask(step, index)
        asked = ApprovalAsked(at=time.time(), step=step, index=index, words=action.question, reason="", wants="words")
        answer = yield from self._answer(asked, clock)
        if not answer.approved:
            return Outcome("refused", f"the person does not answer{_noted(answer)}")
        return Outcome("done", f"The person says: {answer.note}")

    def _answer(self, asked: ApprovalAsked, clock: Stopwatch) -> Generator[Event, None, Given]:
        """Wait for the person's word on what was asked."""
        yield asked
        with clock.timing("wait"):
            answer = self._control.wait_for_answer()
        if answer is None:
            raise Stopped("Stopped by the person.")
        yield ApprovalGiven(
            at=time.time(), step=asked.step, index=asked.index, approved=answer.approved, note=answer.note
        )
        return answer

    def _moved(self, action: Action, frame: Frame, clock: Stopwatch) -> bool:
        """Whether what the action is for is no longer what the model saw."""
        with clock.timing("guard"):
            return not same_target(action, frame, self._desktop)

    def _mouse_used(self, action: Action) -> bool:
        """Whether the pointer is no longer where it was seen, so that a person works here whom nobody asked.

        Whoever is asked before each action may use the mouse as they like: nothing is done until they say yes.
        """
        if self._pointer is None or not isinstance(action, HandAction):
            return False
        now = self._desktop.input.position()
        return max(abs(now.x - self._pointer.x), abs(now.y - self._pointer.y)) > _JOLT

    def _give_way(self, clock: Stopwatch, place: Point | None) -> Generator[Event, None, Outcome]:
        """Look again for a person who moved the mouse; one who goes on moving it takes over."""
        self._jolts += 1
        if self._jolts < _TAKES_OVER:
            return Outcome("dropped", _MOUSE, place)
        self._jolts = 0
        self._control.take_over()
        yield from hold(self._control, clock)
        return Outcome("dropped", _TAKEN_OVER, place)

    def _give_back_keyboard(
        self, action: Action, frame: Frame, clock: Stopwatch, *, only_from_us: bool = False
    ) -> None:
        """Give the keyboard back to the window that had it when the model looked: answering took it away.

        Args:
            action: nothing is done for one that needs no keyboard.
            frame: what the model saw.
            clock: of the step.
            only_from_us: leave the keyboard where it is unless one of our own windows has it.
        """
        if not isinstance(action, PressKeys | TypeText):
            return
        with clock.timing("guard"):
            windows, end = self._desktop.windows, time.monotonic() + _FOCUS
            wanted, ours = frame.active, windows.own_active()
            if not ours and (only_from_us or wanted is None):
                return
            if wanted is None or not any(window.id == wanted for window in windows.all()):
                wanted = active.id if (active := windows.active()) else None
            if wanted is None or self._has_keyboard(wanted):
                return
            windows.activate(wanted)
            while time.monotonic() < end and not self._control.stopped() and not self._has_keyboard(wanted):
                time.sleep(_FOCUS_POLL)

    def _has_keyboard(self, number: int) -> bool:
        windows = self._desktop.windows
        return not windows.own_active() and (active := windows.active()) is not None and active.id == number

    def _in_the_way(self, action: Action, place: Point | None) -> Outcome | None:
        """What speaks against an action that one of our own windows would get, or whose place it hides."""
        desktop = self._desktop
        if self._dry:
            return None
        if isinstance(action, PressKeys | TypeText) and desktop.windows.own_active():
            return Outcome("refused", _OUR_KEYBOARD)
        if place is None or SEE_THROUGH in desktop.screen.capabilities():
            return None
        hidden = any(rect.contains(place) for _, rect in desktop.windows.own())
        return Outcome("refused", _HIDDEN, place) if hidden else None

    def _judge(self, action: Action, place: Point | None, frame: Frame) -> Verdict:
        allowed = self._allowed and next((w for w in self._desktop.windows.all() if w.id == self._allowed.id), None)
        if self._mode == "guarded":
            # One that is gone admits nothing; none at all would admit everything.
            allowed = allowed or self._allowed
        context = context_of(self._mode, frame.view, place, allowed, self._desktop, action, self._rules)
        return verdict(action, context)

    def _end(self, action: Answer | Terminate) -> Outcome:
        """Believe it, but question success once when the action before it changed nothing that can be seen."""
        doubtful, self._last = self._last == "nothing", None
        if doubtful and action == Terminate("success"):
            return Outcome("dropped", _REALLY)
        return Outcome("done", DONE)

    def _settle(self, before: Frame, clock: Stopwatch, budget: float) -> Settled:
        with clock.timing("settle"):
            return settle(self._desktop, before.view, self._control.stopped, budget, before=before)

    def _looked_at(self, action: Action, outcome: Outcome, before: Frame, after: Frame) -> Outcome:
        """The outcome with what changed on the screen; a dry run can change nothing there."""
        if self._dry:
            return outcome
        changed = effect(before, after, outcome.at)
        # Nobody expects to see that the pointer is somewhere else, or that time has passed.
        self._last = changed if isinstance(action, HandAction) and not isinstance(action, Move) else None
        return replace(outcome, changed=changed)


def _noted(answer: Given) -> str:
    return f": {answer.note}" if answer.note else ""


def _acted_event(step: int, index: int, outcome: Outcome) -> Acted:
    return Acted(
        at=time.time(),
        step=step,
        index=index,
        status=outcome.status,
        words=outcome.words,
        target=_xy(outcome.at),
    )


def _judged_event(step: int, index: int, action: Action, place: Point | None, judged: Verdict) -> Judged:
    return Judged(
        at=time.time(),
        step=step,
        index=index,
        action=arguments(action),
        words=describe(action),
        target=_xy(place),
        verdict=judged.kind,
        reason=judged.reason,
    )


def _xy(point: Point | None) -> tuple[int, int] | None:
    return (point.x, point.y) if point else None
