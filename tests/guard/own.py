"""Works a window with our own windows before it: `own.py [--seed N] [--count N]` prints one JSON line.

The real shell shows its window, a dialog, a menu or a tooltip over a target that never changes, and the product looks and
acts. What it saw must be what is seen without the shell, and what it did must have reached the target at the pixel meant.
Exit code 0 when none of ours was seen or hit and all else arrived, 1 when not.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from child import PATIENCE, Child
from PIL import Image, ImageChops, ImageDraw
from seeded import seeded

from actions.action import Click, Drag, Scroll, TypeText
from actions.backends import close_desktop, open_desktop
from actions.backends.mss_screen import MssScreen
from actions.geometry import GridPoint, Point, Rect, grid_to_screen
from actions.look import CaptureTarget, look, window_of
from agent.acting import Hands
from agent.control import Control
from agent.stopwatch import Stopwatch
from agent.virtual_screen import NoVirtualScreen, VirtualScreen

ROOM = (1280, 900)
TARGET = Rect(80, 100, 840, 600)
FRAME = 40
"""Room around the target for the window manager's frame, whose colour tells who has the keyboard."""
KINDS = ("window", "dialog", "menu", "tooltip", "moves", "opens", "closes", "keys")
QUIET = 0.05


class Stage:
    """Target, shell and product on one screen, and the screen as it is without the shell."""

    def __init__(self, seed: int, stack: contextlib.ExitStack) -> None:
        self.rng = random.Random(seed)
        place = [TARGET.left, TARGET.top, TARGET.width, TARGET.height]
        self.target = stack.enter_context(contextlib.closing(Child("target.py", str(seed), json.dumps(place))))
        self.content = Rect(*self.target.until("ready")["place"])
        self.shell = stack.enter_context(contextlib.closing(Child("shell.py")))
        self.shell.until("ready")
        self.eyes = MssScreen()
        self.eyes.open()
        stack.callback(self.eyes.close)
        self.desktop = open_desktop(shell=self.shell.pid)
        stack.callback(close_desktop, self.desktop)
        self.shell.say("hide")
        self.plain = self.at_rest()
        self.captures = [
            CaptureTarget(),
            CaptureTarget("window", "The target"),
            CaptureTarget("region", region=Rect(30, 70, 800, 500)),
        ]
        self.hands = Hands(self.desktop, Control(), "free", window_of(self.captures[1], self.desktop))

    def real(self) -> Image.Image:
        """The screen as a person sees it, the frame of the target left out."""
        return self.without_frame(self.eyes.grab(Rect(0, 0, *ROOM)).image(), Rect(0, 0, *ROOM))

    def at_rest(self) -> Image.Image:
        """The same once it has stopped changing."""
        end, before = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            now = self.real()
            if now == before:
                return now
            before = now
            time.sleep(QUIET)
        raise TimeoutError("the screen does not come to rest")

    def in_front(self) -> Image.Image:
        """Where our windows are to be seen, once they are."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            differs = (
                ImageChops.difference(self.at_rest(), self.plain).convert("L").point(lambda value: 255 * (value > 0))
            )
            if differs.getbbox():
                return differs
        raise TimeoutError("our windows do not come")

    def without_frame(self, picture: Image.Image, view: Rect) -> Image.Image:
        """A picture of a view with the target's frame painted over."""
        inner = self.content
        left, top = inner.left - view.left, inner.top - view.top
        picture = picture.convert("RGB")
        draw = ImageDraw.Draw(picture)
        outside = (left - FRAME, top - FRAME, left + inner.width + FRAME, top + inner.height + FRAME)
        for box in (
            (outside[0], outside[1], outside[2], top - 1),
            (outside[0], top + inner.height, outside[2], outside[3]),
            (outside[0], top, left - 1, top + inner.height - 1),
            (left + inner.width, top, outside[2], top + inner.height - 1),
        ):
            draw.rectangle(box, fill=0)
        return picture

    def shows_ours(self, frame) -> bool:
        """Whether a frame differs from the screen without the shell."""
        view = frame.view
        seen = self.without_frame(frame.image(), view)
        box = (view.left, view.top, view.right, view.bottom)
        return ImageChops.difference(seen, self.without_frame(self.plain.crop(box), view)).getbbox() is not None

    def arrange(self, kind: str) -> None:
        """Put our windows over the target."""
        rng = self.rng
        self.shell.say("hide")
        width, height = rng.randint(420, 700), rng.randint(480, 640)
        self.shell.say("place", rng.randint(100, 600), rng.randint(60, 240), width, height)
        at = rng.randint(100, 500), rng.randint(120, 400)
        if kind in ("dialog", "menu", "tooltip"):
            self.shell.say(kind, *at)

    def change(self, kind: str) -> None:
        """What our windows do between look and act; then they stand over the target again."""
        at = self.rng.randint(100, 500), self.rng.randint(100, 240)
        if kind == "moves":
            self.shell.say("place", *at, 500, 500)
        elif kind == "opens":
            self.shell.say("dialog", *at)
        elif kind == "closes":
            self.shell.say("hide")
            self.shell.say("place", *at, 480, 500)


def own_windows(seed: int, count: int) -> dict[str, int]:
    """Frames and actions with our windows before the target, and what came of them.

    `own_windows_hit` counts frames that show and actions that hit one of ours, `reached` the actions that the target got
    where they were meant, `called_a_change` those not done because our windows moved, and `seen_in_front` the pictures in
    which a person would have seen ours.
    """
    found: Counter[str] = Counter(dict.fromkeys(("own_windows_hit", "reached", "called_a_change", "seen_in_front"), 0))
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        os.environ.update(stack.enter_context(VirtualScreen(*ROOM)), PYTHONPATH=sys.path[1], DESKHAND_HOME=folder)
        stage = Stage(seed, stack)
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            for what in _trial(stage, kind):
                found[what] += 1
    return {"own_frames": count, "own_actions": count, **found}


def _trial(stage: Stage, kind: str) -> Iterator[str]:
    """One look and one action; what is to be counted of it."""
    stage.arrange(kind)
    if kind == "keys":
        stage.shell.say("activate")
    stage.in_front()
    yield "seen_in_front"
    frame = look(stage.desktop, stage.rng.choice(stage.captures))
    hit = stage.shows_ours(frame)
    if hit:
        _say(kind, "shown")
    stage.change(kind)
    action, at = _action(stage, kind, frame.view)
    stage.target.told()
    stage.shell.told()
    stage.shell.tell("judged")
    *_, acted = _events(stage.hands.act(1, [action], frame, Stopwatch()))
    if acted.status == "dropped":
        yield "called_a_change"
    got, done_to_us = stage.target.told(QUIET), [said for said in stage.shell.told() if said["kind"] == "hit"]
    if done_to_us:
        _say(kind, done_to_us)
    if hit or done_to_us:
        yield "own_windows_hit"
    if _arrived(action, at, got):
        yield "reached"
    else:
        _say(kind, f"{action} for {at}: {acted.status}, {acted.words}; the target got {got}")


def _action(stage: Stage, kind: str, view: Rect):
    """Something to do at a pixel of the target that ours hide, and that pixel."""
    if kind == "keys":
        return TypeText("ab1"), None
    hidden, rng = stage.in_front(), stage.rng
    inside = stage.content.intersection(view)
    for _ in range(10_000):
        place = GridPoint(rng.randint(0, 999), rng.randint(0, 999))
        at = grid_to_screen(place, view)
        if inside.contains(at) and hidden.getpixel((at.x, at.y)):
            return rng.choice([Click(at=place), Click("left", 2, place), Scroll(-2, at=place), Drag(place)]), at
    raise AssertionError("ours hide nothing of the target")


def _arrived(action, at: Point | None, got: list[dict]) -> bool:
    told = [(said["kind"], said.get("at", said.get("text"))) for said in got]
    place = at and [at.x, at.y]
    match action:
        case TypeText(text):
            return told == [("key", letter) for letter in text]
        case Click(count=count):
            return told == [("press", place), ("release", place)] * count
        case Scroll():
            return told == [("wheel", place)] * 2
        case _:
            return [kind for kind, _ in told] == ["press", "release"] and told[1][1] == place


def _events(acting) -> list:
    return [event for event in acting if event.kind == "acted"]


def _say(kind: str, what: object) -> None:
    print(f"{kind}: {what}", file=sys.stderr, flush=True)


def main(words: list[str]) -> int:
    """Measure and print; 2 where it cannot be measured."""
    parser = seeded("Look and act with our own windows in front.", "places", "looks and actions", 1000)
    options = parser.parse_args(words)
    try:
        row = own_windows(options.seed, options.count)
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"seed": options.seed, **row}), flush=True)
    return 0 if row["own_windows_hit"] == 0 and row["reached"] == row["own_actions"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
