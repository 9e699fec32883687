"""Owns how a step comes to its reply: look, build the prompt, listen to the mind; again when the mind was lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import assert_never

from actions.desktop import Desktop
from actions.errors import ParseError
from actions.frame import Frame, frame_from_rgb
from actions.geometry import Rect, Units
from actions.look import CaptureTarget, look_at, sight_of
from actions.parse import parse
from actions.parse.turn import Turn
from actions.schema import Dialect, Offer
from actions.settle import Settled
from agent.conversation import Conversation
from agent.errors import MindLost, ModelError, OutOfMemory, ServerLost, TooLong
from agent.events import Event, FrameTaken, Noted, Said
from agent.history import HistoryPolicy
from agent.mind.base import Mind, MindInfo, Piece, Reply, ThinkOptions
from agent.mind.sampling import sampled
from agent.prompt import PastStep, prompt, prompt_closer
from agent.remedies import Remedies
from agent.stopwatch import Stopwatch
from agent.store import RunFolder
from agent.zoom import Thought, coarse, decided, first_counts, looked_closer, part_of

RESTARTS = 2
"""So many times in a row a lost mind is started again."""
REPEATED = "The model repeated itself; it is asked once more, with some chance in its words."
_GATHER = 0.05
"""Seconds for which pieces of text are gathered before they are told."""
_FOLDED = frame_from_rgb(bytes(3), Rect(0, 0, 1, 1), 0.0)
"""Stands for the picture of a step that is text for good: forty real ones would hold 250 MB."""


class Thinker:
    """What a run sees, remembers and is told by its mind.

    Args:
        task: the person's words.
        desktop: whose screen is looked at.
        mind: says what to do next.
        capture: what of the screen it sees.
        policy: how much of the past it reads again.
        options: how a turn is decoded.
        store: where pictures are kept.
        zoom: it sees a frame in few tokens first, and then the part that it means as it is.
    """

    def __init__(
        self,
        task: str,
        desktop: Desktop,
        mind: Mind,
        capture: CaptureTarget,
        policy: HistoryPolicy,
        options: ThinkOptions,
        store: RunFolder | None,
        zoom: bool = False,
    ) -> None:
        self._task, self._desktop, self._mind, self._zoom = task, desktop, mind, zoom
        self._capture, self._store = capture, store
        self._remedies = Remedies(mind, policy, options, zoom)
        self._past: list[PastStep] = []
        self._at_rest: Frame | None = None
        self._shown = _FOLDED
        self._asked = Conversation(())
        self._lost = 0
        self._info: MindInfo | None = None
        self._thinks = False
        self._units: Units = "grid"
        self._offer: Offer = "published"
        self._dialect: Dialect = "computer_use"

    def wake(self, cancelled: Callable[[], bool]) -> Generator[Event, None, MindInfo]:
        """Load the mind if need be; raises ModelError, or Stopped when `cancelled` comes true first."""
        while True:
            try:
                info = self._mind.info(cancelled)
            except MindLost as error:
                yield self._again(error)
            else:
                self._info, self._thinks = info, info.thinks
                self._units, self._offer, self._dialect = info.units, info.offer, info.dialect
                return info

    def next_reply(
        self, step: int, clock: Stopwatch, cancelled: Callable[[], bool]
    ) -> Generator[Event, None, tuple[Frame, Reply]]:
        """Look and think; both again when the mind was lost meanwhile, or had no memory for so much.

        A reply that repeats itself is asked for once more for the same picture, with the published sampling.

        Raises:
            CaptureError: what is to be seen is not there.
            ModelError: the mind cannot think; MindLost when it was started again too often, OutOfMemory or TooLong when it
                has no room even for the least.
        """
        while True:
            frame, taken = yield from self._look(step, clock)
            yield from self._plan(frame)
            try:
                reply = yield from self._think(step, frame, self._remedies.options, clock, cancelled)
                if reply.stop == "repeated":
                    yield Noted(at=time.time(), words=REPEATED, level="warning")
                    # Whoever shows the step begins anew with its picture.
                    yield taken.model_copy(update={"at": time.time()})
                    drawn = sampled(self._remedies.options, self._thinks)
                    reply = yield from self._think(step, frame, drawn, clock, cancelled)
            except (OutOfMemory, TooLong) as error:
                yield Noted(at=time.time(), words=self._remedies.spare(frame.size, error), level="warning")
            except MindLost as error:
                yield self._again(error)
            else:
                return frame, reply

    def look_closer(
        self, step: int, frame: Frame, reply: Reply, turn: Turn, clock: Stopwatch, cancelled: Callable[[], bool]
    ) -> Generator[Event, None, Thought]:
        """Show the model what it means as large as it is, where it saw that in few tokens, and have it say it again.

        Args:
            step: its number, for the events.
            frame: what was captured; the part is cut from it.
            reply: the one that was given on the first look.
            turn: what that means.
            clock: of the step.
            cancelled: asked at every token.
        """
        part = None if self._shown is frame else part_of(frame, turn.actions)
        if part is None:
            return Thought(reply, turn)
        yield looked_closer(step, reply, turn, part)
        spent: dict[str, float] = {}
        try:
            with clock.thinking(spent):
                asked = prompt_closer(self._asked, reply.text, reply.ids, part)
                second = yield from self._listen(step, asked, self._remedies.options, cancelled)
                spent.update(second.seconds)
        except ModelError as error:
            # What was asked for on the first look can be done without this; the steps to come are to have it.
            yield first_counts(f"there was none ({error})")
            if isinstance(error, MindLost):
                yield self._again(error)
            elif isinstance(error, OutOfMemory | TooLong):
                yield Noted(at=time.time(), words=self._remedies.spare(frame.size, error), level="warning")
            return Thought(reply, turn)
        if second.stop == "cancelled":
            return Thought(second, turn)
        with clock.timing("parse"):
            thought = decided(frame, turn, part, second, *read(second))
        if thought.against:
            yield first_counts(thought.against)
        return thought

    def rest(self, settled: Settled | None) -> None:
        """If the screen has settled, the picture of it at rest is what the next step sees."""
        self._at_rest = settled.frame if settled and settled.reason == "still" else None

    def distrust(self) -> None:
        """Look afresh next time, whatever was seen at rest."""
        self._at_rest = None

    def remember(self, step: PastStep) -> None:
        """Add a finished step to what the mind reads again."""
        self._lost = 0
        self._past.append(replace(step, frame=self._shown))
        for index in range(self._remedies.policy.folded(len(self._past))):
            self._past[index] = replace(self._past[index], frame=_FOLDED, closer=None)

    def _plan(self, frame: Frame) -> Iterator[Event]:
        """Fit the run into what there is room for, once it is known how large its pictures are."""
        info, self._info = self._info, None
        for words in self._remedies.plan(info, frame.size) if info else ():
            yield Noted(at=time.time(), words=words)

    def _look(self, step: int, clock: Stopwatch) -> Generator[Event, None, tuple[Frame, FrameTaken]]:
        with clock.timing("capture"):
            frame, self._at_rest = self._at_rest, None
            view, scene = sight_of(self._capture, self._desktop)
            if frame is None or frame.view != view or frame.scene != scene:
                frame = look_at(self._desktop, view, scene)
        with clock.timing("store"):
            file = self._store.add_frame(frame) if self._store else None
        box = (frame.view.left, frame.view.top, frame.view.width, frame.view.height)
        taken = FrameTaken(at=time.time(), step=step, digest=frame.digest, view=box, file=file)
        yield taken
        return frame, taken

    def _think(
        self, step: int, frame: Frame, options: ThinkOptions, clock: Stopwatch, cancelled: Callable[[], bool]
    ) -> Generator[Event, None, Reply]:
        spent: dict[str, float] = {}
        with clock.thinking(spent):
            self._shown = coarse(frame) if self._zoom else frame
            how = (self._remedies.policy, self._units, self._offer, self._dialect)
            self._asked = prompt(self._task, self._past, self._shown, *how)
            reply = yield from self._listen(step, self._asked, options, cancelled)
            spent.update(reply.seconds)
        return reply

    def _listen(
        self, step: int, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
    ) -> Generator[Event, None, Reply]:
        text, of_thought, told_at = "", False, 0.0
        for item in self._mind.think(conversation, options, cancelled):
            match item:
                case Piece(piece, thought):
                    if text and thought != of_thought:
                        yield Said(at=time.time(), step=step, text=text, thought=of_thought)
                        text = ""
                    text, of_thought = text + _encodable(piece), thought
                    self._thinks |= thought
                    if time.monotonic() >= told_at + _GATHER:
                        yield Said(at=time.time(), step=step, text=text, thought=thought)
                        text, told_at = "", time.monotonic()
                case Reply():
                    if text:
                        yield Said(at=time.time(), step=step, text=text, thought=of_thought)
                    return replace(item, text=_encodable(item.text))
                case _:
                    assert_never(item)
        raise MindLost("it ended without a reply")

    def _again(self, error: MindLost) -> Noted:
        """What the person is told when the mind is asked again; raises MindLost when that was done too often."""
        self._lost += 1
        served = isinstance(error, ServerLost)
        what = "The model's server was lost" if served else "The model's process ended"
        if self._lost > RESTARTS:
            self._lost = 0  # whoever goes on gets as many tries again
            raise MindLost(f"{what} {RESTARTS + 1} times in a row: {error}") from error
        words = f"{what} ({error}); {'asking' if served else 'starting'} it again."
        return Noted(at=time.time(), words=words, level="warning")


def read(reply: Reply) -> tuple[Turn, str | None]:
    """What a reply means, and what is wrong with it, in words for the model, or None."""
    try:
        turn = parse(reply.text, reply.coordinates)
    except ParseError as error:
        return Turn(reply.text, "", ()), str(error)
    if turn.actions:
        return turn, None
    if reply.stop == "length":
        return (
            turn,
            "The reply was cut off before its call: say less, then make one call in the form that you were given.",
        )
    return turn, "Nothing was called: end every turn with one call in the form that you were given."


def _encodable(text: str) -> str:
    """The text without halves of characters, which no file or pipe can hold."""
    return text.encode("utf-8", "replace").decode()
