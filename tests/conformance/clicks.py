"""Real clicks: what the product sees and hits on a real X screen of two unequal monitors, told by the window that is hit.

Each pixel of the board has a colour of its own. The pixel meant is read from the captured picture itself, at the place
that the oracle gives for what the model wrote; the window must get the press at just that pixel.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from fractions import Fraction
from pathlib import Path

from layouts import RESIZES, UNITS, Case
from oracle import Box, all_of, holds, part_on, pixel_meant

from actions.desktop import Desktop
from actions.errors import CaptureError
from actions.execute import execute, same_target
from actions.frame import Frame
from actions.geometry import Coordinates, Rect, Size
from actions.look import CaptureTarget, look
from actions.parse import parse

ROOM = (2304, 1088)
PATIENCE = 60.0
ARRANGEMENTS: dict[str, tuple[Box, Box]] = {
    "beside": ((0, 0, 1280, 800), (1280, 0, 2304, 768)),
    "portrait, lower": ((0, 0, 768, 1024), (768, 200, 2048, 1000)),
    "above, apart": ((200, 0, 1224, 600), (0, 608, 1280, 1088)),
}
"""Two unequal monitors each, with corners that neither shows; a rotated monitor is an upright one to X."""
VIEWS: dict[str, Box | None] = {
    "desktop": None,
    "monitor 1": None,
    "monitor 2": None,
    "window": (300, 200, 652, 456),
    "window over both": (900, 300, 1503, 701),
    "window over the edge": (-120, 400, 400, 777),
    "region": (37, 41, 838, 642),
    "region over both": (1000, 100, 1999, 767),
}
Key = tuple[str, str, str]
"""The arrangement, what is captured, how it is resized."""


class Board:
    """The board's process."""

    def __init__(self) -> None:
        env = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_ENABLE_HIGHDPI_SCALING": "0"}
        command = [sys.executable, str(Path(__file__).parent / "board.py"), *map(str, ROOM)]
        self._process = subprocess.Popen(command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.hear(PATIENCE)

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)

    def hear(self, patience: float):
        """The next thing it tells, or None."""
        try:
            return json.loads(self._lines.get(timeout=patience))
        except queue.Empty:
            return None

    def place(self, box: Box | None) -> None:
        """Put the second window there, or as near as the window manager lets it; None hides it."""
        place = box and [box[0], box[1], box[2] - box[0], box[3] - box[1]]
        self._process.stdin.write(json.dumps(place) + "\n")
        self._process.stdin.flush()
        assert self.hear(PATIENCE) == {"kind": "placed"}

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._process.stdout.close()


def arrange(boxes: tuple[Box, ...]) -> None:
    """Make the X server say that it has these monitors."""
    names = [f"conformance{number}" for number in range(2)]
    for name, box, output in zip(names, boxes, ("screen", "none"), strict=True):
        width, height = box[2] - box[0], box[3] - box[1]
        subprocess.run(["xrandr", "--delmonitor", name], check=False, capture_output=True)
        geometry = f"{width}/300x{height}/200+{box[0]}+{box[1]}"
        subprocess.run(["xrandr", "--setmonitor", name, geometry, output], check=True, capture_output=True)


def board_pixel(frame: Frame, x: int, y: int) -> tuple[int, list[int]]:
    """Which pixel of which window the picture shows at its own (x, y)."""
    start = 3 * (y * frame.view.width + x)
    colour = int.from_bytes(frame.rgb[start : start + 3], "big")
    return colour >> 23, [colour & 0xFFF, colour >> 12 & 0x7FF]


def settled(desktop: Desktop, target: CaptureTarget) -> Frame:
    """A look at the target once it looks the same twice: the window manager takes its time."""
    frame, end = None, time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(0.1)
        with contextlib.suppress(CaptureError):
            before, frame = frame, look(desktop, target)
            if before and frame == before and frame.scene == before.scene:
                return frame
    raise TimeoutError("the screen does not come to rest")


def click(desktop: Desktop, board: Board, frame: Frame, case: Case, monitors: tuple[Box, ...]) -> int:
    """Click once, through the whole product; how many pixels it was off, a lost click counting as a million."""
    shown = (frame.view.width, frame.view.height)
    seen = case.seen(shown)
    written = case.written(seen)
    x, y = (pixel_meant(written[axis], case.units, seen[axis], shown[axis]) for axis in (0, 1))
    call = f'{{"name": "computer_use", "arguments": {{"action": "left_click", "coordinate": [{written[0]}, {written[1]}]}}}}'
    (action,) = parse(f"<tool_call>{call}</tool_call>", Coordinates(case.units, Size(*seen))).actions
    if not same_target(action, frame, desktop):
        return 1_000_000
    outcome = execute(action, frame, desktop, lambda: False)
    if not any(holds(box, frame.view.left + x, frame.view.top + y) for box in monitors):
        return 0 if outcome.status == "failed" and board.hear(0.05) is None else 1_000_000
    number, at = board_pixel(frame, x, y)
    press = board.hear(10.0)
    if press is None or press["board"] != number:
        return 1_000_000
    return max(abs(press["at"][axis] - at[axis]) for axis in (0, 1))


def target_of(view: str, box: Box | None) -> CaptureTarget:
    """What the product is asked to look at."""
    kind, _, rest = view.partition(" ")
    if kind == "region" and box:
        return CaptureTarget("region", region=Rect(box[0], box[1], box[2] - box[0], box[3] - box[1]))
    names = {"monitor": rest, "window": "Conformance board"}
    return CaptureTarget(kind, names.get(kind, ""))


def clicks(seed: int, count: int, desktop: Desktop) -> tuple[Counter[Key], dict[Key, int], int]:
    """How many clicks of each kind there were, the largest error of each, and how many were exact."""
    rng = random.Random(seed)
    keys = [(arrangement, view, resize) for arrangement in ARRANGEMENTS for view in VIEWS for resize in RESIZES]
    counts = Counter(rng.sample(keys, count % len(keys)))
    counts.update(dict.fromkeys(keys, count // len(keys)) if count >= len(keys) else {})
    errors: dict[Key, int] = {}
    exact = 0
    board = Board()
    try:
        for arrangement, monitors in ARRANGEMENTS.items():
            arrange(monitors)
            for view, box in VIEWS.items():
                wanted = [key for key in keys if key[:2] == (arrangement, view) and counts[key]]
                if not wanted:
                    continue
                # Its title bar, which tells of no press, must not lie under what else is captured.
                board.place(box if view.startswith("window") else None)
                target = target_of(view, box)
                frame = settled(desktop, target)
                _check_view(frame, view, box, monitors)
                for key in wanted:
                    found = [_once(desktop, board, frame, key[2], monitors, rng) for _ in range(counts[key])]
                    if max(found):
                        print(f"{', '.join(key)}: {found}", file=sys.stderr)
                    errors[key], exact = max(found), exact + found.count(0)
    finally:
        board.close()
    return counts, errors, exact


def _once(desktop: Desktop, board: Board, frame: Frame, resize: str, monitors: tuple[Box, ...], rng) -> int:
    factor = Fraction(rng.uniform(0.2, 1) if resize == "smaller" else rng.uniform(1, 3)).limit_denominator(997)
    dice = (rng.random(), rng.random())
    return click(
        desktop, board, frame, Case((), "", 0, (0, 0, 0, 0), resize, factor, rng.choice(UNITS), dice), monitors
    )


def _check_view(frame: Frame, view: str, box: Box | None, monitors: tuple[Box, ...]) -> None:
    """That the picture shows the pixels that it should; a window's are told by its own colours, corner to corner."""
    desktop, rect = all_of(list(monitors)), frame.view
    if view.startswith("window"):
        first, (left, top) = board_pixel(frame, 0, 0)
        last, corner = board_pixel(frame, rect.width - 1, rect.height - 1)
        assert (first, last) == (1, 1)
        assert corner == [left + rect.width - 1, top + rect.height - 1]
        return
    wanted = part_on({"desktop": desktop, "monitor 1": monitors[0], "monitor 2": monitors[1]}.get(view, box), desktop)
    assert wanted == (rect.left, rect.top, rect.right, rect.bottom), f"{view} is {rect}, not {wanted}"
