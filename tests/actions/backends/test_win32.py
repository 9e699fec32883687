"""What is asked of Windows has the sizes and types that its documents give, and pixels are pixels or nothing is opened."""

import ctypes
import subprocess
import sys

import pytest
from fake_windows import AWARE, FakeWindows

from actions.backends import win32
from actions.backends.win32 import be_dpi_aware, declared, libraries
from actions.errors import NoDesktop

# The sizes and places that a 64-bit compiler gives them.
SIZES = {
    win32.POINT: (8, {"x": 0, "y": 4}),
    win32.RECT: (16, {"left": 0, "top": 4, "right": 8, "bottom": 12}),
    win32.MOUSEINPUT: (32, {"dx": 0, "dy": 4, "mouseData": 8, "dwFlags": 12, "time": 16, "dwExtraInfo": 24}),
    win32.KEYBDINPUT: (24, {"wVk": 0, "wScan": 2, "dwFlags": 4, "time": 8, "dwExtraInfo": 16}),
    win32.INPUT: (40, {"type": 0, "mi": 8, "ki": 8}),
    win32.SidAndAttributes: (16, {"Sid": 0, "Attributes": 8}),
}


@pytest.mark.parametrize("structure", SIZES)
def test_structures_are_as_windows_has_them(structure):
    size, places = SIZES[structure]
    assert ctypes.sizeof(structure) == size
    assert {name: getattr(structure, name).offset for name in places} == places


@pytest.mark.parametrize(
    "function, place",
    [
        ("GetForegroundWindow", None),
        ("WindowFromPoint", None),
        ("GetAncestor", 0),
        ("GetWindowLongW", 0),
        ("OpenInputDesktop", None),
        ("OpenProcess", None),
        ("CloseHandle", 0),
        ("SetProcessDpiAwarenessContext", 0),
    ],
)
def test_handles_keep_all_their_bits(function, place):
    arguments, result = next(library[function] for library in win32.SIGNATURES.values() if function in library)
    assert (result if place is None else arguments[place]) is ctypes.c_void_p


def test_every_function_is_declared_with_all_its_types():
    with pytest.raises(ctypes.ArgumentError):
        FakeWindows().libraries().user32.GetAncestor(1.5, 2)
    with pytest.raises(AttributeError):
        declared(object(), {"NoSuchFunction": ((), None)})


@pytest.mark.parametrize("process, thread", [(True, True), (True, False), (False, True)])
def test_pixels_are_pixels_where_process_or_thread_can_be_told(process, thread):
    windows = FakeWindows(awareness=(process, thread))
    be_dpi_aware(windows.libraries().user32)
    assert windows.aware == AWARE


def test_scaled_pixels_are_refused():
    with pytest.raises(NoDesktop, match=r"scaled pixels.*compatibility settings"):
        be_dpi_aware(FakeWindows(awareness=(False, False)).libraries().user32)


@pytest.mark.skipif(sys.platform == "win32", reason="there they are")
def test_windows_libraries_are_not_elsewhere():
    with pytest.raises(NoDesktop, match="only on Windows"):
        libraries()


MODULES = ["input", "lifter", "session", "windows"]


@pytest.mark.parametrize(
    "module",
    [
        *("win32", *(f"win32_{name}" for name in MODULES)),
        *("quartz", "quartz_screen", *(f"quartz_{name}" for name in MODULES)),
        *("points", "event_input", "arrival", "bus", "x11_session"),
    ],
)
def test_each_module_comes_without_any_systems_libraries(module):
    libraries = ("Xlib", "mss", "pyautogui", "pynput", "Quartz", "AppKit", "HIServices")
    code = f"import sys, actions.backends.{module}; print([name for name in {libraries} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
