"""Which of Windows' windows are told, in what order, and in which pixels."""

import pytest
from fake_windows import AWARE, FakeWindows, Shown

from actions.backends.win32_windows import Win32Windows, is_a_persons, takes_clicks
from actions.desktop import Window
from actions.errors import CaptureError, ExecutionError
from actions.geometry import Point, Rect

TRANSPARENT, TOOL, APP, LAYERED = 0x20, 0x80, 0x40000, 0x80000


@pytest.fixture
def system():
    return FakeWindows(
        {
            100: Shown((0, 0, 1920, 1080), "Overlay", style=TRANSPARENT | LAYERED | TOOL),
            200: Shown((-1500, 100, -500, 700), "Notes – 笔记", border=8),
            300: Shown((0, 0, 400, 300), "Elsewhere", cloaked=True),
            400: Shown((0, 0, 400, 300), "Hidden", visible=False),
            500: Shown((10, 10, 200, 40), "", style=TOOL),
            600: Shown((100, 100, 300, 200), "Save as", owner=200),
            700: Shown((0, 0, 1920, 1080), "Program Manager", style=TOOL),
        },
        programs={20: "C:\\Program Files\\Notes\\notes.exe"},
        foreground=200,
    )


@pytest.fixture
def windows(system):
    windows = Win32Windows(system.libraries)
    windows.open()
    yield windows
    windows.close()
    windows.close()


NOTES = Window(200, "Notes – 笔记", "notes", Rect(-1492, 108, 984, 584))


def test_the_windows_are_those_that_a_person_would_name(system, windows):
    assert windows.all() == (NOTES,)
    assert system.aware == AWARE


def test_the_stack_is_what_takes_clicks_borders_and_all_the_topmost_first(windows):
    assert windows.stack() == (
        (200, Rect(-1500, 100, 1000, 600)),
        (500, Rect(10, 10, 190, 30)),
        (600, Rect(100, 100, 200, 100)),
        (700, Rect(0, 0, 1920, 1080)),
    )


@pytest.mark.parametrize(
    "style, clicked", [(0, True), (TRANSPARENT, True), (LAYERED, True), (TRANSPARENT | LAYERED, False)]
)
def test_only_what_is_layered_and_transparent_lets_the_mouse_through(style, clicked):
    assert takes_clicks(style) == clicked


@pytest.mark.parametrize(
    "style, title, owned, named",
    [
        *((0, "A", False, True), (0, "", False, False), (TOOL, "A", False, False), (0, "A", True, False)),
        *((APP, "A", True, True), (APP | TOOL, "A", False, True)),
    ],
)
def test_a_persons_windows_are_as_alt_and_tab_have_them(style, title, owned, named):
    assert is_a_persons(style, title, owned=owned) == named


def test_the_window_at_a_place_is_the_whole_of_what_is_there(system, windows):
    assert windows.at(Point(-1000, 200)) == NOTES
    assert windows.at(Point(9000, 9000)) is None


def test_the_keyboards_window_is_told_and_given(system, windows):
    assert windows.active() == NOTES
    system.windows[600].iconic = True
    windows.activate(600)
    assert windows.active().id == 600
    assert not system.windows[600].iconic
    system.foreground = 0
    assert windows.active() is None


def test_a_program_that_may_not_be_asked_has_no_name(system, windows):
    del system.levels[20]
    assert windows.active().application == ""
    assert system.open_handles == 0


def test_a_desktop_that_does_not_have_the_input_is_told(system, windows):
    system.desktop = "Winlogon"
    with pytest.raises(CaptureError, match="another desktop"):
        windows.stack()


def test_windows_that_were_not_opened_say_so():
    windows = Win32Windows()
    with pytest.raises(CaptureError, match="not opened"):
        windows.all()
    with pytest.raises(ExecutionError, match="not opened"):
        windows.activate(1)
