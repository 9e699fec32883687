"""What is said of a locked Windows and of windows with more rights, for what the system answers."""

import pytest
from fake_windows import FakeWindows, Shown

from actions.backends.win32_session import Win32Session, out_of_reach, shown

LOW, MEDIUM, HIGH, SYSTEM = 0x1000, 0x2000, 0x3000, 0x4000


@pytest.mark.parametrize(
    "desktop, said",
    [
        ("Default", None),
        (None, "locked, or asks for an administrator's consent"),
        ("Winlogon", "locked, or asks for an administrator's consent"),
        ("Screen-saver", "screen saver: move the mouse"),
        ("ScreenSaver", "screen saver: move the mouse"),
        ("Sandbox", "another desktop, “Sandbox”: go back"),
    ],
)
def test_what_is_said_of_each_desktop_that_may_have_the_input(desktop, said):
    windows = FakeWindows(desktop=desktop)
    session = Win32Session(windows.libraries())
    for found in (shown(desktop), session.sight(), session.reach(keyboard=True)):
        assert found is None if said is None else said in found
    assert [one.well for one in session.conditions()] == [said is None, True]
    assert windows.open_handles == 0


@pytest.mark.parametrize(
    "theirs, ours, works",
    [
        *((LOW, MEDIUM, True), (MEDIUM, MEDIUM, True), (HIGH, MEDIUM, False), (SYSTEM, MEDIUM, False)),
        *((None, MEDIUM, False), (None, HIGH, True), (HIGH, HIGH, True), (SYSTEM, HIGH, False), (MEDIUM, LOW, False)),
    ],
)
def test_a_window_with_more_rights_is_refused(theirs, ours, works):
    said = out_of_reach("Task Manager", theirs, ours)
    assert said is None if works else "“Task Manager” runs as administrator" in said


@pytest.fixture
def windows():
    """Beside an ordinary window an administrator's."""
    return FakeWindows(
        {100: Shown((0, 0, 500, 500), "Notes", 20), 200: Shown((500, 0, 900, 500), "Registry Editor", 30)},
        levels={1: MEDIUM, 20: MEDIUM, 30: HIGH},
    )


def test_keys_go_by_who_has_the_keyboard_and_clicks_by_what_is_under_the_pointer(windows):
    session = Win32Session(windows.libraries())
    windows.foreground, windows.cursor = 100, (600, 10)
    assert session.reach(keyboard=True) is None
    assert "“Registry Editor” runs as administrator" in session.reach(keyboard=False)
    windows.foreground, windows.cursor = 200, (10, 10)
    assert "“Registry Editor” runs as administrator" in session.reach(keyboard=True)
    assert session.reach(keyboard=False) is None
    assert windows.open_handles == 0


@pytest.mark.parametrize("level", [None, "gone"])
def test_a_process_that_may_not_be_asked_counts_as_higher(windows, level):
    windows.foreground = 200
    if level is None:
        windows.levels[30] = None
    else:
        del windows.levels[30]
    assert "runs as administrator" in Win32Session(windows.libraries()).reach(keyboard=True)
    assert windows.open_handles == 0


def test_an_administrator_reaches_an_administrators_window(windows):
    windows.levels[1], windows.foreground = HIGH, 200
    session = Win32Session(windows.libraries())
    assert session.reach(keyboard=True) is None
    assert session.conditions()[1].found == "administrator"


def test_where_no_window_is_nothing_is_in_the_way(windows):
    windows.cursor = (5000, 5000)
    session = Win32Session(windows.libraries())
    assert session.reach(keyboard=True) is None
    assert session.reach(keyboard=False) is None
