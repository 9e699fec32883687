"""Our own windows on a real X screen: not in the picture, not under the click, and not without a keyboard's way out."""

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from Xlib import X
from Xlib.ext import shape, xtest

from actions.action import Click
from actions.backends.dry_run import DryControls, dry_desktop
from actions.backends.mss_screen import MssScreen
from actions.backends.pyautogui_input import PyautoguiInput
from actions.backends.x11_aside import stepped_aside
from actions.backends.x11_glass import GlassScreen
from actions.backends.x11_own import Ours
from actions.backends.x11_windows import X11Windows
from actions.desktop import SEE_THROUGH
from actions.errors import ExecutionError
from actions.execute import same_target
from actions.geometry import GridPoint, Point, Rect
from actions.look import CaptureTarget, look
from actions.watchdog import Watchdog

OURS, THEIRS = 0x3366CC, 0x22AA44
PLACE = Rect(300, 250, 200, 150)
UNDER = Rect(200, 200, 600, 400)


class Shell:
    """The client of the process whose windows are ours."""

    def __init__(self) -> None:
        command = [sys.executable, str(Path(__file__).with_name("our_windows.py"))]
        self._process = subprocess.Popen(command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.pid = self._process.pid

    def ask(self, *words):
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
        return self.hear()

    def show(self, rect: Rect = PLACE, managed: bool = True, colour: int = OURS) -> int:
        return self.ask("show", rect.left, rect.top, rect.width, rect.height, colour, managed)["number"]

    def hear(self, patience: float = 10.0):
        return json.loads(self._lines.get(timeout=patience))

    def was_hit(self) -> bool:
        with contextlib.suppress(queue.Empty):
            return "hit" in self.hear(0.1)
        return False

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)


@pytest.fixture
def shell(on_screen):
    with contextlib.closing(Shell()) as shell:
        shell.show(Rect(0, 0, 1, 1), managed=False)  # from now on the server knows it
        yield shell


@pytest.fixture
def ours(shell):
    ours = Ours(shell.pid)
    ours.open()
    ours.open()
    yield ours
    ours.close()
    ours.close()


@pytest.fixture
def eyes(ours):
    """Real eyes that see through, and hands that only write down."""
    screen, windows = GlassScreen(MssScreen(), ours), X11Windows(ours)
    screen.open()
    windows.open()
    yield dry_desktop(eyes=(screen, windows, DryControls()))
    windows.close()
    screen.close()


def shown(ours: Ours, until, at: Point = PLACE.centre) -> None:
    until(lambda: any(rect.contains(at) for _, rect in ours.tops()))


def colour(eyes, at: Point) -> int:
    red, green, blue = eyes.screen.grab(Rect(at.x, at.y, 1, 1)).image().getpixel((0, 0))
    return red << 16 | green << 8 | blue


@pytest.mark.parametrize("managed", [True, False], ids=["window", "menu"])
def test_what_lies_beneath_is_seen(eyes, painter, shell, ours, until, managed):
    under = painter.window(UNDER, THEIRS)
    shell.show(managed=managed)
    shown(ours, until)
    assert colour(eyes, PLACE.centre) == THEIRS
    painter.fill(under, Rect(0, 0, 600, 400), 0x123456)  # it goes on being painted
    assert colour(eyes, PLACE.centre) == 0x123456
    assert MssScreen.capabilities(MssScreen()) | {SEE_THROUGH} == eyes.screen.capabilities()


def test_a_window_over_ours_is_seen_and_the_lowest_is_the_root(eyes, painter, shell, ours, until):
    gap = PLACE.centre
    before = colour(eyes, gap)
    shell.show(managed=False)
    shown(ours, until)
    assert colour(eyes, gap) == before
    painter.window(Rect(gap.x, gap.y, 50, 50), 0xABCDEF, managed=False)
    assert colour(eyes, gap) == 0xABCDEF
    assert colour(eyes, gap.moved(-1, 0)) == before


def test_a_shaped_window_hides_only_where_it_is(eyes, painter, shell, ours, until):
    painter.window(UNDER, THEIRS, managed=False)
    half = painter.window(UNDER, 0xAA2244, managed=False)
    box = [{"x": 0, "y": 0, "width": PLACE.centre.x - UNDER.left, "height": 400}]
    half.shape_rectangles(shape.SO.Set, shape.SK.Bounding, X.Unsorted, 0, 0, box)
    painter.display.sync()
    shell.show(managed=False)
    shown(ours, until)
    assert colour(eyes, PLACE.centre.moved(-1, 0)) == 0xAA2244
    assert colour(eyes, PLACE.centre) == THEIRS


def test_where_the_server_keeps_nothing_the_place_is_flat(shell, ours, until, monkeypatch):
    monkeypatch.setattr(GlassScreen, "_keep", lambda _: False)
    screen = GlassScreen(MssScreen(), ours)
    screen.open()
    shell.show(managed=False)
    shown(ours, until)
    assert SEE_THROUGH not in screen.capabilities()
    assert set(screen.grab(PLACE).image().get_flattened_data()) == {(0x80, 0x80, 0x80)}
    screen.close()


def test_the_desktop_is_told_of_without_ours(eyes, painter, shell, ours, until):
    under = painter.window(UNDER, THEIRS, title="Theirs")
    until(lambda: (active := eyes.windows.active()) and active.id == under.id)
    mine = shell.show()
    shown(ours, until)
    until(eyes.windows.own_active)
    windows = eyes.windows
    assert windows.active().id == under.id
    assert [window.title for window in windows.all()] == ["Theirs"]
    assert windows.at(PLACE.centre).id == under.id
    own = {number for number, _ in windows.own()}
    assert own and not own & {number for number, _ in windows.stack()}
    assert ours.made(mine) and not ours.made(under.id)
    windows.activate(under.id)
    until(lambda: not windows.own_active())


def test_a_panel_is_not_for_typing(eyes, painter, shell, ours, until):
    under = painter.window(UNDER, THEIRS, title="Theirs")
    panel = painter.window(Rect(0, 0, 400, 30), THEIRS, title="Panel")
    atom = painter.display.get_atom
    dock = [atom("_NET_WM_WINDOW_TYPE_DOCK")]
    panel.change_property(atom("_NET_WM_WINDOW_TYPE"), atom("ATOM"), 32, dock)
    painter.display.sync()
    shell.show()
    shown(ours, until)
    until(eyes.windows.own_active)
    # The window manager tells of the keyboard a moment after it gave it to us.
    until(lambda: eyes.windows.active().id == under.id)


@pytest.mark.parametrize("change", ["opens", "moves", "closes"])
def test_ours_come_and_go_without_a_change(eyes, painter, shell, ours, until, change):
    painter.window(UNDER, THEIRS, title="Theirs")
    until(eyes.windows.all)
    number = 0 if change == "opens" else shell.show(managed=False)
    frame = look(eyes, CaptureTarget())
    if change == "opens":
        shell.show(managed=False)
    else:
        shell.ask("move" if change == "moves" else "hide", number, 320, 280)
    middle = Click(at=GridPoint(1000 * PLACE.centre.x // 1920, 1000 * PLACE.centre.y // 1080))
    assert same_target(middle, frame, eyes)
    assert look(eyes, CaptureTarget()) == frame


# -------------------------------------------------------------------------------------------------------------- the mouse


@pytest.fixture
def watchdog(on_screen):
    watchdog = Watchdog("actions.backends.x11_lifter")
    watchdog.start()
    yield watchdog
    watchdog.stop()


def click(painter, at: Point = PLACE.centre) -> None:
    xtest.fake_input(painter.display, X.MotionNotify, x=at.x, y=at.y)
    for kind in (X.ButtonPress, X.ButtonRelease):
        xtest.fake_input(painter.display, kind, 1)
    painter.display.sync()


def test_clicks_go_through_while_ours_step_aside_and_only_then(painter, shell, ours, until, watchdog):
    shell.show()
    shown(ours, until)
    until(ours.focused)
    with stepped_aside(ours, watchdog):
        click(painter)
        assert not shell.was_hit()
    click(painter)
    assert shell.was_hit()


def test_what_took_no_input_before_takes_none_after(painter, shell, ours, until, watchdog):
    number = shell.show(managed=False)
    shown(ours, until)
    window = painter.display.create_resource_object("window", number)

    def parts(kind=shape.SK.Input):
        return [(part.x, part.y, part.width, part.height) for part in window.shape_get_rectangles(kind).rectangles]

    for shapes in ([], [{"x": 10, "y": 20, "width": 30, "height": 40}]):
        window.shape_rectangles(shape.SO.Set, shape.SK.Input, X.Unsorted, 0, 0, shapes)
        before = parts()
        with stepped_aside(ours, watchdog):
            assert parts() == []
        assert parts() == before == [tuple(part.values()) for part in shapes]
    window.shape_mask(shape.SO.Set, shape.SK.Input, 0, 0, X.NONE)
    painter.display.sync()
    with stepped_aside(ours, watchdog):
        assert parts() == []
    window.configure(width=320)
    painter.display.sync()
    assert parts() == parts(shape.SK.Bounding)


def test_an_open_menu_is_waited_for_and_then_refused(shell, ours, until, watchdog, monkeypatch):
    monkeypatch.setattr("actions.backends.x11_aside._MENU", 0.3)
    menu = shell.show(managed=False)
    shown(ours, until)
    assert not ours.have_keyboard()
    assert shell.ask("grab", menu) == {"grabbed": X.GrabSuccess}
    assert ours.have_keyboard()
    with pytest.raises(ExecutionError, match="menu"), stepped_aside(ours, watchdog):
        pytest.fail("it did not wait")
    closing = threading.Timer(0.1, shell.ask, ("hide", menu))
    closing.start()
    with stepped_aside(ours, watchdog):
        closing.join()


@pytest.fixture
def hands(ours):
    hands = PyautoguiInput(ours)
    hands.open()
    yield hands
    hands.close()


def test_keys_stop_where_ours_takes_the_keyboard(painter, shell, ours, until, hands):
    shell.show()
    until(ours.focused)
    with pytest.raises(ExecutionError, match="has the keyboard"):
        hands.write("abc", lambda: False)
    assert not shell.was_hit()
    under = painter.window(UNDER, THEIRS)
    under.change_attributes(event_mask=X.KeyPressMask)
    painter.display.sync()
    until(lambda: not ours.focused())
    hands.write("a", lambda: False)
    until(lambda: painter.display.pending_events() and painter.display.next_event().type == X.KeyPress)


_KILLED = """
import sys, time
from actions.backends.x11_aside import stepped_aside
from actions.backends.x11_own import Ours
from actions.watchdog import Watchdog
ours, watchdog = Ours(int(sys.argv[1])), Watchdog("actions.backends.x11_lifter")
ours.open()
watchdog.start()
with stepped_aside(ours, watchdog):
    print("aside", flush=True)
    time.sleep(60)
"""


def test_a_killed_runner_leaves_no_window_that_takes_no_clicks(painter, shell, ours, until):
    shell.show()
    shown(ours, until)
    until(ours.focused)
    command = [sys.executable, "-c", _KILLED, str(shell.pid)]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as runner:
        assert runner.stdout.readline() == "aside\n"
        click(painter)
        assert not shell.was_hit()
        runner.send_signal(signal.SIGKILL)

    def takes_clicks() -> bool:
        click(painter)
        return shell.was_hit()

    until(takes_clicks)


# ---------------------------------------------------------------------------------------------------------- whose they are


def test_a_process_that_the_server_does_not_know_is_known_by_what_its_windows_say(painter, until):
    window = painter.window(UNDER, THEIRS, title="Theirs")
    said, cardinal = (painter.display.get_atom(name) for name in ("_NET_WM_PID", "CARDINAL"))
    window.change_property(said, cardinal, 32, [4_000_000])
    painter.display.sync()
    ours = Ours(4_000_000)
    ours.open()
    until(lambda: ours.made(window.id))
    assert any(rect.contains(UNDER.centre) for _, rect in ours.tops())
    ours.close()
