"""Runs random episodes: `run.py [--seed N] [--count N]` prints one JSON line.

So many runs of tiny models, Dense and mixtures of experts, Instruct and Thinking, are edited, tried again, folded,
taken back and given other adapters as they are read, and each turn is said twice: as the session says it, which keeps what it has read, and after
reading everything afresh. Exit code 0 when all tokens are equal and no score is further apart than 1e-4, 1 when not.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from afresh import TOLERATED
from episodes import Tally, add_adapters, episode
from seeded import seeded

from agent.mind.load import load
from agent.mind.tiny import build_tiny

MODELS = [(kind, style) for kind in ("dense", "moe") for style in ("instruct", "thinking")]


def main(words: list[str]) -> int:
    """Play and print."""
    parser = seeded("Compare what is read step by step with what is read afresh.", "episodes", "episodes", 200)
    options = parser.parse_args(words)
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        built = [build_tiny(Path(folder) / f"{kind}-{style}", kind=kind, style=style) for kind, style in MODELS]
        models = [load(str(path)) for path in built[: options.count]]
        for model in models:
            add_adapters(model)
        for number in range(options.count):
            episode(models[number % len(models)], 1_000_000 * options.seed + number, tally)
    row = {
        "seed": options.seed,
        "episodes": options.count,
        "turns": tally.moves.total(),
        "moves": dict(sorted(tally.moves.items())),
        "reuse": dict(sorted(tally.reuse.items())),
        "known": round(tally.known / tally.tokens, 3),
        "wrong": tally.wrong,
        "apart": tally.apart,
    }
    print(json.dumps(row), flush=True)
    return 0 if tally.wrong == 0 and tally.apart <= TOLERATED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
