"""The stream of training samples: `python -m app.practice.generate --lesson page:0.25,busy:0.5,desk:0.25 --seed 1`.

A record is one JSON line followed by frames x height x width x 3 bytes of RGB. Desks come from training seeds only.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import BinaryIO

from app.practice import look
from app.practice.layout import HEIGHT, WIDTH, Target, desk_spec, training_seed
from app.practice.pages import busy, page
from app.practice.scene import Glyph, Pixels, Scene
from app.practice.words import typed


@dataclass(frozen=True, slots=True)
class Record:
    """One sample: pictures, what stands on the first of them, and for episodes what was said and done."""

    lesson: str
    pictures: list[Pixels]
    glyphs: list[Glyph] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def header(self) -> dict[str, object]:
        """The JSON line."""
        head: dict[str, object] = {
            "lesson": self.lesson,
            "frames": len(self.pictures),
            "width": WIDTH,
            "height": HEIGHT,
        }
        if self.glyphs:
            head["glyphs"] = self.glyphs
        if self.targets:
            head["widgets"] = [
                {"label": t.label, "kind": t.kind, "box": list(t.box), "area": list(t.area)} for t in self.targets
            ]
        return head

    def write(self, stream: BinaryIO) -> None:
        """Send it."""
        stream.write(json.dumps(self.header(), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        stream.writelines(picture.tobytes() for picture in self.pictures)


def page_record(rng: Random) -> Record:
    """Words on plain ground."""
    return Record("page", *_alone(page(rng)))


def busy_record(rng: Random) -> Record:
    """Words among boxes."""
    return Record("busy", *_alone(busy(rng)))


def _alone(drawn: tuple[Pixels, list[Glyph]]) -> tuple[list[Pixels], list[Glyph]]:
    return [drawn[0]], drawn[1]


def desk_record(rng: Random) -> Record:
    """A desk in any state that clicks and keys can bring it to."""
    with Scene(desk_spec(rng)) as scene:
        for _ in range(rng.choice((0, 0, 1, 2, 3, 4))):
            target = rng.choice(scene.desk.targets())
            scene.click(*target.box.centre)
            if target.kind == "field" and rng.random() < 0.8 and not scene.desk.fields[target.label].text():
                scene.type(typed(rng))
        if scene.desk.bar.lit is None and rng.random() < 0.2:
            scene.click(*rng.choice([t for t in scene.desk.targets() if t.kind == "menu"]).box.centre)
        return Record("desk", [scene.draw()], scene.glyphs(), scene.desk.targets())


LESSONS: dict[str, Callable[[Random], Record]] = {"page": page_record, "busy": busy_record, "desk": desk_record}


def shares(text: str) -> dict[str, float]:
    """Read `page:0.25,busy:0.5` or a lesson's bare name.

    Raises:
        argparse.ArgumentTypeError: a lesson is unknown or a share is no positive number.
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        name, _, share = part.partition(":")
        if name not in LESSONS:
            raise argparse.ArgumentTypeError(f"no lesson is called {name!r}; there are {', '.join(LESSONS)}")
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
    out = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)
    look.application("offscreen")
    stream(arguments.lesson, arguments.seed, arguments.count, out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
