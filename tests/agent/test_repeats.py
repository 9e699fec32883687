"""A run that goes in circles, and a success that nothing shows: on a screen that changes only where it is told to."""

import json
from dataclasses import replace

import pytest
from PIL import Image

from actions.backends.dry_run import DryInput, dry_desktop
from actions.desktop import Window
from actions.geometry import Rect
from actions.look import CaptureTarget
from agent.control import Answer, Control
from agent.loop import Options, run
from agent.mind.scripted import Scripted
from agent.repeats import DOUBT, NUDGE

EDITOR = Window(7, "Editor", "editor", Rect(10, 20, 300, 200))
FREE = Options(mode="free", capture=CaptureTarget("window", "Editor"))
BUTTON, BLANK = [250, 500], [750, 500]


class Live(DryInput):
    """Hands under which the left half of the window takes another colour at each press."""

    def __init__(self, picture: Image.Image) -> None:
        super().__init__()
        self._picture, self._colour = picture, 0

    def capabilities(self):
        return frozenset()

    def press(self, button):
        super().press(button)
        if self.position().x < 160:
            self._colour = (self._colour + 90) % 256
            self._picture.paste((self._colour, 0, 0), (10, 20, 160, 220))


@pytest.fixture
def desktop():
    dry = dry_desktop(Image.new("RGB", (400, 300), "white"), [EDITOR])
    return replace(dry, input=Live(dry.screen.picture))


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


def click(place):
    return call(action="left_click", coordinate=place)


WAIT, MOVE = call(action="wait", time=0.01), call(action="mouse_move", coordinate=BLANK)
DONE = call(action="terminate", status="success")


def play(desktop, replies, options=FREE, approved=None):
    control, events = Control(), []
    for event in run("press it", control, desktop, Scripted(replies), options):
        events.append(event)
        if event.kind == "approval_asked":
            control.answer(event.step, event.index, Answer(approved=approved))
    return events


def outcomes(events):
    return [event.outcome for event in events if event.kind == "step_finished"]


def clicks(desktop):
    return desktop.input.deeds.count(("press", "left"))


# ------------------------------------------------------------------------------------------------------ what is recorded


def test_a_step_tells_what_its_last_action_changed_and_how_the_screen_came_to_rest(desktop):
    events = play(desktop, [click(BUTTON), click(BLANK), DONE, DONE])
    finished = [event for event in events if event.kind == "step_finished"]
    assert [event.changed for event in finished] == ["near", "nothing", None, None]
    assert [event.settled for event in finished] == ["still", "still", None, None]


# ----------------------------------------------------------------------------------------------------------- in circles


def test_what_is_in_vain_again_and_again_is_nudged_and_then_stopped(desktop):
    events = play(desktop, [click(BLANK)] * 5)
    assert outcomes(events)[:3] == ["Done.", f"Done. {NUDGE}", f"Done. {NUDGE}"]
    assert (events[-1].status, events[-1].steps) == ("limit", 4)
    assert events[-1].words == "The model did the same 3 times, and the screen did not change."
    assert clicks(desktop) == 3


@pytest.mark.parametrize("approved", [True, False])
def test_in_watch_mode_the_person_is_told_before_the_third_time(desktop, approved):
    events = play(desktop, [click(BLANK)] * 5, Options(capture=FREE.capture), approved=approved)
    reasons = [event.reason for event in events if event.kind == "approval_asked"]
    assert [reason.startswith(DOUBT) for reason in reasons] == [False, False, True]
    assert (events[-1].status, events[-1].steps) == ("limit", 4)
    assert clicks(desktop) == (3 if approved else 0)


def test_going_round_over_two_places_is_going_in_circles_too(desktop):
    other = [900, 900]
    events = play(desktop, [click(BLANK), click(other)] * 4)
    assert outcomes(events)[:4] == ["Done.", "Done.", f"Done. {NUDGE}", f"Done. {NUDGE}"]
    assert (events[-1].status, events[-1].steps) == ("limit", 7)


def test_what_changes_the_screen_may_be_done_as_often_as_one_likes(desktop):
    events = play(desktop, [click(BUTTON)] * 6 + [DONE])
    assert outcomes(events) == ["Done."] * 7
    assert events[-1].status == "success"


def test_another_screen_is_another_chance(desktop):
    events = play(desktop, [click(BLANK), click(BLANK), click(BUTTON)] * 3 + [DONE])
    assert outcomes(events) == ["Done.", f"Done. {NUDGE}", "Done."] * 3 + ["Done."]


def test_what_is_refused_again_and_again_is_stopped(desktop):
    away = call(action="key", keys=["alt", "f4"])
    events = play(desktop, [away] * 5)
    assert [NUDGE in words for words in outcomes(events)[:3]] == [False, True, True]
    assert (events[-1].status, events[-1].steps) == ("limit", 4)


def test_waiting_is_never_in_vain(desktop):
    events = play(desktop, [WAIT] * 6 + [DONE])
    assert outcomes(events) == ["Done."] * 7


# -------------------------------------------------------------------------------------------- a success that nothing shows


@pytest.mark.parametrize("reply", [[click(BLANK), DONE], [click(BLANK) + DONE]], ids=["next turn", "same turn"])
def test_success_after_an_action_without_effect_is_questioned_once(desktop, reply):
    events = play(desktop, [*reply, DONE])
    assert "nothing on the screen changed" in outcomes(events)[-2]
    assert outcomes(events)[-1] == "Done."
    assert (events[-1].status, events[-1].steps) == ("success", len(reply) + 1)


@pytest.mark.parametrize(
    "before", [[], [click(BUTTON)], [click(BLANK), WAIT], [click(BLANK), MOVE], [WAIT], [click(BLANK), click(BUTTON)]]
)
def test_otherwise_success_is_believed(desktop, before):
    events = play(desktop, [*before, DONE])
    assert outcomes(events) == ["Done."] * (len(before) + 1)
    assert events[-1].status == "success"


def test_failure_is_believed_at_once(desktop):
    events = play(desktop, [click(BLANK), call(action="terminate", status="failure")])
    assert (events[-1].status, events[-1].steps) == ("failure", 2)
