"""Owns how a sample becomes one row of training: ids from the one prompt builder, what to learn, where to point."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, cast

import numpy as np
from pydantic import JsonValue

from actions.frame import Frame
from actions.geometry import Rect, Size
from agent.conversation import Conversation, Message, TextPart
from agent.history import HistoryPolicy
from agent.mind.encode import Encoded, Tokenizer, encode
from agent.prompt import PastStep, prompt
from agent.train.nano.dense import CELL_WIDTH, COLUMN_CELLS, DIGITS, spot
from agent.train.nano.model import COLUMNS, HEIGHT, MERGED, ROWS, TOKENS, WIDTH
from agent.train.nano.stream import Record, Turn

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

IGNORED = -100
"""Label of a token that is not learned."""
STATUS_LEFT = 8
"""Where the desk's status line begins, in pixels; its letters are one cell wide each, in the lowest row of tokens."""
PICTURES = HistoryPolicy().frames
"""Steps of an episode beyond this many pictures would be folded; they are left out."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """The state at token `at` must point at `tokens` of the picture whose first pad is at `image`.

    `slot` says which of the things that these hold comes next: for places the digit (0-2 of x, 3-5 of y in the upper half of
    the token, 6-8 in the lower), for the status line the column of the letter in its token; -1 is none.
    """

    at: int
    image: int
    tokens: tuple[int, ...]
    slot: int = -1


@dataclass(slots=True)
class Row:
    """One sequence: ids, labels of the same length, what to point at, and its pictures in order."""

    ids: list[int]
    labels: list[int]
    images: np.ndarray
    spans: list[tuple[int, int]] = field(default_factory=list)
    """First and one beyond the last token of each learned turn."""
    names: list[Pointer] = field(default_factory=list)
    """From the last letter of a name to the last digit of its place."""
    echoes: list[Pointer] = field(default_factory=list)
    """In front of each letter that is copied from the status line."""


def said(turn: Turn) -> str:
    """A turn as the assistant says it, without the end mark."""
    call = json.dumps({"name": "computer_use", "arguments": turn.action})
    return f"{turn.thought}\n<tool_call>\n{call}\n</tool_call>"


def echo_length(thought: str) -> int:
    """How many letters at the start of a thought are copied from the status line."""
    return thought.find(". ") if ". " in thought else 0


@dataclass(frozen=True, slots=True)
class Spoken:
    """A turn's ids (with the end mark) and where each of them begins in its text."""

    ids: list[int]
    starts: list[int]
    text: str


def token_id(tokenizer: PreTrainedTokenizerFast, text: str) -> int:
    """The id of one token."""
    return int(str(tokenizer.convert_tokens_to_ids(text)))


class Speller:
    """Turns texts into ids; knows how long each token's text is."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.tokenizer = tokenizer
        self.end = token_id(tokenizer, "<|im_end|>")
        self.blank = frame_of(np.zeros((HEIGHT, WIDTH, 3), np.uint8))
        self._lengths = {i: len(tokenizer.decode([i])) for i in range(len(tokenizer))}

    def speak(self, turn: Turn) -> Spoken:
        """The turn as it will be generated."""
        text = said(turn)
        ids = self.tokenizer.encode(text, add_special_tokens=False)
        starts, at = [], 0
        for token in ids:
            starts.append(at)
            at += self._lengths[token]
        return Spoken([*ids, self.end], [*starts, at], text)

    def encode(self, conversation: Conversation, image_tokens: int) -> Encoded:
        """Ids of a conversation."""

        def count(size: Size) -> int:
            del size
            return image_tokens

        return encode(conversation, cast("Tokenizer", self.tokenizer), count)


def frame_of(pixels: np.ndarray) -> Frame:
    """A Frame without a digest, which training has no use for."""
    return Frame(pixels.tobytes(), Rect(0, 0, WIDTH, HEIGHT), 0.0, "")


def episode(record: Record, speller: Speller) -> Row:
    """A task played to its end, a new picture in front of every turn."""
    turns = record.header.turns[:PICTURES]
    spoken = [speller.speak(turn) for turn in turns]
    blank = speller.blank
    past = [
        PastStep(blank, s.text, tuple(s.ids), turn.outcome) for turn, s in zip(turns[:-1], spoken[:-1], strict=True)
    ]
    bare = record.header.lesson == "words"
    encoded = speller.encode(prompt(record.header.task, past, blank), 0 if bare else TOKENS)
    row = Row(list(encoded.ids) + spoken[-1].ids, [], record.frames[: len(turns)])
    row.labels = [IGNORED] * len(row.ids)
    starts = [*(span.start for span in encoded.turns), len(encoded.ids)]
    for turn, s, start, image in zip(turns, spoken, starts, encoded.images, strict=True):
        if turn.learn:
            _learn(row, turn, s, start, None if bare else image.start)
    return row


def quiz(record: Record, speller: Speller) -> Row:
    """Many one-step tasks on one picture, each with its answer."""
    turns = record.header.turns
    spoken = [speller.speak(turn) for turn in turns]
    system, first = prompt(turns[0].task, (), speller.blank).messages
    messages: list[Message] = [system, first]
    for turn, s in zip(turns[1:], spoken, strict=False):
        messages.append(Message("assistant", (TextPart(s.text),), tuple(s.ids)))
        messages.append(Message("user", (TextPart(turn.task + "\n"),)))
    tools = prompt("", (), speller.blank).tools
    encoded = speller.encode(Conversation(tuple(messages), tools), TOKENS)
    row = Row(list(encoded.ids) + spoken[-1].ids, [], record.frames[:1])
    row.labels = [IGNORED] * len(row.ids)
    starts = [*(span.start for span in encoded.turns), len(encoded.ids)]
    for turn, s, start in zip(turns, spoken, starts, strict=True):
        _learn(row, turn, s, start, encoded.images[0].start)
    return row


def glimpses(records: Sequence[Record], rng: Random, speller: Speller) -> Row:
    """Desks in a row that have nothing to do with each other: only reading the status line tells what it says.

    Between them stands what was said about the others, so that nobody learns to echo what should have happened.
    """
    turns = [
        Turn(frame=i, thought=_glimpse(r, i, rng), action=_anywhere(rng), outcome="Done.")
        for i, r in enumerate(records)
    ]
    spoken = [speller.speak(turn) for turn in turns]
    past = [PastStep(speller.blank, s.text, tuple(s.ids), "Done.") for s in spoken[:-1]]
    task = f"press {_some_label(records[0], rng)}, then tick {_some_label(records[-1], rng)}"
    encoded = speller.encode(prompt(task, past, speller.blank), TOKENS)
    row = Row(list(encoded.ids) + spoken[-1].ids, [], np.concatenate([r.frames[:1] for r in records]))
    row.labels = [IGNORED] * len(row.ids)
    starts = [*(span.start for span in encoded.turns), len(encoded.ids)]
    for turn, s, start, image in zip(turns, spoken, starts, encoded.images, strict=True):
        echo = echo_length(turn.thought)
        for index, at in enumerate(s.starts):
            if at < echo:
                row.labels[start + index] = s.ids[index]
            if echo > 0 and at <= echo:
                row.echoes.append(_echo(start + index - 1, image.start, at))
    return row


def status_of(glyphs: Sequence[tuple[str, float, float]]) -> str:
    """What the status line says, from the letters in the lowest row of cells."""
    lowest = {int(x - STATUS_LEFT) // CELL_WIDTH: c for c, x, y in glyphs if y > HEIGHT - MERGED / 2}
    return "".join(lowest.get(i, " ") for i in range(max(lowest) + 1)) if lowest else ""


def _glimpse(record: Record, index: int, rng: Random) -> str:
    status, verb = status_of(record.header.glyphs), rng.choice(("Press", "Tick", "Choose", "Open", "Click"))
    return (
        f"{status}. {verb} {_some_label(record, rng)}."
        if index or status != "Ready"
        else f"{verb} {_some_label(record, rng)}."
    )


def _some_label(record: Record, rng: Random) -> str:
    return rng.choice(record.header.widgets).label if record.header.widgets else "Save"


def _anywhere(rng: Random) -> dict[str, JsonValue]:
    return {"action": "left_click", "coordinate": [rng.randrange(1000), rng.randrange(1000)]}


def _learn(row: Row, turn: Turn, spoken: Spoken, start: int, image: int | None) -> None:
    """Mark one turn as learned; without a picture neither what is read from it nor places are learned."""
    row.labels[start : start + len(spoken.ids)] = spoken.ids
    row.spans.append((start, start + len(spoken.ids)))
    echo = echo_length(turn.thought)
    place = _place(turn, spoken)
    if image is None:
        for index, at in enumerate(spoken.starts):
            if at < echo or index in place:
                row.labels[start + index] = IGNORED
        return
    row.echoes += [_echo(start + i - 1, image, at) for i, at in enumerate(spoken.starts) if echo and at <= echo]
    if turn.target is not None and turn.name is not None and place:
        (tokens, half), last = spot(turn.target), turn.name[1] - 1
        first = max(i for i, at in enumerate(spoken.starts) if at <= last)
        slots = _slots(turn.action["coordinate"], half, place.start - 1)
        row.names += [Pointer(start + i, image, tuple(tokens), slots.get(i, -1)) for i in range(first, place.stop)]


def _place(turn: Turn, spoken: Spoken) -> range:
    """The tokens of a turn that spell its coordinates."""
    if "coordinate" not in turn.action:
        return range(0)
    opened = spoken.text.index('"coordinate": [') + len('"coordinate": [')
    closed = spoken.text.index("]", opened)
    inside = [i for i, at in enumerate(spoken.starts) if opened <= at < closed]
    return range(inside[0], inside[-1] + 1)


def _slots(coordinate: JsonValue, half: int, before: int) -> dict[int, int]:
    """Which digit each token of a turn has to say next; `before` is the token in front of the first digit.

    A number that is shorter than usual has a slot for its end, too.
    """
    slots: dict[int, int] = {}
    at = before
    for axis, number in enumerate(coordinate if isinstance(coordinate, list) else []):
        digits = len(str(number))
        slots |= {at + i: axis * (1 + half) * DIGITS + i for i in range(min(digits + 1, DIGITS))}
        at += digits + 1
    return slots


def _echo(at: int, image: int, letter: int) -> Pointer:
    """In front of a letter of the status line: the token that shows it, and its column there."""
    cell = min(STATUS_LEFT // CELL_WIDTH + letter, COLUMNS * COLUMN_CELLS - 1)
    return Pointer(at, image, ((ROWS - 1) * COLUMNS + cell // COLUMN_CELLS,), cell % COLUMN_CELLS)


MAKERS: dict[str, Callable[[Record, Speller], Row]] = {"episode": episode, "words": episode, "quiz": quiz}


def rows(records: Sequence[Record], speller: Speller) -> list[Row]:
    """Rows of records of the lessons quiz, episode and words."""
    return [MAKERS[record.header.lesson](record, speller) for record in records]
