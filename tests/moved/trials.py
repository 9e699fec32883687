"""The trials: the product looks, the stage changes, and the product is asked whether the target is still what was seen.

That a change has reached the screen is told by the stage and by an X connection of the trials' own, not by the product.
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
from collections.abc import Iterator
from pathlib import Path

from Xlib import X
from Xlib.display import Display

from actions.action import Click, Drag, Move, PressKeys, Scroll, TypeText
from actions.desktop import Desktop
from actions.execute import same_target, target
from actions.frame import Frame
from actions.geometry import GridPoint, Point, Rect
from actions.look import CaptureTarget, look

ROOM = (1024, 768)
PATIENCE = 60.0
CHANGES = ("label", "target moved", "window moved", "resize", "raised", "focus", "overlay", "look-alike overlay")
TICKS = ("caret", "clock", "spinner", "hover", "progress bar", "video")
IN_A_ROW = 20
"""So many harmless trials share one layout."""
CAPTURES = [CaptureTarget(), CaptureTarget("window", "Stage"), CaptureTarget("region", region=Rect(90, 80, 700, 560))]


class Stage:
    """The stage's process, and what the X server says about it."""

    def __init__(self) -> None:
        env = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_ENABLE_HIGHDPI_SCALING": "0"}
        command = [sys.executable, str(Path(__file__).with_name("stage.py"))]
        self._process = subprocess.Popen(command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._display = Display()
        self._root = self._display.screen().root
        self._lines.get(timeout=PATIENCE)

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)

    def ask(self, word: str, what=None):
        self._process.stdin.write(json.dumps([word, what]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._lines.get(timeout=PATIENCE))

    def truth(self, at: Point):
        """What a click there would reach, where that stands, and who has the keyboard; by the server alone."""
        child = self._root.translate_coords(self._root, at.x, at.y).child
        place = child.get_geometry() if child else None
        active = self._root.get_full_property(self._display.get_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        stands = place and (place.x, place.y, place.width, place.height)
        return (child.id if child else 0, stands), list(active.value) if active else []

    def point(self, to: Point) -> None:
        """Bring the pointer there."""
        self._root.warp_pointer(to.x, to.y)
        self._display.sync()

    def deal(self, seed: int) -> Rect:
        """A fresh layout, at rest; where its target is."""
        self.point(Point(5, 5))
        self.ask("deal", seed)
        before, end = None, time.monotonic() + PATIENCE
        while time.monotonic() < end:
            where = self.ask("where")
            now = where, self.truth(Rect(*where["box"]).centre)
            if where["active"] and now == before:
                return Rect(*where["box"])
            before = now
            time.sleep(0.03)
        raise TimeoutError("the stage does not come to rest")

    def await_change(self, at: Point, before, *, keyboard: bool) -> None:
        """Wait until the server itself tells of the change; of the keyboard's, which may come after the window's."""
        end = time.monotonic() + PATIENCE
        while (now := self.truth(at)) == before or (keyboard and now[1] == before[1]):
            if time.monotonic() > end:
                raise TimeoutError("the change does not come about")
            time.sleep(0.005)

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._process.stdout.close()
        self._display.close()


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    opened = Stage()
    try:
        yield opened
    finally:
        opened.close()


def action_for(frame: Frame, box: Rect, rng: random.Random, *, keyboard: bool = False):
    """Something that a model could do there: about the middle of the target, as models aim."""
    if keyboard:
        return rng.choice([TypeText("abc"), PressKeys(("enter",))])
    spread = (min(12, box.width // 5), box.height // 5)
    place = box.centre.moved(rng.randint(-spread[0], spread[0]), rng.randint(-spread[1], spread[1]))
    view = frame.view
    at = GridPoint(
        (1000 * (place.x - view.left) + 500) // view.width, (1000 * (place.y - view.top) + 500) // view.height
    )
    return rng.choice([Click(at=at), Click("left", 2, at), Move(at), Drag(at), Scroll(-3, at=at)])


def changed(stage: Stage, desktop: Desktop, seed: int, count: int) -> tuple[Counter[str], Counter[str]]:
    """How many targets changed between look and act, by what happened to them, and how many of each were noticed."""
    rng = random.Random(seed)
    tried: Counter[str] = Counter()
    noticed: Counter[str] = Counter()
    for number in range(count):
        what = CHANGES[number % len(CHANGES)]
        layout = rng.randrange(1 << 30)
        box = stage.deal(layout)
        frame = look(desktop, rng.choice(CAPTURES))
        action = action_for(frame, box, rng, keyboard=what == "focus")
        at = target(action, frame) or box.centre
        before = stage.truth(at)
        stage.ask("change", [what, layout])
        if what not in ("label", "target moved"):
            stage.await_change(at, before, keyboard=what == "focus")
        tried[what] += 1
        if same_target(action, frame, desktop):
            print(f"not noticed: {what} at {at} of {box}, {action}, layout {layout}", file=sys.stderr)
        else:
            noticed[what] += 1
    return tried, noticed


def benign(stage: Stage, desktop: Desktop, seed: int, count: int) -> tuple[Counter[str], Counter[str]]:
    """How many harmless things went on between look and act, by kind, and how many of each were taken for a change."""
    rng = random.Random(seed)
    tried: Counter[str] = Counter()
    alarms: Counter[str] = Counter()
    layout, box = 0, Rect(0, 0, 0, 0)
    for number in range(count):
        if number % IN_A_ROW == 0:
            layout = rng.randrange(1 << 30)
            box = stage.deal(layout)
        what = TICKS[number % len(TICKS)]
        frame = look(desktop, rng.choice(CAPTURES))
        action = action_for(frame, box, rng, keyboard=rng.random() < 0.1)
        _go_on(stage, what, box, rng)
        tried[what] += 1
        if not same_target(action, frame, desktop):
            alarms[what] += 1
            print(f"false alarm: {what} at {target(action, frame)} of {box}, layout {layout}", file=sys.stderr)
    return tried, alarms


def _go_on(stage: Stage, what: str, box: Rect, rng: random.Random) -> None:
    if what == "hover":
        stage.point(rng.choice([box.centre, Point(5, 5)]))
        stage.ask("tick", what)
    elif what == "caret":
        time.sleep(rng.uniform(0, 0.06))
    else:
        for _ in range(rng.randint(1, 3)):
            stage.ask("tick", what)
