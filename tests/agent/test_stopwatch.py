"""Every moment belongs to one part, also while a mind in another process works on."""

import pytest

from agent.stopwatch import PARTS, Stopwatch


class Clock:
    """Time that passes when it is told to, in whole seconds, which add up exactly."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def spend(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def watch(clock):
    return Stopwatch(clock)


def used(watch: Stopwatch) -> dict[str, float]:
    """The parts that took any time, which together must be everything."""
    parts = watch.parts()
    assert set(PARTS) <= set(parts)
    assert sum(parts.values()) == pytest.approx(watch.wall())
    return {part: seconds for part, seconds in parts.items() if seconds}


def test_what_is_timed_inside_a_part_is_taken_from_it(clock, watch):
    with watch.timing("act"):
        clock.spend(10)
        with watch.timing("store"):
            clock.spend(20)
        clock.spend(10)
    clock.spend(1)
    assert used(watch) == {"act": 20, "store": 21}


def test_waiting_is_known_while_the_step_goes_on(clock, watch):
    with watch.timing("wait"):
        clock.spend(7)
    assert watch.waited == 7


def think(clock, watch, mind: dict[str, float]) -> dict[str, float]:
    """A thought of 60 s, 20 of them spent telling, for which the mind claims `mind`."""
    spent: dict[str, float] = {}
    with watch.thinking(spent):
        clock.spend(20)
        with watch.timing("store"):
            clock.spend(20)
        clock.spend(20)
        spent.update(mind)
    return used(watch)


@pytest.mark.parametrize(
    "claimed, counted",
    [
        # What it does not claim was for handing over.
        ({"prefill": 10, "decode": 15}, {"prefill": 10, "decode": 15, "encode": 15, "store": 20}),
        ({"encode": 5, "decode": 35}, {"encode": 5, "decode": 35, "store": 20}),
        # It worked on while its words were told.
        ({"prefill": 5, "decode": 45}, {"prefill": 5, "decode": 45, "store": 10}),
        # It cannot have worked longer than there was time.
        ({"prefill": 40, "decode": 80}, {"prefill": 20, "decode": 40}),
        ({}, {"encode": 40, "store": 20}),
    ],
)
def test_a_thought_is_counted_as_the_mind_says(clock, watch, claimed, counted):
    assert think(clock, watch, claimed) == pytest.approx(counted)


def test_what_was_told_before_the_thought_stays(clock, watch):
    clock.spend(3)
    assert think(clock, watch, {"decode": 60}) == {"store": 3, "decode": 60}


def test_a_thought_that_fails_is_counted_too(clock, watch):
    def failing() -> None:
        with watch.thinking({}):
            clock.spend(5)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        failing()
    assert used(watch) == {"encode": 5}
