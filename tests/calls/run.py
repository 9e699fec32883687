"""Says tool calls under their grammar from random scores: `run.py [--seed N] [--count N]` prints one JSON line.

Each call is drawn token by token with the embedded model's vocabulary, for all dialects of places, both offers of actions and
both forms of arguments, in a turn as a checkpoint says one, and read by the parser; its places must lie in the picture. Exit
code 0 when every call was whole, ended its turn and was read, 1 when not.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections import Counter, deque
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

import torch
from seeded import seeded
from transformers import AutoTokenizer

from actions.action import Action, Click, Drag, Move, Scroll
from actions.errors import ParseError
from actions.geometry import GRID, Coordinates, GridPoint, Size
from actions.parse import parse
from agent.mind.base import ThinkOptions, never
from agent.mind.decode import CALL, CALL_END, THOUGHT, THOUGHT_END, Turn
from agent.mind.grammar import call_grammar
from agent.mind.guide import Guides
from agent.mind.qwen import say

MODEL = Path(__file__).resolve().parents[2] / "assets" / "models" / "nano"
DIALECTS = tuple(itertools.product(("grid", "pixel", "unit"), ("published", "all"), ("json", "tags")))
MOST = 20_000
"""Tokens after which a call that is drawn at random is given up as endless."""
IN_A_ROW = 8
"""Calls of one dialect, since a grammar takes longer to make than a call."""
PATIENCE = 20
"""In so many choices the end of a text in tags is meant once: of many tokens, it would never come by chance alone."""
SURE = 1e9
"""The score of a token that is meant; it comes where the grammar lets it."""
DRAWN = 4096
"""Random scores that are made at once; of them a window is taken at a random place for each token."""


class Dice:
    """A model that gives random scores, quickly; now and then it means to say what may stand in no text, and to end the text.

    Args:
        seed: what is drawn.
        size: of the vocabulary.
        marks: the tokens by which a turn is told apart.
        end: the tokens with which a text in tags ends.
    """

    def __init__(self, seed: int, size: int, marks: list[int], end: list[int]) -> None:
        self._random = random.Random(seed)
        self._scores = torch.randn(size + DRAWN, generator=torch.Generator().manual_seed(seed))
        self._size, self._marks, self._end = size, marks, end
        self._meant = deque[int]()

    def begin(self, first: int) -> torch.Tensor:
        """The scores of a turn's first token, which is meant."""
        self._meant = deque([first])
        return self.say([])

    def say(self, tokens: Sequence[int]) -> torch.Tensor:
        """The scores after some tokens, whichever they are."""
        del tokens
        start = self._random.randrange(DRAWN)
        scores = self._scores[start : start + self._size]
        if not self._meant and self._random.random() < 1 / PATIENCE:
            self._meant.extend([self._random.choice(self._marks), *self._end])
        if self._meant:
            scores = scores.clone()
            scores[self._meant.popleft()] = SURE
        return scores

    def picture(self) -> Size:
        return Size(self._random.randrange(1, 3000), self._random.randrange(1, 3000))


def places(action: Action) -> list[GridPoint]:
    """The places that an action names."""
    match action:
        case Click(at=GridPoint() as at) | Move(to=at) | Scroll(at=GridPoint() as at):
            return [at]
        case Drag(to, through):
            return [to, *through]
    return []


def outcome(turn: Turn, coordinates: Coordinates) -> str:
    """What came of a turn."""
    if turn.stop != "call":
        return f"ended otherwise: {turn.stop}"
    try:
        actions = parse(turn.text, coordinates).actions
    except ParseError as error:
        return f"refused: {error}"
    named = [place for action in actions for place in places(action)]
    if not all(0 <= number <= GRID for place in named for number in (place.x, place.y)):
        return "a place outside"
    return "read"


def calls(seed: int, count: int) -> Counter[str]:
    """Say so many turns of one call, and count what came of them."""
    tokenizer, found = AutoTokenizer.from_pretrained(MODEL), Counter()

    def encode(text: str) -> list[int]:
        return tokenizer.encode(text, add_special_tokens=False)

    def decode(ids: Sequence[int]) -> str:
        return tokenizer.decode(list(ids), skip_special_tokens=False, clean_up_tokenization_spaces=False)

    guides, marks = Guides(tokenizer), encode(f"{CALL}{CALL_END}{THOUGHT}{THOUGHT_END}")
    dice = Dice(seed, len(tokenizer), marks, encode("\n</parameter>"))
    options, ends = ThinkOptions(max_new_tokens=MOST), frozenset({tokenizer.eos_token_id})
    size = dice.picture()
    for number in range(count):
        units, offer, form = DIALECTS[number // IN_A_ROW % len(DIALECTS)]
        if number % 100 == 0:
            size = dice.picture()
        turn = Turn(decode, encode, ends, False, options)
        begin = partial(guides.begin, call_grammar(units, offer, size, form))
        deque(say(dice, dice.begin(marks[0]), turn, begin, options, never), maxlen=0)
        came = outcome(turn, Coordinates(units, size))
        found[came.partition(":")[0]] += 1
        if came != "read":
            print(f"{units}, {offer}, {form}, {size}: {came}: {turn.text!r}", file=sys.stderr, flush=True)
    return found


def main(words: list[str]) -> int:
    """Measure and print."""
    parser = seeded("Draw tool calls under their grammar, and read them.", "calls", "calls", 100_000)
    options = parser.parse_args(words)
    torch.set_num_threads(1)
    found = calls(options.seed, options.count)
    print(json.dumps({"seed": options.seed, "calls": found.total(), "read": found["read"]}), flush=True)
    return 0 if found["read"] == found.total() else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
