"""Windows of plain colours on a real screen, drawn by an X client of the tests' own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from actions.backends.x11_windows import X11Windows
from actions.geometry import Rect
from agent.virtual_screen import VirtualScreen

PATIENCE = 10.0


class Painter:
    """An X client that shows windows."""

    def __init__(self) -> None:
        from Xlib.display import Display

        self.display = Display()
        self.root = self.display.screen().root

    def window(self, rect: Rect, colour: int = 0x808080, title: str = "", managed: bool = True):
        """Show a window of one colour; returns it once it is shown."""
        from Xlib import X, Xutil

        window = self.root.create_window(
            *(rect.left, rect.top, rect.width, rect.height, 0, self.display.screen().root_depth),
            background_pixel=colour,
            override_redirect=not managed,
        )
        if title:
            text = self.display.get_atom("UTF8_STRING")
            window.change_property(self.display.get_atom("_NET_WM_NAME"), text, 8, title.encode())
        window.set_wm_class("painter", "Painter")
        window.set_wm_normal_hints(flags=Xutil.USPosition | Xutil.USSize)
        window.map()
        self.display.sync()
        _until(lambda: window.get_attributes().map_state == X.IsViewable)
        return window

    def fill(self, window, rect: Rect, colour: int) -> None:
        """Paint a part of a window."""
        window.fill_rectangle(window.create_gc(foreground=colour), rect.left, rect.top, rect.width, rect.height)
        self.display.sync()

    def close(self) -> None:
        self.display.close()


def _until(true, patience: float = PATIENCE) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline, "it does not become true"
        time.sleep(0.02)


@pytest.fixture
def until():
    """Waits until something is true."""
    return _until


@pytest.fixture
def go_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[Mapping[str, str]], None]:
    """Lets this process see the screen of an environment."""

    def go(env: Mapping[str, str]) -> None:
        for name in ("DISPLAY", "XAUTHORITY"):
            monkeypatch.setenv(name, env[name])

    return go


@pytest.fixture
def on_screen(screen: dict[str, str], go_to: Callable[[Mapping[str, str]], None]) -> None:
    """This process sees the tests' own screen."""
    go_to(screen)


@pytest.fixture
def painter(on_screen: None) -> Iterator[Painter]:
    painter = Painter()
    yield painter
    painter.close()


@pytest.fixture
def windows(on_screen: None) -> Iterator[X11Windows]:
    windows = X11Windows()
    windows.open()
    yield windows
    windows.close()
    windows.close()


@pytest.fixture
def bare(go_to: Callable[[Mapping[str, str]], None]) -> Iterator[X11Windows]:
    """The windows of a screen without a window manager, whose lists a test can write itself."""
    with VirtualScreen(400, 300, window_manager=False) as env:
        go_to(env)
        windows = X11Windows()
        windows.open()
        yield windows
        windows.close()


@pytest.fixture
def listed(bare: X11Windows):
    """Writes a list of windows as a window manager does."""
    painter = Painter()

    def write(name: str, *numbers: int) -> Painter:
        from Xlib import Xatom

        painter.root.change_property(painter.display.get_atom(name), Xatom.WINDOW, 32, list(numbers))
        painter.display.sync()
        return painter

    yield write
    painter.close()


_SAVER = """
import sys, time, dbus, dbus.mainloop.glib, dbus.service
from gi.repository import GLib
name, path, active, pause = sys.argv[1], sys.argv[2], sys.argv[3] == "True", float(sys.argv[4])
dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
class Saver(dbus.service.Object):
    @dbus.service.method(name, out_signature="b")
    def GetActive(self):
        time.sleep(pause)
        return active
owned = dbus.service.BusName(name, dbus.SessionBus())
saver = Saver(owned, path)
print("ready", flush=True)
GLib.MainLoop().run()
"""
_PYTHON = "/usr/bin/python3"  # the one that Debian's python3-dbus and python3-gi are for


class PrivateBus:
    """A D-Bus daemon of a test's own, with the screen savers that it starts."""

    def __init__(self, folder) -> None:
        self.address = f"unix:path={folder}/bus"
        command = ["dbus-daemon", "--session", "--nofork", "--print-address=1", f"--address={self.address}"]
        self._running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True)]
        assert self._running[0].stdout.readline().startswith("unix:")

    def saver(self, name: str, path: str, *, active: bool, pause: float = 0.0, display: str | None = None):
        """Start a screen saver that answers GetActive, on a display (this process's if not said)."""
        env = dict(os.environ, DBUS_SESSION_BUS_ADDRESS=self.address)
        if display is not None:
            env["DISPLAY"] = display
        command = [_PYTHON, "-c", _SAVER, name, path, str(active), str(pause)]
        process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
        self._running.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    def end(self, process) -> None:
        self._running.remove(process)
        process.kill()
        process.wait()
        process.stdout.close()

    def close(self) -> None:
        for process in tuple(reversed(self._running)):
            self.end(process)


@pytest.fixture
def dbus(tmp_path: Path) -> Iterator[PrivateBus]:
    asked = [_PYTHON, "-c", "import dbus, gi"]
    if not shutil.which("dbus-daemon") or subprocess.run(asked, capture_output=True, check=False).returncode:
        pytest.skip("needs dbus-daemon, python3-dbus and python3-gi")
    bus = PrivateBus(tmp_path)
    yield bus
    bus.close()
