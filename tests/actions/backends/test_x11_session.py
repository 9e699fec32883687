"""Whether an X session is locked, as real screen savers' words on a real D-Bus say, and what is said then."""

import os

import pytest

from actions.backends import conditions, open_desktop, refusal, x11_session
from actions.backends.x11_session import LOCKED, SAVERS, WAYLAND, X11Session, display_name
from actions.errors import CaptureError, ExecutionError, NoDesktop
from actions.geometry import Point, Rect


@pytest.fixture
def here(dbus, on_screen, monkeypatch):
    """This process is in the session whose bus that is."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", dbus.address)
    return dbus


@pytest.fixture
def session(here):
    session = X11Session()
    yield session
    session.close()
    session.close()


@pytest.mark.parametrize("name, path", SAVERS)
def test_each_screen_saver_is_believed(here, session, name, path):
    saver = here.saver(name, path, active=True)
    assert session.sight() == session.reach(keyboard=True) == LOCKED
    here.end(saver)
    assert session.sight() is None


def test_a_screen_saver_that_is_off_locks_nothing(here, session):
    here.saver(*SAVERS[0], active=False)
    assert session.sight() is None
    assert [(one.found, one.well) for one in session.conditions()] == [("not locked", True)]


def test_a_lock_counts_on_the_display_that_it_covers(here, session):
    here.saver(*SAVERS[0], active=True, display=":4321")
    assert session.sight() is None
    here.saver(*SAVERS[1], active=True, display=f"unix{os.environ['DISPLAY']}.0")
    assert session.sight() is None  # that it was not locked is still fresh
    session = X11Session()
    assert session.sight() == LOCKED
    session.close()


def test_nobody_who_knows_is_told_as_such(session):
    assert session.sight() is None
    assert [(one.found, one.well) for one in session.conditions()] == [
        ("not known: no screen saver answers on D-Bus", True)
    ]


@pytest.mark.parametrize(
    "value, name", [(":1", ":1"), (":1.0", ":1"), ("unix:1.0", ":1"), ("far:1.0", "far:1.0"), ("", "")]
)
def test_displays_have_one_name(value, name):
    assert display_name(value) == name


def test_a_locked_screen_is_not_opened(here):
    here.saver(*SAVERS[0], active=True)
    with pytest.raises(NoDesktop, match="unlock it"):
        open_desktop()
    assert open_desktop(dry_run=True).screen.name == "dry_run"
    assert refusal() == LOCKED
    assert [(one.found, one.well, one.advice) for one in conditions()] == [("locked", False, LOCKED)]


def test_a_screen_that_is_locked_meanwhile_is_neither_looked_at_nor_worked(here, until):
    from actions.backends import CheckedInput, CheckedScreen
    from actions.backends.dry_run import DryInput, DryScreen

    session, dry = X11Session(), DryInput()
    eyes, hands = CheckedScreen(DryScreen(), session), CheckedInput(dry, session)
    hands.move(Point(1, 1))
    assert eyes.grab(Rect(0, 0, 1, 1))
    here.saver(*SAVERS[0], active=True)
    until(session.sight)
    made = list(dry.deeds)
    for act in (lambda: hands.move(Point(2, 2)), lambda: hands.press("left"), lambda: hands.write("x", bool)):
        with pytest.raises(ExecutionError, match="unlock it"):
            act()
    with pytest.raises(CaptureError, match="unlock it"):
        eyes.grab(Rect(0, 0, 1, 1))
    assert dry.deeds == made
    eyes.close()


def test_wayland_without_x_is_refused(monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert refusal() == WAYLAND
    with pytest.raises(NoDesktop, match="Wayland"):
        open_desktop()


def test_waylands_own_x_server_is_refused_and_another_beside_it_is_not(on_screen, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert refusal() is None
    monkeypatch.setattr(x11_session, "is_xwayland", lambda display: True)
    assert refusal() == WAYLAND
    with pytest.raises(NoDesktop, match="Log in with"):
        open_desktop()
