"""What the eyes see of a real screen: every pixel in its colour and its place."""

import subprocess

import pytest

from actions.backends.dry_run import DryControls, DryInput, DryListener, DrySystem
from actions.backends.mss_screen import MssScreen
from actions.desktop import Desktop
from actions.errors import CaptureError, NoDesktop
from actions.geometry import Rect
from actions.look import CaptureTarget, look, look_at
from agent.virtual_screen import VirtualScreen

WHOLE = Rect(0, 0, 1920, 1080)


@pytest.fixture
def eyes(on_screen):
    eyes = MssScreen()
    eyes.open()
    yield eyes
    eyes.close()
    eyes.close()


@pytest.fixture
def desktop(eyes, windows):
    return Desktop(eyes, DryInput(), windows, DryListener(), DrySystem(), DryControls())


def colours(frame, *points):
    image = frame.image()
    return ["#{:02x}{:02x}{:02x}".format(*image.getpixel(point)) for point in points]


def test_there_is_one_monitor_as_large_as_the_screen(eyes):
    (monitor,) = eyes.monitors()
    assert (monitor.name, monitor.rect, monitor.primary) == ("1", WHOLE, True)


def test_every_pixel_has_its_colour_and_its_place(desktop, painter):
    window = painter.window(Rect(400, 300, 20, 10), 0x102030, managed=False)
    painter.fill(window, Rect(0, 0, 1, 1), 0xFF0000)
    painter.fill(window, Rect(19, 0, 1, 1), 0x00FF00)
    painter.fill(window, Rect(0, 9, 1, 1), 0x0000FF)
    painter.fill(window, Rect(19, 9, 1, 1), 0xFEDCBA)
    frame = look(desktop, CaptureTarget("region", region=Rect(400, 300, 20, 10)))
    corners = colours(frame, (0, 0), (19, 0), (0, 9), (19, 9))
    assert corners == ["#ff0000", "#00ff00", "#0000ff", "#fedcba"]
    assert frame.rgb.count(bytes((0x10, 0x20, 0x30))) == 196
    whole = look(desktop, CaptureTarget("monitor"))
    assert whole.view == WHOLE
    assert colours(whole, (400, 300), (419, 309), (1, 1)) == ["#ff0000", "#fedcba", colours(whole, (5, 5))[0]]


def test_a_window_is_its_content_without_what_the_window_manager_adds(desktop, painter):
    painter.window(Rect(500, 400, 120, 80), 0xC86432, "Kupfer – 铜")
    frame = look(desktop, CaptureTarget("window", "Kupfer"))
    assert (frame.view.width, frame.view.height) == (120, 80)
    assert frame.rgb == bytes((0xC8, 0x64, 0x32)) * (120 * 80)
    around = Rect(frame.view.left - 1, frame.view.top - 1, 122, 82)
    assert look_at(desktop, around).rgb.count(bytes((0xC8, 0x64, 0x32))) == 120 * 80


@pytest.mark.parametrize("left, shown", [(1900, Rect(1900, 500, 20, 60)), (-70, Rect(0, 500, 30, 60))])
def test_of_a_window_half_off_screen_the_rest_is_seen(desktop, painter, left, shown):
    painter.window(Rect(left, 500, 100, 60), 0x33CC99, managed=False)
    assert desktop.windows.at(shown.centre).rect == Rect(left, 500, 100, 60)
    assert look(desktop, CaptureTarget("region", region=Rect(left, 500, 100, 60))).view == shown
    assert look_at(desktop, shown).rgb == bytes((0x33, 0xCC, 0x99)) * (shown.width * shown.height)


@pytest.mark.parametrize("view", [Rect(1900, 0, 21, 5), Rect(-1, 0, 5, 5), Rect(3000, 3000, 5, 5), Rect(5, 5, 0, 5)])
def test_what_is_not_on_the_screen_is_told_in_a_sentence(eyes, view):
    with pytest.raises(CaptureError) as error:
        eyes.grab(view)
    size = f"{view.width}×{view.height} at ({view.left}, {view.top})"
    assert str(error.value) == f"{size} is not all on the screen, which is 1920×1080 at (0, 0)."
    assert len(eyes.grab(Rect(0, 0, 2, 2)).rgb()) == 12


def test_a_screen_that_is_made_larger_is_seen_whole(go_to):
    def xrandr(*words: str) -> None:
        subprocess.run(["xrandr", *words], env=env, check=True)

    with VirtualScreen(800, 600, window_manager=False) as env:
        go_to(env)
        xrandr("--newmode", "small", *"25 640 656 752 800 480 490 492 525".split())
        xrandr("--addmode", "screen", "small")
        xrandr("--output", "screen", "--mode", "small")
        eyes = MssScreen()
        eyes.open()
        assert [monitor.rect for monitor in eyes.monitors()] == [Rect(0, 0, 640, 480)]
        xrandr("--output", "screen", "--mode", "800x600")
        assert [monitor.rect for monitor in eyes.monitors()] == [Rect(0, 0, 800, 600)]
        assert len(eyes.grab(Rect(0, 0, 800, 600)).rgb()) == 3 * 800 * 600
        eyes.close()


def test_the_primary_monitor_comes_first_whatever_the_order(go_to):
    with VirtualScreen(800, 600, window_manager=False) as env:
        go_to(env)
        subprocess.run(["xrandr", "--setmonitor", "A", "400/100x600/100+0+0", "none"], env=env, check=True)
        subprocess.run(["xrandr", "--setmonitor", "*B", "400/100x600/100+400+0", "screen"], env=env, check=True)
        eyes = MssScreen()
        eyes.open()
        first, second = eyes.monitors()
        assert (first.rect, first.primary) == (Rect(400, 0, 400, 600), True)
        assert (second.rect, second.primary) == (Rect(0, 0, 400, 600), False)
        assert first.name != second.name
        eyes.close()


def test_a_screen_that_is_gone_is_told(go_to):
    with VirtualScreen(200, 150, window_manager=False) as env:
        go_to(env)
        eyes = MssScreen()
        eyes.open()
        assert eyes.monitors()
    with pytest.raises(CaptureError, match="The screen cannot be read"):
        eyes.grab(Rect(0, 0, 10, 10))
    with pytest.raises(NoDesktop, match="The screen cannot be read"):
        eyes.monitors()
    with pytest.raises(CaptureError, match="not opened"):
        eyes.grab(Rect(0, 0, 10, 10))
    eyes.close()
