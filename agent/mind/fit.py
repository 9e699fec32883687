"""Owns how much memory a published size needs for a run: weights, cache, what it keeps of pictures, and room to work.

All of it is arithmetic on shapes (agent/mind/sizes.py). The run is one of frames of 1920 × 1080, 2040 visual tokens each.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.history import HistoryPolicy
from agent.intents import Limits
from agent.mind.prefix import PART
from agent.mind.sizes import MERGED, PATCH_VALUES, Shape

FRAME_TOKENS = 2040
"""Visual tokens of a frame of 1920 × 1080, which is shown as 1920 × 1088 in squares of 32."""
_OPENING = 900
"""Tokens before the first frame: the system's words, the tools, the task."""
TURN = 160
"""Tokens of a kept turn besides its frame: the reply, its outcome, the marks of the template."""
_LINE = 100
"""Tokens of a step that has become a line of text."""
_REPLY = 512
"""Tokens that a reply may have."""
BASE = 700_000_000
"""Bytes that the driver and the libraries take on a GPU."""
SLACK = 0.15
"""Share that is lost between what is asked for and what an allocator holds, of all but the weights."""


@dataclass(frozen=True, slots=True)
class Precision:
    """How weights are kept.

    Attributes:
        name: as people call it.
        linear: bytes for each parameter of the language model's large products.
        other: bytes for every other number: tables, norms, the part that sees, the cache.
    """

    name: str
    linear: float
    other: int


FULL = Precision("float32", 4, 4)
HALF = Precision("bfloat16", 2, 2)
# Scales: one float32 a row, and of NF4 one byte for 64 parameters with a float32 for 256 such bytes.
EIGHT = Precision("8-bit", 1.002, 2)
FOUR = Precision("4-bit", 0.5 + 1 / 64 + 4 / (64 * 256), 2)


def precision_of(dtype: str, computes: str) -> Precision:
    """The precision of a name, where all but the large products is in another.

    Args:
        dtype: `8-bit`, `4-bit`, or as torch names it.
        computes: as torch names it.
    """
    number = FULL.other if computes == FULL.name else HALF.other
    linear = next((few.linear for few in (EIGHT, FOUR) if few.name == dtype), number)
    return Precision(dtype, linear, number)


@dataclass(frozen=True, slots=True)
class Load:
    """What a run asks of a model at its longest.

    Attributes:
        frames: pictures in the conversation at once.
        lines: steps that are in it as a line of text.
        frame_tokens: visual tokens of each picture.
        reply: tokens that a reply may have, with its thought.
    """

    frames: int
    lines: int
    frame_tokens: int = FRAME_TOKENS
    reply: int = _REPLY

    @property
    def tokens(self) -> int:
        """Most tokens that the cache holds."""
        return _OPENING + self.frames * (self.frame_tokens + TURN) + self.lines * _LINE + self.reply


def load_of(steps: int, policy: HistoryPolicy) -> Load:
    """What a run asks of a model at its longest.

    Args:
        steps: that it has at most.
        policy: how much of it is read again.
    """
    return Load(*policy.most(steps))


STEPS = Limits().steps
USUAL = load_of(STEPS, HistoryPolicy())
"""What a run asks for that is as long as it may be by itself, under the default history."""


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes that a run needs.

    Attributes:
        weights: the parameters.
        cache: keys and values of all tokens.
        vision: what is kept of the pictures, and the looking at one.
        work: reading as much as is read at once, and what driver and allocator take.
    """

    weights: int
    cache: int
    vision: int
    work: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.cache + self.vision + self.work


def need(shape: Shape, precision: Precision, load: Load) -> Need:
    """What a size needs in a precision for a run."""
    number = precision.other
    weights = round(shape.linear * precision.linear) + (shape.parameters - shape.linear) * number
    cache = load.tokens * shape.kv_bytes * number // 2
    seen, read = seeing(shape, number, load), reading(shape, number, load)
    slack = round(SLACK * (cache + seen + read))
    return Need(weights, cache, seen, read + slack + BASE)


def seeing(shape: Shape, number: int, load: Load) -> int:
    """Bytes that pictures take besides their place in the cache, at so many bytes a number."""
    # Of each picture its tokens, and as many again from every depth that is stacked in; all are joined for reading.
    kept = 2 * load.frames * load.frame_tokens * (1 + len(shape.tower.deep)) * shape.hidden * number
    patches = load.frame_tokens * MERGED
    return kept + patches * ((4 * shape.tower.hidden + 2 * shape.tower.inner) * number + PATCH_VALUES * 4)


def reading(shape: Shape, number: int, load: Load) -> int:
    """Bytes that reading takes wherever there are layers, at so many bytes a number."""
    # Inside one layer: what comes in, is normalised, asked for and added; and both halves and the product of the middle.
    return min(load.tokens, PART) * (6 * shape.hidden + 3 * shape.inner * max(1, shape.chosen)) * number


def published_bytes(shape: Shape) -> int:
    """Bytes of a size's published checkpoint, which is in bfloat16."""
    return shape.parameters * HALF.other


def gigabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / 1e9:.1f} GB"
