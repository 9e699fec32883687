"""A run whose mind cannot think as things are: it waits where somebody sees it, and ends where nobody does."""

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from agent.control import Control
from agent.errors import MindLost, OutOfMemory
from agent.loop import WAITS, Options, run
from agent.mind.scripted import Scripted
from agent.thinking import RESTARTS

DONE = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}\n</tool_call>'


class Failing(Scripted):
    """Cannot think so many times, then does what its script says."""

    def __init__(self, error, times):
        super().__init__([DONE])
        self.error, self.times = error, times

    def think(self, conversation, options, cancelled):
        if self.times:
            self.times -= 1
            raise self.error
        return super().think(conversation, options, cancelled)


def play(mind, control, when_paused):
    events = []
    for event in run("end it", control, dry_desktop(Image.new("RGB", (400, 300), "white")), mind, Options()):
        events.append(event)
        if event.kind == "state_changed" and event.state == "paused":
            when_paused()
    return events


def states(events):
    return [event.state for event in events if event.kind == "state_changed"]


# Without memory this many times everything was tried that asks for less: shorter histories of four and two pictures.
TROUBLES = pytest.mark.parametrize(
    "error, times", [(OutOfMemory("no memory"), 3), (MindLost("signal 9"), RESTARTS + 1)]
)


@TROUBLES
def test_where_somebody_sees_it_the_run_waits_and_goes_on(error, times):
    control = Control(attended=True)
    events = play(Failing(error, 2 * times if isinstance(error, MindLost) else times), control, control.resume)
    waits = [event for event in events if event.kind == "noted" and event.words.endswith(WAITS)]
    assert len(waits) == (2 if isinstance(error, MindLost) else 1)
    assert str(error) in waits[0].words
    assert states(events) == ["paused", "running"] * len(waits)
    assert (events[-1].status, events[-1].steps) == ("success", 1)


@TROUBLES
def test_where_nobody_does_it_ends_with_one_sentence(error, times):
    events = play(Failing(error, times), Control(), pytest.fail)
    assert states(events) == []
    assert events[-1].status == "error"
    assert str(error) in events[-1].words


def test_a_run_that_waits_can_be_stopped():
    control = Control(attended=True)
    events = play(Failing(OutOfMemory("no memory"), 9), control, control.stop)
    assert events[-1].status == "stopped"
