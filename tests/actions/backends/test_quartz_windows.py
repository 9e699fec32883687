"""Which of a Mac's windows are told, in what order, and in which pixels."""

import pytest
from fake_mac import FakeMac, Screen, window

from actions.backends.quartz import displays
from actions.backends.quartz_windows import QuartzWindows
from actions.desktop import Window
from actions.errors import CaptureError, ExecutionError
from actions.geometry import Point, Rect, Size


@pytest.fixture
def mac():
    return FakeMac(
        screens=[Screen((0, 0, 1440, 900), (2880, 1800)), Screen((-800, 0, 800, 600), (800, 600))],
        windows=[
            window(1, (0, 0, 1440, 24), "", "Window Server", layer=24, process=9),
            window(2, (100, 100, 300, 200), "Notes – 笔记", "Notes"),
            window(3, (50, 50, 40, 40), "ghost", "Notes", alpha=0),
            window(4, (-100, 10, 200, 100), "Two screens", "Safari", process=30),
            window(5, (5000, 0, 10, 10), "Far away", "Safari", process=30),
        ],
        focused=30,
    )


@pytest.fixture
def windows(mac):
    windows = QuartzWindows(mac.frameworks)
    windows.open()
    yield windows
    windows.close()
    windows.close()


NOTES = Window(2, "Notes – 笔记", "Notes", Rect(200, 200, 600, 400))
SAFARI = Window(4, "Two screens", "Safari", Rect(-200, 20, 400, 200))


def test_the_windows_are_the_ordinary_ones_that_can_be_seen(windows):
    assert windows.all() == (NOTES, SAFARI)


def test_the_stack_is_everything_in_the_pixels_of_each_screen(windows):
    assert windows.stack() == (
        (1, Rect(0, 0, 2880, 48)),
        (2, Rect(200, 200, 600, 400)),
        (3, Rect(100, 100, 80, 80)),
        (4, Rect(0, 20, 200, 200)),
        (4, Rect(-900, 10, 100, 100)),
    )


def test_the_window_at_a_place_is_the_one_that_a_click_would_reach(mac, windows):
    mac.hit = 2
    assert windows.at(Point(201, 200)) == NOTES
    assert mac.asked_at == (100.75, 799.75)  # from the bottom
    mac.hit = 77
    assert windows.at(Point(201, 200)) is None
    assert windows.at(Point(-10, 10)) is None  # the gap between the screens


def test_the_keyboard_is_with_the_frontmost_window_of_its_application(mac, windows):
    assert windows.active() == SAFARI
    mac.focused = None
    assert windows.active() == NOTES
    mac.windows = []
    assert windows.active() is None


def test_an_application_is_asked_to_come_to_the_front(mac, windows):
    windows.activate(4)
    windows.activate(99)
    assert mac.activated == [(30, 2)]


def test_a_mac_without_a_session_is_told(mac, windows):
    mac.windows = None
    with pytest.raises(CaptureError, match="log in at the screen"):
        windows.all()
    mac.screens = []
    with pytest.raises(CaptureError, match="tells of no screen"):
        windows.stack()


def test_a_screen_on_its_side_has_its_pixels_on_their_side(mac):
    mac.screens = [Screen((0, 0, 900, 1440), (2880, 1800))]
    (found,) = displays(mac.frameworks().quartz)
    assert (found.pixels, found.scale) == (Size(1800, 2880), 2.0)


def test_windows_that_were_not_opened_say_so():
    with pytest.raises(CaptureError, match="not opened"):
        QuartzWindows().all()
    with pytest.raises(ExecutionError, match="not opened"):
        QuartzWindows().activate(1)
