"""Owns two looks at one frame: a coarse picture of it, the part to look at closely, the way back, and what they come to.

A model that has said on the coarse picture where it would act sees that part once more, as large as it is on the screen,
and says it again. Both are the same capture, so nothing can have moved in between; and its second places become places of
the whole frame that mean the very same pixels, so that whatever comes after knows of one look only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from PIL import Image

from actions.action import Action, Click, Drag, Move, Scroll
from actions.frame import Frame, frame_from_rgb
from actions.geometry import GridPoint, Rect, Size, grid_to_screen, regrid
from actions.parse.turn import Turn
from actions.render import arguments
from agent.events import Heard, LookedCloser, Noted
from agent.mind.base import Reply
from agent.mind.sizing import Sizing
from agent.prompt import CloserLook
from agent.remedies import COARSE, PART

_Heard = TypeVar("_Heard", bound=Heard)
_SIZING: Final = Sizing()
_SHARE: Final = 3
"""The second look shows one part in so many of each side,"""
_LEAST: Final = Size(640, 480)
"""but no less than this and no more than PART: a first place is some pixels off, and tokens take time;"""
_MARGIN: Final = 64
"""and more where the places of one reply, with so many pixels to each side, need it."""


@dataclass(frozen=True, slots=True)
class Thought:
    """What a step's looks came to.

    Attributes:
        reply: the last one, verbatim.
        turn: what is to be done, with its places on the grid of the whole frame.
        closer: the second look as it is read again; None where there was one only.
        against: why the first reply counts although there was a second; None where the last one counts.
    """

    reply: Reply
    turn: Turn
    closer: CloserLook | None = None
    against: str | None = None

    def told(self, outcome: str) -> str:
        """The outcome in the words that the model reads next."""
        return f"Your first call counted. {outcome}" if self.against else outcome


def coarse(frame: Frame) -> Frame:
    """The frame's picture in few tokens, or the frame itself where it has no more.

    Its view is no place on the desktop, only its size: places on its grid are places on the frame's.

    Raises:
        ModelError: it is too long and thin for any model.
    """
    full, size = _SIZING.seen(frame.size), _SIZING.capped(COARSE).seen(frame.size)
    if full.width * full.height <= COARSE * _SIZING.factor**2:
        return frame
    image = frame.image().resize((size.width, size.height), Image.Resampling.BICUBIC)
    return frame_from_rgb(image.tobytes(), Rect(0, 0, size.width, size.height), frame.taken_at)


def part_of(frame: Frame, actions: Sequence[Action]) -> Frame | None:
    """The part of a frame around all places of some actions, or None where they have none.

    Its sides are multiples of 32 unless the frame's end comes first, so that a model's processor has nothing to resize.
    """
    places = [grid_to_screen(place, frame.view) for action in actions for place in _places(action)]
    if not places:
        return None
    view = frame.view
    left, width = _stretch([at.x - view.left for at in places], view.width, _LEAST.width, PART.width)
    top, height = _stretch([at.y - view.top for at in places], view.height, _LEAST.height, PART.height)
    part = Rect(view.left + left, view.top + top, width, height)
    cut = frame_from_rgb(frame.shot().part(part).tobytes(), part, frame.taken_at, frame.active, frame.scene)
    return replace(cut, pointer=frame.pointer)


def decided(frame: Frame, first: Turn, part: Frame, reply: Reply, second: Turn, error: str | None) -> Thought:
    """What two looks came to: the second call, or the first where the second is none, or another.

    Args:
        frame: the whole.
        first: what was asked for on the first look.
        part: what was shown on the second.
        reply: to that.
        second: what that means.
        error: what is wrong with it, or None.
    """
    against = error
    if error is None and not same_but_places(first.actions, second.actions):
        against = "it asked for something else"
    actions = first.actions if against else widened(second.actions, part.view, frame.view)
    thought = "\n".join(filter(None, (first.thought, second.thought)))
    turn = Turn(thought, first.text if against else second.text, actions)
    return Thought(reply, turn, CloserLook(part, reply.text, reply.ids), against)


def heard(kind: type[_Heard], step: int, reply: Reply, turn: Turn, **more: object) -> _Heard:
    """The event of a reply that is complete.

    Args:
        kind: which event.
        step: its number.
        reply: what was said.
        turn: what that means.
        more: what only this kind of event says.
    """
    said = {
        "at": time.time(),
        "step": step,
        "text": reply.text,
        "ids": reply.ids,
        "stop": reply.stop,
        "prompt_tokens": reply.prompt_tokens,
        "cached_tokens": reply.cached_tokens,
        "reuse": reply.reuse,
        "memory": reply.memory,
        "actions": [arguments(action) for action in turn.actions],
    }
    return kind.model_validate(said | more)


def looked_closer(step: int, reply: Reply, turn: Turn, part: Frame) -> LookedCloser:
    """The event of a first look that is over: its reply, and what is shown next."""
    view = part.view
    box = (view.left, view.top, view.width, view.height)
    return heard(LookedCloser, step, reply, turn, digest=part.digest, view=box)


def first_counts(against: str) -> Noted:
    """What the person is told where the second look was in vain."""
    return Noted(
        at=time.time(), words=f"The call of the first look counts, not that of the second: {against.rstrip('.')}."
    )


def widened(actions: Sequence[Action], part: Rect, view: Rect) -> tuple[Action, ...]:
    """The same actions with their places on the grid of the whole view, at the pixels that they mean in its part."""
    return tuple(_with_places(action, lambda at: regrid(at, part, view)) for action in actions)


def same_but_places(some: Sequence[Action], others: Sequence[Action]) -> bool:
    """Whether two replies ask for the same, be it elsewhere."""
    return _nowhere(some) == _nowhere(others)


def _nowhere(actions: Sequence[Action]) -> list[Action]:
    return [_with_places(action, lambda _: GridPoint(0, 0)) for action in actions]


def _places(action: Action) -> Iterator[GridPoint]:
    match action:
        case Click(at=GridPoint() as at) | Scroll(at=GridPoint() as at) | Move(to=at):
            yield at
        case Drag(to, through):
            yield from (*through, to)
        case _:
            pass


def _with_places(action: Action, other: Callable[[GridPoint], GridPoint]) -> Action:
    """The action with another place for each of its own."""
    match action:
        case Click(at=GridPoint() as at) | Scroll(at=GridPoint() as at):
            return replace(action, at=other(at))
        case Move(to):
            return Move(other(to))
        case Drag(to, through):
            return Drag(other(to), tuple(map(other, through)))
        case _:
            return action


def _stretch(places: Sequence[int], length: int, least: int, most: int) -> tuple[int, int]:
    """Where a part begins on a side of that length, and how long it is there."""
    first, last = min(places), max(places)
    wanted = max(min(max(length // _SHARE, least), most), last - first + 1 + 2 * _MARGIN)
    long = min(length, -(-wanted // _SIZING.factor) * _SIZING.factor)
    return min(max(0, (first + last + 1 - long) // 2), length - long), long
