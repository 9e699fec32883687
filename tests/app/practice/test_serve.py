"""The practice desk as a process on a real X screen: what is grabbed there equals what training is shown."""

import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from app.practice.layout import HEIGHT, WIDTH

ROOT = Path(__file__).resolve().parents[3]
PLACE = (300, 200)

# The same desk without a screen, in a process of its own as the generator is: says every picture's pixels on stdout.
OFFSCREEN = """
import json, sys
from random import Random
from app.practice.protocol import keep_stdout
out = keep_stdout()
from app.practice import look
look.application("offscreen")
from app.practice.layout import desk_spec, held_out_seed
from app.practice.scene import Scene
seed, steps = json.loads(sys.argv[1])
with Scene(desk_spec(Random(held_out_seed("deal", seed, None, 1)))) as scene:
    out.write(scene.draw().tobytes())
    for kind, *what in steps:
        scene.click(*what) if kind == "click" else scene.type(*what)
        out.write(scene.draw().tobytes())
out.flush()
"""


class Desk:
    """The process and the mouse and keyboard of its screen."""

    def __init__(self, env, *words):
        command = [sys.executable, "-m", "app.practice.serve", *words]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, **pipes)
        self.env = env

    def ask(self, request):
        self.process.stdin.write((request if isinstance(request, bytes) else json.dumps(request).encode()) + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def do(self, kind, *what):
        if kind == "click":
            x, y = what[0] + PLACE[0], what[1] + PLACE[1]
            words = ["mousemove", str(x), str(y), "click", "1"]
        else:
            words = ["type", "--delay", "20", what[0]]
        subprocess.run(["xdotool", *words], env=self.env, check=True)


@pytest.fixture
def desk(screen):
    desk = Desk(screen, "--place", f"{PLACE[0]},{PLACE[1]}")
    yield desk
    desk.process.stdin.close()
    assert desk.process.wait(timeout=20) == 0
    desk.process.stdout.close()
    desk.process.stderr.close()


@pytest.fixture
def grab(screen, monkeypatch):
    import mss

    monkeypatch.setenv("XAUTHORITY", screen["XAUTHORITY"])
    with mss.MSS(display=screen["DISPLAY"]) as eyes:
        area = {"left": PLACE[0], "top": PLACE[1], "width": WIDTH, "height": HEIGHT}
        yield lambda: np.asarray(eyes.grab(area))[:, :, 2::-1]


def offscreen(seed, steps):
    command = [sys.executable, "-c", OFFSCREEN, json.dumps([seed, steps])]
    raw = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(len(steps) + 1, HEIGHT, WIDTH, 3)


def until_equal(grab, expected, patience=8.0):
    """The pixels that still differ when the screen has had time to show what is expected."""
    deadline = time.monotonic() + patience
    while (different := int((grab() != expected).any(-1).sum())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return different


def centre(targets, kind, index=0):
    x, y, w, h = [target["box"] for target in targets if target["kind"] == kind][index]
    return x + w // 2, y + h // 2


@pytest.mark.parametrize("seed", [1, 2])
def test_the_screen_shows_what_training_is_shown_to_the_pixel(desk, grab, seed):
    targets = desk.ask({"deal": {"seed": seed}})["targets"]
    title = centre(targets, "menu", 1)
    steps = [
        ("click", *centre(targets, "button")),
        ("click", *centre(targets, "check")),
        ("click", *centre(targets, "field")),
        ("type", "Al1CE"),
        ("click", *centre(targets, "row", 1)),
        ("click", *title),  # opens
        ("click", title[0] + 40, title[1] + 24),  # picks the first item; the field has the keyboard again
        ("click", *title),
        ("click", 348, 230),  # closes
        ("click", *centre(targets, "check")),
        ("type", "x"),
    ]
    pictures = offscreen(seed, steps)
    assert until_equal(grab, pictures[0]) == 0
    for step, picture in zip(steps, pictures[1:], strict=True):
        desk.do(*step)
        assert until_equal(grab, picture) == 0, step
    clicks = desk.ask({"state": True})["clicks"]
    assert [(click["x"], click["y"]) for click in clicks] == [tuple(what) for kind, *what in steps if kind == "click"]


def test_bad_requests_are_answered_and_nothing_breaks(desk):
    assert "error" in desk.ask({"state": True})
    assert "error" in desk.ask(b"nonsense")
    assert "error" in desk.ask({"deal": {"seed": 1, "family": "fly"}})
    assert desk.ask({"deal": {"seed": 1, "family": "tick", "goals": 2}})["goals"] == 2
    assert desk.ask({"state": True})["finished"] is False
    assert desk.ask({"close": True}) == {"closed": True}


def test_a_desk_that_would_not_fit_is_refused(screen):
    command = [sys.executable, "-m", "app.practice.serve", "--place", "1900,5"]
    done = subprocess.run(command, cwd=ROOT, env=screen, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"would not be wholly on the 1920x1080 screen" in done.stderr
    assert b"Traceback" not in done.stderr


def test_without_a_screen_one_sentence_says_so(screen):
    env = {name: value for name, value in screen.items() if name != "DISPLAY"}
    command = [sys.executable, "-m", "app.practice.serve"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
