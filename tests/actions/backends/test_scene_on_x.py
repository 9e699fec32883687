"""A real X screen that changes between look and act: nothing is done for what was seen before."""

import subprocess
from dataclasses import replace

import pytest

from actions.action import Click, PressKeys
from actions.backends.dry_run import DryControls, dry_desktop
from actions.backends.mss_screen import MssScreen
from actions.backends.x11_windows import X11Windows
from actions.execute import same_target
from actions.geometry import GridPoint, Rect
from actions.look import CaptureTarget, look
from agent.virtual_screen import VirtualScreen

CLICK, CHORD = Click(at=GridPoint(250, 500)), PressKeys(("enter",))


@pytest.fixture
def xrandr(monkeypatch):
    """Changes the monitors of a screen of its own: A to the left, B to the right of it."""
    with VirtualScreen(800, 600) as env:
        for name in ("DISPLAY", "XAUTHORITY"):
            monkeypatch.setenv(name, env[name])

        def run(*words: str) -> None:
            subprocess.run(["xrandr", *words], env=env, check=True)

        run("--newmode", "small", *"25 640 656 752 800 480 490 492 525".split())
        run("--addmode", "screen", "small")
        run("--setmonitor", "A", "400/100x600/100+0+0", "none")
        run("--setmonitor", "B", "400/100x500/100+400+0", "none")
        yield run


@pytest.fixture
def eyes(on_screen):
    """Real eyes, and hands that only write down."""
    yield from _eyes()


@pytest.fixture
def own_eyes(xrandr):
    """The same on the screen whose monitors change."""
    yield from _eyes()


def _eyes():
    screen, windows = MssScreen(), X11Windows()
    screen.open()
    windows.open()
    yield dry_desktop(eyes=(screen, windows, DryControls()))
    windows.close()
    screen.close()


@pytest.mark.parametrize("capture", [CaptureTarget(), CaptureTarget("region", region=Rect(10, 10, 300, 300))])
@pytest.mark.parametrize(
    "change",
    [
        ("--setmonitor", "B", "400/100x500/100+400+50", "none"),
        ("--setmonitor", "B", "400/100x600/100+400+0", "none"),
        ("--delmonitor", "B"),
        ("--setmonitor", "C", "100/20x100/20+0+0", "none"),
    ],
    ids=["moved", "resized", "gone", "added"],
)
def test_other_monitors_are_noticed(own_eyes, xrandr, capture, change):
    frame = look(own_eyes, capture)
    assert same_target(CLICK, frame, own_eyes)
    if change[1] == "B":
        xrandr("--delmonitor", "B")
    if change[0] == "--setmonitor":
        xrandr(*change)
    assert not same_target(CLICK, frame, own_eyes)
    assert not same_target(CHORD, frame, own_eyes)
    assert same_target(CLICK, look(own_eyes, capture), own_eyes)


@pytest.mark.parametrize("capture", [CaptureTarget(), CaptureTarget("region", region=Rect(10, 10, 300, 300))])
def test_another_resolution_is_noticed(own_eyes, xrandr, capture):
    xrandr("--delmonitor", "A")
    xrandr("--delmonitor", "B")
    frame = look(own_eyes, capture)
    assert same_target(CLICK, frame, own_eyes)
    xrandr("--output", "screen", "--mode", "small")
    assert not same_target(CLICK, frame, own_eyes)
    assert same_target(CLICK, look(own_eyes, capture), own_eyes)


@pytest.mark.parametrize("capture", [CaptureTarget(), CaptureTarget("window", "Plain")], ids=["desktop", "window"])
@pytest.mark.parametrize("change", [{"x": 290, "y": 210}, {"width": 420, "height": 330}], ids=["moved", "resized"])
def test_a_plain_window_that_moved_looks_the_same_and_is_noticed(eyes, painter, until, capture, change):
    window = painter.window(Rect(300, 200, 400, 300), 0x446688, title="Plain")
    until(lambda: any(each.title == "Plain" for each in eyes.windows.all()))
    seen = eyes.windows.all()[0].rect
    middle = Click(at=GridPoint(1000 * seen.centre.x // 1920, 1000 * seen.centre.y // 1080))
    action = middle if capture.kind == "desktop" else CLICK
    frame = look(eyes, capture)
    assert same_target(action, frame, eyes)
    window.configure(**change)
    painter.display.sync()
    until(lambda: eyes.windows.all()[0].rect != seen)
    assert same_target(action, replace(frame, scene=None), eyes)
    assert not same_target(action, frame, eyes)
    window.destroy()
    painter.display.sync()
    until(lambda: not eyes.windows.all())


@pytest.mark.parametrize("seen", [True, False], ids=["popup", "invisible"])
def test_what_no_window_manager_knows_of_is_noticed_over_the_place(eyes, painter, seen):
    from Xlib import X

    frame = look(eyes, CaptureTarget())
    kind = {} if seen else {"window_class": X.InputOnly, "depth": 0, "visual": X.CopyFromParent}
    box = dict(zip(("x", "y", "width", "height"), (400, 500, 200, 100), strict=True))
    # It shows what is there already.
    paint = {"background_pixmap": X.ParentRelative} if seen else {}
    depth = kind.pop("depth", painter.display.screen().root_depth)
    popup = painter.root.create_window(*box.values(), 0, depth, override_redirect=True, **kind, **paint)
    popup.map()
    painter.display.sync()
    there, elsewhere = GridPoint(260, 500), GridPoint(700, 500)
    assert not same_target(Click(at=there), frame, eyes)
    assert same_target(Click(at=elsewhere), frame, eyes)
    popup.destroy()
    painter.display.sync()
    assert same_target(Click(at=there), frame, eyes)
