"""Says tool calls under their grammar from random scores: `run.py [--seed N] [--count N]` prints one JSON line.

Each call is drawn token by token with the embedded model's vocabulary, for all dialects of places, both offers of actions and
both forms of arguments, and read by the parser; its places must lie in the picture. Exit code 0 when every call was whole and read, 1 when not.
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from collections import Counter
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
from agent.mind.grammar import CALL, call_grammar
from agent.mind.guide import Guide, Guides

MODEL = Path(__file__).resolve().parents[2] / "assets" / "models" / "nano"
DIALECTS = tuple(itertools.product(("grid", "pixel", "unit"), ("published", "all"), ("json", "tags")))
MOST = 20_000
"""Tokens after which a call that is drawn at random is given up as endless."""
PATIENCE = 50
"""Tokens after each of which a text between tags may end: by chance alone its end, of many tokens, would never come."""
DRAWN = 4096
"""Random scores that are made at once; of them a window is taken at a random place for each token."""


class Dice:
    """Random scores, quickly."""

    def __init__(self, seed: int, size: int) -> None:
        self._random = random.Random(seed)
        self._scores = torch.randn(size + DRAWN, generator=torch.Generator().manual_seed(seed))
        self._size = size

    def scores(self) -> torch.Tensor:
        start = self._random.randrange(DRAWN)
        return self._scores[start : start + self._size]

    def size(self) -> Size:
        return Size(self._random.randrange(1, 3000), self._random.randrange(1, 3000))


def drawn(guide: Guide, dice: Dice, end: list[int]) -> list[int]:
    """The tokens of one call; `end` are those with which a text may end, where it ends by more than one."""
    said: list[int] = []
    while not guide.ended and len(said) < MOST:
        if forced := guide.forced():
            said += forced
            continue
        if len(said) % PATIENCE == PATIENCE - 1 and (ended := list(itertools.takewhile(guide.take, end))):
            said += ended
            continue
        token = int(guide.masked(dice.scores()).argmax())
        if not guide.take(token):
            raise AssertionError("a token that may come is not taken")
        said.append(token)
    return said


def places(action: Action) -> list[GridPoint]:
    """The places that an action names."""
    match action:
        case Click(at=GridPoint() as at) | Move(to=at) | Scroll(at=GridPoint() as at):
            return [at]
        case Drag(to, through):
            return [to, *through]
    return []


def outcome(text: str, coordinates: Coordinates) -> str:
    """What came of a call."""
    try:
        actions = parse(text, coordinates).actions
    except ParseError as error:
        return f"refused: {error}"
    named = [place for action in actions for place in places(action)]
    if not all(0 <= number <= GRID for place in named for number in (place.x, place.y)):
        return "a place outside"
    return "read"


def calls(seed: int, count: int) -> Counter[str]:
    """Draw so many calls, and count what came of them."""
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    guides, dice, found = Guides(tokenizer), Dice(seed, len(tokenizer)), Counter()
    size = dice.size()
    end = tokenizer.encode("\n</parameter>", add_special_tokens=False)
    for number in range(count):
        units, offer, form = DIALECTS[number % len(DIALECTS)]
        if number % 100 == 0:
            size = dice.size()
        said = drawn(guides.begin(call_grammar(units, offer, size, form)), dice, end if form == "tags" else [])
        came = outcome(CALL + tokenizer.decode(said), Coordinates(units, size))
        found[came.partition(":")[0]] += 1
        if came != "read":
            print(f"{units}, {offer}, {form}, {size}: {came}: {tokenizer.decode(said)!r}", file=sys.stderr, flush=True)
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
