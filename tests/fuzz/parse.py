"""Fuzzes the parser: `parse.py SEED N` prints one JSON line; anything but a Turn or a ParseError is a finding, and exit 1.

Half of the inputs are cases of the corpus, cut, doubled, swapped and spliced; half are strings of the dialects' own pieces.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from actions.errors import ParseError  # noqa: E402
from actions.parse import parse  # noqa: E402
from actions.render import arguments, describe  # noqa: E402

CORPUS = [json.loads(line)["text"] for line in (ROOT / "tests/data/parse/corpus.jsonl").read_text("utf-8").splitlines()]
PIECES = [
    *("<tool_call>", "</tool_call>", "<think>", "</think>", "```json\n", "```", "\n", " ", "Look.", "\ud800", "\x00", "é", "，"),
    *('{"name": "computer_use", "arguments": ', '{"action": "left_click", "coordinate": [1, 2]}', '"action": "type"', "｛", "“"),
    *("{", "}", "[", "]", "(", ")", '"', "'", ",", ":", "\\", "\\u", "\\ud83d", "NaN", "1e999", "-0.0", "９", "0.5", "True", "null"),
    *("Thought: ", "Action: ", "Action：", "click(", "start_box='", "(5,6)", "<point>5 6</point>", "type(content='", "')", "wait()"),
    *('{"bbox_2d": ', "[1, 2, 3, 4]", '{"point_2d": ', '{"bbox_3d": ', '"keys": ', '["ctrl", "c"]', '"ctrl+', "key='", "\\n", "C:\\new"),
]  # fmt: skip


def inputs(seed: int, count: int) -> Iterator[str]:
    """So many texts, always the same for a seed."""
    dice = random.Random(seed)
    for number in range(count):
        if number % 2:
            yield "".join(dice.choices(PIECES, k=dice.randrange(1, 16)))
        else:
            yield mutated(dice, dice.choice(CORPUS))


def mutated(dice: random.Random, text: str) -> str:
    for _ in range(dice.randrange(1, 4)):
        here, there = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
        match dice.randrange(6):
            case 0:
                text = text[:here]
            case 1:
                text = text[:here] + text[there:]
            case 2:
                text = text[:here] + dice.choice(PIECES) + text[here:]
            case 3:
                text = text[:there] + text[here:]
            case 4:
                text = text[:here] + chr(dice.choice((dice.randrange(128), dice.randrange(0x11000)))) + text[here + 1 :]
            case _:
                text = text[:here] + dice.choice(CORPUS)[:200]
    return text


def outcome(text: str) -> str:
    """What came of a text: parsed, refused, or the name of the exception that should not have been."""
    try:
        turn = parse(text)
        for action in turn.actions:
            describe(action)
            json.dumps(arguments(action), ensure_ascii=False).encode()
    except ParseError:
        return "refused"
    except Exception as error:  # noqa: BLE001 (finding any is the purpose)
        return f"{type(error).__name__} on {text!r}"
    return "parsed"


def main(seed: int, count: int) -> int:
    """Print how many were parsed and refused; the findings go to stderr."""
    outcomes = Counter(outcome(text) for text in inputs(seed, count))
    parsed, refused = outcomes.pop("parsed", 0), outcomes.pop("refused", 0)
    for finding in list(outcomes)[:10]:
        print(finding, file=sys.stderr)
    row = {"inputs": count, "parsed": parsed, "refused": refused, "other_exceptions": outcomes.total(), "seed": seed}
    print(json.dumps(row))
    return 1 if outcomes else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
