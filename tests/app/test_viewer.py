"""The viewer shows another screen live, without being on it, and ends with it."""

import contextlib
import subprocess
import sys

import pytest

from actions.backends.mss_screen import MssScreen
from agent.virtual_screen import VirtualScreen
from app.viewer import Viewer

PAINT = """
import sys
from Xlib.display import Display
display = Display()
root = display.screen().root
root.change_attributes(background_pixel=int(sys.argv[1], 16))
root.clear_area()
display.sync()
"""
CORNER = """
from mss import MSS
with MSS() as eyes:
    print("%02x%02x%02x" % eyes.grab(eyes.monitors[0]).pixel(240, 135))
"""


def on(env: dict[str, str], code: str, *words: str) -> str:
    return subprocess.check_output([sys.executable, "-c", code, *words], env=env, text=True).strip()


@pytest.fixture
def watched():
    with VirtualScreen(640, 400, window_manager=False) as env:
        on(env, PAINT, "206080")
        yield env


def test_follows_what_happens_there(watched, qtbot, monkeypatch):
    monkeypatch.setenv("DISPLAY", watched["DISPLAY"])
    monkeypatch.setenv("XAUTHORITY", watched["XAUTHORITY"])
    screen = MssScreen()
    screen.open()
    viewer = Viewer(screen)
    qtbot.addWidget(viewer)
    assert viewer.picture.pixelColor(320, 200).name() == "#206080"
    on(watched, PAINT, "c04010")
    qtbot.waitUntil(lambda: viewer.picture.pixelColor(320, 200).name() == "#c04010")


def test_stands_on_the_persons_own_screen_and_ends_with_the_other(qtbot):
    with VirtualScreen(960, 540, window_manager=False) as own, contextlib.ExitStack() as stack:
        with VirtualScreen(960, 540, window_manager=False) as other:
            on(other, PAINT, "206080")
            command = ["-m", "app.viewer", "--display", other["DISPLAY"], "--xauthority", other["XAUTHORITY"]]
            env = {**own, "QT_QPA_PLATFORM": "xcb"}
            viewer = stack.enter_context(subprocess.Popen([sys.executable, *command], env=env))
            stack.callback(viewer.kill)
            # Its window is half as large as what it shows, in the corner where no window manager moves it.
            qtbot.waitUntil(lambda: on(own, CORNER) == "206080", timeout=30_000)
        assert viewer.wait(timeout=30) == 0


def test_says_when_there_is_nothing_to_see(tmp_path):
    words = ["-m", "app.viewer", "--display", ":9999", "--xauthority", str(tmp_path / "none")]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("The screen cannot be read")
    assert "Traceback" not in done.stderr
