"""How many actions are done in a minute."""

import time

import pytest

from actions.errors import Stopped
from agent.mind.base import never
from agent.pace import Pace


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_as_many_as_are_allowed_go_at_once():
    pace, began = Pace(5, Clock()), time.monotonic()
    for _ in range(5):
        pace.keep(never)
    assert time.monotonic() - began < 5


def test_the_next_waits_until_the_first_is_a_minute_old():
    clock = Clock()
    pace = Pace(2, clock)
    pace.keep(never)
    clock.now += 59.9
    pace.keep(never)
    began = time.monotonic()
    pace.keep(never)
    assert time.monotonic() - began >= 0.09


def test_a_stop_ends_the_wait_and_nothing_is_counted():
    pace = Pace(1, Clock())
    pace.keep(never)
    asked = iter([False, False])
    with pytest.raises(Stopped):
        pace.keep(lambda: next(asked, True))


def test_whoever_was_stopped_before_does_nothing():
    with pytest.raises(Stopped):
        Pace(3).keep(lambda: True)


def test_whether_the_next_has_to_wait_can_be_asked():
    clock = Clock()
    pace = Pace(1, clock)
    assert not pace.full
    pace.keep(never)
    assert pace.full
    clock.now += 60
    assert not pace.full
