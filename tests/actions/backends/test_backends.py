"""Which parts a platform's desktop is made of, and that none is opened whose session cannot be worked."""

import pytest
from fake_mac import FakeMac
from fake_windows import AWARE, FakeWindows

from actions import backends
from actions.backends import (
    conditions,
    desktop_name,
    open_desktop,
    quartz_screen,
    quartz_session,
    quartz_windows,
    refusal,
    win32,
    win32_session,
    win32_windows,
)
from actions.errors import NoDesktop


@pytest.fixture
def windows(monkeypatch):
    """As if this were Windows."""
    system = FakeWindows()
    monkeypatch.setattr(backends, "_PLATFORM", "win32")
    for module in (win32, win32_session, win32_windows):
        monkeypatch.setattr(module, "libraries", system.libraries)
    return system


@pytest.fixture
def mac(monkeypatch):
    """As if this were a Mac."""
    system = FakeMac()
    monkeypatch.setattr(backends, "_PLATFORM", "darwin")
    for module in (quartz_session, quartz_screen, quartz_windows):
        monkeypatch.setattr(module, "frameworks", system.frameworks)
    return system


def names():
    desktop = backends._real(None)
    desktop.screen.close()
    return [part.name for part in desktop.parts()]


def test_windows_has_its_parts_and_its_pixels_are_pixels_before_any_of_them_is_opened(windows):
    assert names() == ["mss", "win32", "win32", "pynput", "none", "none"]
    assert windows.aware == AWARE
    assert (desktop_name(), refusal()) == ("Windows", None)
    assert [one.what for one in conditions()] == ["Screen lock", "Rights"]


def test_a_mac_has_its_parts(mac):
    assert names() == ["mss", "quartz", "quartz", "pynput", "none", "none"]
    assert (desktop_name(), refusal()) == ("macOS", None)
    assert [one.what for one in conditions()] == [
        "Screen lock",
        "Screen Recording",
        "Accessibility",
        "Input Monitoring",
    ]


def test_x_has_its_parts(on_screen):
    assert names() == ["mss", "pyautogui", "x11", "pynput", "freedesktop", "AT-SPI"]


def test_a_locked_windows_is_not_opened(windows):
    windows.desktop = None
    with pytest.raises(NoDesktop, match="unlock it"):
        open_desktop()
    assert "unlock it" in refusal()
    assert open_desktop(dry_run=True).screen.name == "dry_run"


def test_scaled_pixels_are_not_opened(windows):
    windows.awareness = (False, False)
    with pytest.raises(NoDesktop, match="scaled pixels"):
        open_desktop()


def test_a_mac_without_a_permission_is_not_opened_and_asks_the_person_for_it(mac):
    mac.allowed["act"] = False
    with pytest.raises(NoDesktop, match="Accessibility, switch Deskhand on"):
        open_desktop()
    assert mac.requested == ["act"]
    assert "Accessibility" in refusal()
    assert mac.requested == ["act"]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_a_platform_without_its_libraries_is_one_sentence(monkeypatch, platform):
    monkeypatch.setattr(backends, "_PLATFORM", platform)
    assert refusal()
    with pytest.raises(NoDesktop) as told:
        open_desktop()
    assert str(told.value) == refusal()
    assert conditions() == ()
