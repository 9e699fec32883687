"""Reading what real programs show, and what becomes of it when they do not tell."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from actions.backends.atspi_controls import AtspiControls
from actions.backends.atspi_reading import chords
from actions.backends.x11_windows import X11Windows
from agent.virtual_screen import VirtualScreen

GUARD = Path(__file__).resolve().parents[2] / "guard"
PAGE = "qt-en-compose"


@pytest.fixture(scope="module")
def staging():
    sys.path.insert(0, str(GUARD))
    import stage

    yield stage
    sys.path.remove(str(GUARD))


@pytest.fixture(params=["1", "2"], ids=["1x", "2x"])
def scaled(request):
    return request.param


@pytest.fixture
def shown(staging, scaled, monkeypatch):
    """A Qt program with a page of labelled controls, drawn at one or two pixels a point."""
    if lacking := staging.missing("qt"):
        pytest.skip(lacking)
    monkeypatch.setenv("QT_SCALE_FACTOR", scaled)
    with VirtualScreen(1920, 1400) as env, staging.ControlStage({**env, "QT_SCALE_FACTOR": scaled}, ("qt",)) as stage:
        page = next(page for page in stage.pages() if page.toolkit == "qt" and page.form == "dialog")
        yield stage, page, stage.show(page)


@pytest.fixture
def windows(shown):
    windows = X11Windows()
    windows.open()
    yield windows
    windows.close()


@pytest.fixture
def controls(shown):
    controls = AtspiControls()
    controls.open()
    yield controls
    controls.close()
    controls.close()


def test_a_control_is_read_where_the_screen_shows_it(shown, windows, controls, scaled):
    _, page, places = shown
    window = windows.active()
    named = [control for control in page.controls if control.kind == "button"]
    assert named
    for control in named:
        place = places[control.id]
        factor = int(scaled)
        place = type(place)(place.left * factor, place.top * factor, place.width * factor, place.height * factor)
        reading = controls.read(window, place.centre)
        inner = reading.at(place.centre)[0]
        assert (inner.role, inner.name) == ("button", control.text)
        assert abs(inner.rect.width - place.width) <= 2 * factor


@pytest.mark.parametrize("scaled", ["1"], indirect=True)
def test_a_program_that_hangs_cannot_be_read_and_soon_can_again(shown, windows, controls):
    stage, _, places = shown
    window, at = windows.active(), next(iter(places.values())).centre
    assert controls.read(window, at)
    pid = stage._child.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert controls.read(window, at) is None
        assert time.monotonic() - began < 10
    finally:
        os.kill(pid, signal.SIGCONT)
    assert controls.read(window, at)


@pytest.mark.parametrize("scaled", ["1"], indirect=True)
def test_without_a_bus_nothing_can_be_read(shown, windows, controls, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert controls.read(windows.active(), None) is None


@pytest.mark.parametrize("scaled", ["1"], indirect=True)
def test_a_window_that_is_gone_cannot_be_read(shown, windows, controls):
    window = windows.active()
    gone = type(window)(window.id + 0x1000000, "Gone", "gone", window.rect)
    assert controls.read(gone, None) is None


def asked_for():
    """Whether programs are asked to tell of themselves."""
    words = ["dbus-send", "--session", "--print-reply=literal", "--dest=org.a11y.Bus", "/org/a11y/bus"]
    asked = [*words, "org.freedesktop.DBus.Properties.Get", "string:org.a11y.Status", "string:IsEnabled"]
    return "true" in subprocess.run(asked, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("scaled", ["1"], indirect=True)
@pytest.mark.parametrize("before", [True, False])
def test_the_desktop_is_left_as_it_was(shown, windows, before):
    words = ["dbus-send", "--session", "--print-reply", "--dest=org.a11y.Bus", "/org/a11y/bus"]
    setting = ["org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status", "string:IsEnabled"]
    subprocess.run([*words, *setting, f"variant:boolean:{str(before).lower()}"], check=True, capture_output=True)
    controls = AtspiControls()
    controls.open()
    assert asked_for() is before
    controls.read(windows.active(), None)
    assert asked_for()
    controls.close()
    assert asked_for() is before


@pytest.mark.parametrize(
    "binding, keys",
    [
        ("Alt+S", [{"alt", "s"}]),
        ("<Alt>s", [{"alt", "s"}]),
        ("s;<Alt>f:s;<Control>Return", [{"s"}, {"ctrl", "enter"}]),
        ("<Primary><Shift>z", [{"ctrl", "shift", "z"}]),
        ("Ctrl+Shift+Del", [{"ctrl", "shift", "delete"}]),
        ("", []),
        ("<Hyper>x", []),
        (";;:", []),
    ],
)
def test_a_key_binding_is_read_as_chords(binding, keys):
    assert [set(chord) for chord in chords(binding)] == keys
