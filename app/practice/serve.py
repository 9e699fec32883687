"""The practice desk as a process: `python -m app.practice.serve` speaks JSON lines, with --by-hand a person plays.

Requests on stdin, one answer a line on stdout:
{"deal": {"seed": 7, "family": "type", "goals": 2}} shows a fresh desk; {"state": true} tells the truth about it;
{"close": true} ends. The desks are drawn from held-out seeds: training uses even ones, this process odd ones, both
mixed through a hash (see app.practice.layout).
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from random import Random
from typing import BinaryIO

from app.practice.layout import HEIGHT, WIDTH, held_out_seed
from app.practice.protocol import keep_stdout

_FRAME = 40
"""Room in pixels that a window manager's frame may need around the window."""


def _place(text: str) -> tuple[int, int]:
    try:
        x, y = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"a place is two whole numbers as in 300,200, not {text!r}") from None
    return x, y


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.practice.serve", description="Show the practice desk.")
    parser.add_argument("--place", type=_place, metavar="X,Y", help="screen pixel of the client area's top left corner")
    parser.add_argument("--seed", type=int, default=0, help="draws the place, and by hand the first desk")
    parser.add_argument("--by-hand", action="store_true", help="show the task in a window beside the desk; no protocol")
    return parser


def _on_screen(place: tuple[int, int] | None, seed: int, size: tuple[int, int]) -> tuple[int, int]:
    """The place given, if the window fits there, or one drawn from the seed.

    Raises:
        ValueError: the window would not be wholly on the screen.
    """
    right, bottom = size[0] - WIDTH, size[1] - HEIGHT
    if place is not None:
        if not (0 <= place[0] <= right and 0 <= place[1] <= bottom):
            raise ValueError(
                f"At {place[0]},{place[1]} the desk would not be wholly on the {size[0]}x{size[1]} screen."
            )
        return place
    rng = Random(held_out_seed("place", seed))
    return _drawn(rng, right), _drawn(rng, bottom)


def _drawn(rng: Random, last: int) -> int:
    """A place from 0 to `last`, away from both edges where there is room."""
    margin = max(0, min(_FRAME, last // 2))
    return rng.randint(margin, max(margin, last - margin))


def _run(arguments: argparse.Namespace, out: BinaryIO) -> int:
    from PySide6.QtCore import QPoint

    from app.practice import look
    from app.practice.by_hand import TaskWindow
    from app.practice.listener import Listener
    from app.practice.window import PracticeWindow

    app = look.application("xcb" if sys.platform == "linux" else None)
    screen = app.primaryScreen().geometry()
    try:
        x, y = _on_screen(arguments.place, arguments.seed, (screen.width(), screen.height()))
    except ValueError as error:
        return _refuse(str(error))
    window = PracticeWindow(QPoint(screen.x() + x, screen.y() + y))
    window.show()
    if arguments.by_hand:
        beside = TaskWindow(window, arguments.seed)
        beside.deal()
        beside.show()
    else:
        Listener(app, window, out).start()
    return app.exec()


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"practice desk: {sentence}\n")
    return 2


def main(argv: Sequence[str] | None = None) -> int:
    """The command; returns the exit code."""
    arguments = _parser().parse_args(argv)
    if sys.platform == "linux" and not os.environ.get("DISPLAY"):
        return _refuse("There is no X display (DISPLAY is not set), so no window can be shown.")
    # Qt's loop keeps Python from seeing Ctrl-C.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _run(arguments, keep_stdout())


if __name__ == "__main__":
    sys.exit(main())
