"""What Windows is sent for what the hands do."""

import pytest
from fake_windows import FakeWindows

from actions.backends.win32_input import KEYS, Win32Events, win32_hands
from actions.errors import ExecutionError, NoDesktop
from actions.geometry import Point
from actions.keys import NAMED_KEYS

UP, EXTENDED, UNICODE = 0x2, 0x1, 0x4


class Pointer:
    """What stands for pyautogui."""

    def __init__(self) -> None:
        self.at = (0, 0)

    def position(self):
        return self.at

    def moveTo(self, x, y, *, _pause):  # noqa: N802
        assert not _pause
        self.at = (x, y)


@pytest.fixture
def windows():
    return FakeWindows()


@pytest.fixture
def events(windows):
    events = Win32Events(windows.libraries, Pointer)
    events.open()
    return events


def test_opening_makes_pixels_pixels_before_the_pointers_library_is_loaded(windows):
    def load():
        assert windows.aware
        return Pointer()

    Win32Events(windows.libraries, load).open()


def test_the_pointer_goes_to_negative_places(events):
    events.move(Point(-1920, 1079))
    assert events.position() == Point(-1920, 1079)


@pytest.mark.parametrize("swapped, left, right", [(False, (0x2, 0x4), (0x8, 0x10)), (True, (0x8, 0x10), (0x2, 0x4))])
def test_the_left_button_is_the_first_one_also_where_they_are_swapped(windows, events, swapped, left, right):
    windows.swapped = swapped
    for button in ("left", "right", "middle"):
        for down in (True, False):
            events.send(f"button {button}", down=down)
    assert windows.sent == [("mouse", flags, 0) for flags in (*left, *right, 0x20, 0x40)]


def test_a_notch_is_a_notch(windows, events):
    events.wheel(2, horizontal=False)
    events.wheel(-1, horizontal=False)
    events.wheel(1, horizontal=True)
    events.wheel(-3, horizontal=True)
    assert windows.sent == [
        ("mouse", 0x800, 240),
        ("mouse", 0x800, -120),
        ("mouse", 0x1000, 120),
        ("mouse", 0x1000, -360),
    ]


def test_every_named_key_has_a_code_of_its_own():
    assert set(KEYS) == set(NAMED_KEYS)
    assert len(set(KEYS.values())) == len(KEYS)
    assert (KEYS["f1"], KEYS["f24"], KEYS["ctrl"], KEYS["enter"]) == (0x70, 0x87, 0x11, 0x0D)


@pytest.mark.parametrize(
    "key, flags", [("a", 0), ("left", EXTENDED), ("delete", EXTENDED), ("altgr", EXTENDED), ("shift", 0)]
)
def test_a_key_goes_down_and_up_with_its_scan_code(windows, events, key, flags):
    windows.keys["a"] = 0x41
    (name,) = events.names(key)
    code = int(name.split()[1])
    events.send(name, down=True)
    events.send(name, down=False)
    assert windows.sent == [("key", code, code + 1000, flags), ("key", code, code + 1000, flags | UP)]


@pytest.mark.parametrize(
    "scan, names",
    [
        (0x00BB, ("key 187",)),
        (0x01BB, ("key 16", "key 187")),
        (0x0632, ("key 17", "key 18", "key 50")),  # AltGr is Control and Alt
    ],
)
def test_a_character_is_the_keys_that_the_layout_has_for_it(windows, events, scan, names):
    windows.keys["+"] = scan
    assert events.names("+") == names


@pytest.mark.parametrize("key, scan", [("你", 0xFFFF), ("😀", 0x41), ("x", 0x0841)])
def test_a_character_that_the_layout_lacks_is_told(windows, events, key, scan):
    windows.keys[key[0]] = scan
    with pytest.raises(ExecutionError, match="no key"):
        events.names(key)


@pytest.mark.parametrize("character, units", [("é", [0xE9]), ("你", [0x4F60]), ("😀", [0xD83D, 0xDE00])])
def test_a_letter_is_sent_as_itself_whatever_the_layout(windows, events, character, units):
    events.letter(character)
    downs = [("key", 0, unit, UNICODE) for unit in units]
    assert windows.sent == downs + [("key", 0, unit, UNICODE | UP) for unit in units]


def test_input_that_windows_does_not_take_is_told(windows, events):
    windows.takes_input = False
    with pytest.raises(ExecutionError, match="Windows takes no input now"):
        events.send("button left", down=True)


def test_the_lifter_needs_nothing_but_windows_itself(windows):
    def never():
        raise AssertionError("not needed to let go")

    events = Win32Events(windows.libraries, never)
    events.lift_only()
    events.send("key 65", down=False)
    assert windows.sent == [("key", 65, 1065, UP)]


def test_hands_that_were_not_opened_say_so():
    events = Win32Events()
    for deed in (events.position, lambda: events.letter("a")):
        with pytest.raises(ExecutionError, match="not opened"):
            deed()
    assert win32_hands().name == "win32"
    with pytest.raises(NoDesktop):
        win32_hands().open()
