"""What is said of a Mac that is locked, somebody else's, or has not allowed something, for what the system answers."""

import pytest
from fake_mac import FakeMac

from actions.backends.quartz_session import QuartzSession, trouble


@pytest.mark.parametrize(
    "session, said",
    [
        ({"kCGSSessionOnConsoleKey": True}, None),
        ({}, None),
        (None, "no session on the screen"),
        ({"kCGSSessionOnConsoleKey": True, "CGSSessionScreenIsLocked": True}, "locked: unlock it"),
        ({"kCGSSessionOnConsoleKey": False}, "Another person's session"),
        ({"kCGSSessionOnConsoleKey": False, "CGSSessionScreenIsLocked": True}, "locked: unlock it"),
    ],
)
def test_what_is_said_of_each_session(session, said):
    found = trouble(session)
    assert found is None if said is None else said in found


@pytest.mark.parametrize(
    "missing, need, where",
    [
        ("see", "see other programs' windows", "Screen Recording"),
        ("act", "use the mouse and keyboard", "Accessibility"),
        ("hear", "hear the stop key", "Input Monitoring"),
    ],
)
def test_each_missing_permission_is_told_with_what_to_do_and_asked_for(missing, need, where):
    mac = FakeMac()
    mac.allowed[missing] = False
    session = QuartzSession(mac.frameworks())
    for said in (session.sight(), session.reach(keyboard=True)):
        assert said.startswith(
            f"macOS does not let Deskhand {need}: open System Settings → Privacy & Security → {where},"
        )
    assert [one.what for one in session.conditions() if not one.well] == [where]
    session.ask_for_more()
    assert mac.requested == [missing]


def test_a_mac_that_allows_everything_is_left_alone():
    mac = FakeMac()
    session = QuartzSession(mac.frameworks())
    session.ask_for_more()
    assert (session.sight(), session.reach(keyboard=False), mac.requested) == (None, None, [])
    assert all(one.well for one in session.conditions())
    session.close()


def test_a_lock_is_told_before_a_permission_and_is_over_as_soon_as_it_is():
    mac = FakeMac(session={"CGSSessionScreenIsLocked": True})
    mac.allowed["see"] = False
    session = QuartzSession(mac.frameworks())
    assert "unlock it" in session.sight()
    mac.session = {}
    assert "Screen Recording" in session.sight()
    mac.allowed["see"] = True
    assert session.sight() is None
