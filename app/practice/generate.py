"""The stream of training samples: `python -m app.practice.generate --lesson page:0.25,busy:0.5,desk:0.25 --seed 1`.

A record is one JSON line followed by frames x height x width x 3 bytes of RGB. Desks come from training seeds only.
"""

import argparse
import sys
from collections.abc import Sequence
from random import Random
from typing import BinaryIO

from app.practice.layout import training_seed
from app.practice.protocol import keep_stdout

LESSON_NAMES = ("page", "busy", "desk", "quiz", "episode", "words")


def shares(text: str) -> dict[str, float]:
    """Read `page:0.25,busy:0.5` or a lesson's bare name.

    Raises:
        argparse.ArgumentTypeError: a lesson is unknown or a share is no positive number.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.partition(":")
        if name not in LESSON_NAMES:
            raise argparse.ArgumentTypeError(f"no lesson is called {name!r}; there are {', '.join(LESSON_NAMES)}")
        try:
            found[name] = float(share or 1)
        except ValueError:
            raise argparse.ArgumentTypeError(f"the share of {name} must be a number, not {share!r}") from None
        if not 0 < found[name] < float("inf"):
            raise argparse.ArgumentTypeError(f"the share of {name} must be above 0")
    return found


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="app.practice.generate", description="Stream training samples to stdout.")
    parser.add_argument(
        "--lesson", type=shares, required=True, help="a lesson, or several with shares: page:0.5,desk:0.5"
    )
    parser.add_argument("--seed", type=int, default=0, help="equal seeds give equal streams")
    parser.add_argument("--count", type=int, help="stop after so many records")
    return parser.parse_args(argv)


def stream(lessons: dict[str, float], seed: int, count: int | None, out: BinaryIO) -> None:
    """Write records until `count` are out or the reader goes away."""
    from app.practice.lessons import LESSONS

    index = 0
    while count is None or index < count:
        rng = Random(training_seed("generate", seed, index))
        lesson = rng.choices(list(lessons), list(lessons.values()))[0]
        try:
            LESSONS[lesson](rng).write(out)
            out.flush()
        except BrokenPipeError:
            return
        index += 1


def main(argv: Sequence[str] | None = None) -> int:
    """The command. Keeps stdout for records: whatever prints, prints to stderr."""
    arguments = _arguments(argv)
    out = keep_stdout()
    from app.practice import look

    look.application("offscreen")
    stream(arguments.lesson, arguments.seed, arguments.count, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
