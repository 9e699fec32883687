"""Waiting that a stop ends."""

import itertools
import time

import pytest

from actions.errors import Stopped
from actions.waiting import wait


def test_it_ends_when_what_is_waited_for_is_so():
    counted = itertools.count()
    assert wait(60, lambda: False, lambda: next(counted) == 2)


def test_it_ends_with_its_time():
    assert not wait(0.01, lambda: False)


def test_a_stop_ends_it_at_once():
    began = time.monotonic()
    with pytest.raises(Stopped):
        wait(60, lambda: time.monotonic() - began > 0.05)
    assert time.monotonic() - began < 30
