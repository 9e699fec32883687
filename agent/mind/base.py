"""Owns the Protocol of a mind: a conversation in, pieces of text and at last one Reply out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from actions.geometry import GRID_COORDINATES, Coordinates, Units
from actions.schema import Dialect, Offer
from agent.conversation import Conversation

StopReason = Literal["call", "end", "length", "cancelled", "repeated"]
Reuse = Literal["new", "kept", "cut", "restored", "reread"]
"""What became of what was read before: there was nothing in common; all of it was kept; it was cut back to what is in
common; a state from before that was restored; or this model's memory cannot go back, and all was read again."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text, as it was decoded; whether it is of the thought, to which its marks belong, or of the answer."""

    text: str
    thought: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A finished turn.

    Attributes:
        text: everything that was said, verbatim.
        ids: its tokens, verbatim; None where the mind does not tell them.
        stop: why it ended: at the end of a `call`, at the model's own `end`, at the `length` limit, `cancelled`, or
            because it `repeated` itself.
        seconds: where the time went: `encode`, `prefill`, `decode`, and `load` when the model had to be loaded first.
        prompt_tokens: tokens of the conversation, of which `cached_tokens` were known from before and not read again.
        reuse: what became of what was known.
        coordinates: how its places are written, for the last picture as the model saw it.
        memory: bytes that the mind held at the end: on the GPU where it has one, of its process elsewhere; 0 where that is
            not known.
    """

    text: str
    ids: tuple[int, ...] | None
    stop: StopReason
    seconds: dict[str, float] = field(default_factory=dict)
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reuse: Reuse = "new"
    coordinates: Coordinates = GRID_COORDINATES
    memory: int = 0


@dataclass(frozen=True, slots=True)
class ThinkOptions:
    """How to decode a turn.

    Attributes:
        max_new_tokens: most tokens of the turn, its thought not counted.
        max_thought_tokens: most tokens of the thought of a Thinking model; then the thought is closed for it.
        temperature: 0 is greedy, as agent turns are.
        top_p, top_k: of how many of the best tokens is drawn when it is not.
        presence_penalty: taken once from the score of every token that the turn has said already; not within calls, whose
            tokens repeat by their form.
        stop_at_call: end the turn at the end of its first block of tool calls.
        grammar: keep calls to their grammar, where the model's tokenizer allows it.
        frame_tokens: most visual tokens of a frame, where that is less than the model's own; 0 leaves it to the model.
    """

    max_new_tokens: int = 512
    max_thought_tokens: int = 2048
    temperature: float = 0.0
    top_p: float = 0.8
    top_k: int = 20
    presence_penalty: float = 0.0
    stop_at_call: bool = True
    grammar: bool = True
    frame_tokens: int = 0


@dataclass(frozen=True, slots=True)
class MindInfo:
    """What thinks, for the run's record and for the person.

    Attributes:
        model: folder or hub name.
        revision: hash of its weights' index, or the hub's commit.
        device, dtype, attention: where and how it runs; `chosen` says why in one sentence.
        capture: what it wants to see, from the folder's `deskhand.json`: a kind and a size in pixels, or empty.
        units: what the numbers of its places count, from the same file.
        offer: which actions it is told of, from the same file.
        dialect: how it is asked to call, from the same file.
        room: most tokens of a conversation with its reply; 0 where that is not known.
        frame_tokens: most visual tokens of a frame.
        thinks: it thinks before it speaks, as far as is known.
        measured: how quickly it read and spoke when it was first tried, in tokens a second (`read`, `spoken`), and what a guess
            costs it, in passes (`guess`); empty where it was not.
    """

    model: str
    revision: str = ""
    device: str = ""
    dtype: str = ""
    attention: str = ""
    chosen: str = ""
    capture: dict[str, object] = field(default_factory=dict)
    units: Units = "grid"
    offer: Offer = "published"
    dialect: Dialect = "computer_use"
    room: int = 0
    frame_tokens: int = 2048
    thinks: bool = False
    measured: dict[str, float] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class Examination:
    """What `doctor` wants to know of a loaded model.

    Attributes:
        sees_image: two pictures that differ in one mark give it different thoughts.
        change: how far its next-token probabilities move with the mark, 0 to 1.
        noise: how far they move with nothing, 0 to 1.
        all_on_device: its weights are all on the device that it says it runs on.
        prefill_tokens_per_second, decode_tokens_per_second: how quickly it reads, with the looking, and speaks.
        peak_memory: most bytes held so far: on the GPU where it has one, of the process elsewhere.
    """

    sees_image: bool
    change: float
    noise: float
    all_on_device: bool
    prefill_tokens_per_second: float
    decode_tokens_per_second: float
    peak_memory: int


def never() -> bool:
    """The `cancelled` of whoever waits to the end."""
    return False


class Mind(Protocol):
    """Something that can say the next turn of a conversation."""

    def info(self, cancelled: Callable[[], bool] = never) -> MindInfo:
        """What it is; loads it if need be.

        Raises:
            Stopped: `cancelled` came true first. A mind in a process of its own goes on loading, for the next run.
            ModelError: it cannot be loaded.
        """

    def think(
        self, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
    ) -> Iterator[Piece | Reply]:
        """Say the next turn; the last item is the Reply.

        `cancelled` is asked at every token. Raises ModelError; MindLost when it can be started again.
        """

    def lighten(self) -> str:
        """Have it loaded anew in a lower precision, until it is closed; names that, or is empty where there is none."""

    def close(self) -> None:
        """Let everything go; safe to call twice."""
