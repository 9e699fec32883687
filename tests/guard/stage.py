"""The stage on which the labelled pages are shown: real programs of three toolkits, with an accessibility bus of their own.

    with VirtualScreen(*ROOM) as env, ControlStage(env) as stage:
        for page in stage.pages():
            places = stage.show(page)

While the stage is up, this process and its children have its screen and its buses in their environment; afterwards all is
as it was. `labels.py` says what the pages are and what is true of them, `check_labels.py` that it is true.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from child import PATIENCE, Child
from hand import Hand
from labels import TOOLKITS, Page, load

from actions.geometry import Rect

SYSTEM_PYTHON = "/usr/bin/python3"
BUS_LAUNCHERS = tuple(
    f"{folder}/at-spi-bus-launcher" for folder in ("/usr/libexec", "/usr/lib/at-spi2-core", "/usr/lib")
)
ROOM = (1280, 900)
QUIET = 0.02
STARTS = 3
"""How often buses and programs are started at most, before that is given up."""
_GTK = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"


def missing(toolkit: str) -> str:
    """What a toolkit, or its bus, lacks on this machine, or nothing."""
    if not shutil.which("dbus-daemon") or not any(map(_runs, BUS_LAUNCHERS)):
        return "needs an accessibility bus (dbus, at-spi2-core)"
    match toolkit:
        case "gtk":
            asked = [SYSTEM_PYTHON, "-c", _GTK]
            found = _runs(SYSTEM_PYTHON) and not subprocess.run(asked, capture_output=True, check=False).returncode
            return "" if found else "needs GTK 3 for the system's Python (python3-gi, gir1.2-gtk-3.0)"
        case "chromium":
            return "" if shutil.which("chromium") else "needs chromium"
    return ""


def _runs(program: str) -> bool:
    return os.access(program, os.X_OK)


class ControlStage:
    """Shows one page at a time, each in its toolkit.

    Args:
        env: the environment of a screen that is up.
        toolkits: which are wanted; those that are missing are left out, and `lacking` says why.
    """

    def __init__(self, env: Mapping[str, str], toolkits: tuple[str, ...] = TOOLKITS) -> None:
        self.lacking = {toolkit: words for toolkit in toolkits if (words := missing(toolkit))}
        self.toolkits = tuple(toolkit for toolkit in toolkits if toolkit not in self.lacking)
        self._screen = dict(env)
        self._children: dict[str, Child] = {}
        self._page: Page | None = None
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "ControlStage":
        # At times a bus comes up on which no program tells what it shows, however often it is started.
        for left in reversed(range(STARTS)):
            try:
                self._stack = self._set_up()
                break
            except TimeoutError:
                if not left:
                    raise
        return self

    def __exit__(self, *_: object) -> None:
        self._children.clear()
        self._stack.close()

    def _set_up(self) -> contextlib.ExitStack:
        """Buses, a hand and the programs; what takes them down again."""
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            stack.enter_context(_environment({**self._screen, **_private(folder)}))
            if self.toolkits:
                os.environ["DBUS_SESSION_BUS_ADDRESS"] = stack.enter_context(_session_bus())
                bus = stack.enter_context(_accessibility_bus())
            self.hand = Hand(os.environ["DISPLAY"])
            stack.callback(self.hand.close)
            for toolkit in self.toolkits:
                self._children[toolkit] = _start(toolkit)
                stack.callback(self._children[toolkit].close)
            for child in self._children.values():
                child.until("ready")
            if self.toolkits:
                _await_programs(bus, len(self.toolkits))
            return stack.pop_all()

    def pages(self) -> tuple[Page, ...]:
        """The pages of the toolkits that are here."""
        return tuple(page for page in load() if page.toolkit in self.toolkits)

    def show(self, page: Page) -> dict[str, Rect]:
        """Show a page alone, in front and with the keyboard; where its controls lie on the desktop.

        A page with a menu has it open, opened as a person does.
        """
        if self._page and self._page.toolkit != page.toolkit:
            self._children[self._page.toolkit].tell("hide")
        self._page = page
        self.hand.move(0, 0)
        self._child.tell("show", page.shown())
        places = self._at_rest()
        if page.form == "menu":
            centre = places["menu"].centre
            self.hand.click(centre.x, centre.y)
            # GTK takes letters only once an item is lit.
            self.hand.press("Down")
            places = self._at_rest({control.id for control in page.controls if control.kind == "menu_item"})
        self.did()
        return {name: place for name, place in places.items() if name != "menu"}

    def focus(self, control: str) -> None:
        """Give a control of the page the keyboard."""
        self._child.tell("focus", control)
        self._child.until("focused", id=control)
        self.did()

    def close_menu(self) -> None:
        """Put the open menu of the page away, as a person does, so that keys reach the window again."""
        for _ in range(2):
            self.hand.press("Escape")
            self.did(rest=2 * QUIET)

    def did(self, *, patience: float = 0.0, rest: float = QUIET) -> list[str]:
        """The ids of the controls that were worked since it was last asked, each once, in order.

        Args:
            patience: seconds to wait for the first.
            rest: seconds of silence after which no more is expected.
        """
        end, done = time.monotonic() + patience, self._told(rest)
        while not done and time.monotonic() < end:
            done = self._told(rest)
        return list(dict.fromkeys(done))

    @property
    def _child(self) -> Child:
        return self._children[self._page.toolkit]

    def _told(self, rest: float) -> list[str]:
        return [said["id"] for said in self._child.told(rest) if said["kind"] == "did"]

    def _at_rest(self, wanted: Set[str] = frozenset()) -> dict[str, Rect]:
        """Where the controls are once the page is in front and nothing moves any more."""
        end, before = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            self._child.tell("where")
            now = self._child.until("placed")
            in_front = now["active"] and self.hand.in_front() == self._page.title
            if in_front and now["places"] and now["places"] == before and wanted <= set(before):
                return {name: Rect(*place) for name, place in before.items()}
            if not in_front:
                self.hand.bring_forward(self._page.title)
            before = now["places"]
            time.sleep(QUIET)
        raise TimeoutError(f"{self._page.id} does not come to rest: {now}")


def _start(toolkit: str) -> Child:
    return Child(f"{toolkit}_stage.py", python=SYSTEM_PYTHON if toolkit == "gtk" else sys.executable)


def _private(folder: str) -> dict[str, str]:
    """Settings, caches and sockets of nobody's own, and all toolkits speaking to the accessibility bus."""
    own = {f"XDG_{name}_HOME": f"{folder}/{name.lower()}" for name in ("CONFIG", "DATA", "CACHE", "STATE")}
    return {**own, "XDG_RUNTIME_DIR": folder, "GSETTINGS_BACKEND": "memory", "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", "QT_LOGGING_RULES": "qt.text.font.db=false;qt.accessibility.atspi=false"}  # fmt: skip


@contextlib.contextmanager
def _environment(changed: Mapping[str, str]) -> Iterator[None]:
    """This process's environment changed for a while, whatever becomes of it in between."""
    before = dict(os.environ)
    os.environ.update(changed)
    for name in ("NO_AT_BRIDGE", "AT_SPI_BUS_ADDRESS", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)  # a toolkit that is told so would keep off the bus
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextlib.contextmanager
def _session_bus() -> Iterator[str]:
    """A session bus; its address."""
    command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
    with _running(command, subprocess.PIPE) as process:
        yield process.stdout.readline().decode().strip()


@contextlib.contextmanager
def _accessibility_bus() -> Iterator[str]:
    """The bus on which programs say what they show, once it is there with the list of who does; its address."""
    launcher = next(filter(_runs, BUS_LAUNCHERS))
    with _running([launcher, "--launch-immediately", "--a11y=1", "--screen-reader=1"], subprocess.DEVNULL):
        address = _asked("--session", "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus.GetAddress").strip()
        # A program that comes before the list is there may never be in it.
        start = ("org.freedesktop.DBus.StartServiceByName", "string:org.a11y.atspi.Registry", "uint32:0")
        _asked(f"--bus={address}", "org.freedesktop.DBus", "/org/freedesktop/DBus", *start)
        yield address


def _await_programs(bus: str, count: int) -> None:
    """Wait until so many programs say what they show."""
    get = ("org.freedesktop.DBus.Properties.Get", "string:org.a11y.atspi.Accessible", "string:ChildCount")
    end = time.monotonic() + PATIENCE / 2
    while True:
        told = _asked(f"--bus={bus}", "org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root", *get)
        if int(told.split()[-1]) >= count:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"only {told.split()[-1]} of {count} programs say what they show")
        time.sleep(QUIET)


def _asked(bus: str, to: str, path: str, *what: str) -> str:
    """What is answered on a bus, in words."""
    command = ["dbus-send", bus, "--print-reply=literal", f"--dest={to}", path, *what]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextlib.contextmanager
def _running(command: list[str], stdout: int) -> Iterator[subprocess.Popen]:
    """A program and all that it starts, until left."""
    process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)
        if process.stdout:
            process.stdout.close()
