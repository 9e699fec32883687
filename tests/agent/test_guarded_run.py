"""A run in guarded mode: the person is asked before what has consequences, and before nothing else."""

import threading
from dataclasses import replace

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.control import Control as Part
from actions.control import Reading
from actions.desktop import Window
from actions.geometry import Rect
from actions.look import CaptureTarget
from actions.rules import Rule, Rules
from agent import pace
from agent.control import Answer, Control
from agent.events import event_from_json, event_to_json
from agent.intents import Limits
from agent.loop import Options, run
from agent.mind.scripted import Scripted

MAIL = Window(7, "New message", "mail", Rect(0, 0, 200, 100))
CLICK = (
    '<tool_call>{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [500, 500]}}</tool_call>'
)
DONE = '<tool_call>{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}</tool_call>'
IN_MAIL = Options(mode="guarded", capture=CaptureTarget("window", "New message"))


@pytest.fixture
def mail():
    """A window with one button, which is called as the test says."""

    def called(name):
        desktop = dry_desktop(Image.new("RGB", (400, 300), "white"), [MAIL])
        parts = (Part("window", MAIL.title, rect=MAIL.rect), Part("button", name, rect=MAIL.rect, parent=0))
        desktop.controls.readings[MAIL.id] = Reading(parts)
        return desktop

    return called


def play(desktop, options=IN_MAIL, answer=None, on=lambda event: None):
    control, events = Control(), []
    for event in run("write to Alice", control, desktop, Scripted([CLICK, DONE]), options):
        events.append(event)
        if event.kind == "approval_asked" and answer:
            control.answer(event.step, event.index, answer)
        on(event)
    return events


def of(events, kind):
    return [event for event in events if event.kind == kind]


def test_what_has_no_consequence_is_done_unasked(mail):
    desktop = mail("Preview")
    events = play(desktop)
    assert of(events, "approval_asked") == []
    assert of(events, "judged")[0].verdict == "allow"
    assert ("press", "left") in desktop.input.deeds


def test_what_has_one_is_asked_about_and_the_reason_is_told(mail):
    desktop = mail("Send")
    events = play(desktop, answer=Answer(approved=True))
    (asked,) = of(events, "approval_asked")
    assert asked.reason == "“Send” sends something to others."
    assert ("press", "left") in desktop.input.deeds


def test_a_no_is_told_to_the_model(mail):
    desktop = mail("Send")
    events = play(desktop, answer=Answer(approved=False, note="not yet"))
    assert of(events, "acted")[0].words == "the person said no: not yet"
    assert ("press", "left") not in desktop.input.deeds


def test_what_the_rules_deny_is_refused_with_the_rule(mail):
    options = Options(mode="guarded", capture=IN_MAIL.capture, rules=Rules(deny=(Rule(application="mail"),)))
    events = play(mail("Preview"), options)
    assert of(events, "acted")[0].words == "The person's rules say never: the application mail."
    assert of(events, "run_started")[0].rules["deny"] == [{"application": "mail"}]


def test_the_record_of_rules_is_read_back(mail):
    rules = Rules((Rule(title="New"),), (Rule(keys=frozenset({"alt", "f4"})), Rule(region=Rect(1, 2, 3, 4))), 30)
    (started,) = of(play(mail("Preview"), Options(mode="guarded", capture=IN_MAIL.capture, rules=rules)), "run_started")
    assert event_from_json(event_to_json(started)) == started


def test_a_window_that_is_gone_admits_nothing_else(mail):
    desktop = mail("Preview")
    other = Window(9, "Bank", "bank", MAIL.rect)
    desktop.controls.readings[9] = desktop.controls.readings[7]

    def gone(event):
        if event.kind == "frame_taken":
            desktop.windows.all = lambda: (other,)
            desktop.windows.at = lambda point: other

    events = play(desktop, answer=Answer(approved=False), on=gone)
    assert not of(events, "judged") or of(events, "judged")[0].verdict != "allow"
    assert ("press", "left") not in desktop.input.deeds


@pytest.fixture
def one_a_second(monkeypatch):
    """A person's pace of one action a minute, whose minutes are short."""
    monkeypatch.setattr(pace, "_MINUTE", 0.8)
    return replace(IN_MAIL, rules=Rules(actions_per_minute=1))


@pytest.mark.parametrize("wish", ["pause", "take_over"])
def test_nothing_is_done_while_paused_or_taken_over_not_even_after_the_pace(mail, one_a_second, wish):
    desktop, control, replies = mail("Preview"), Control(), 0
    presses = []
    timers = []
    for event in run("write", control, desktop, Scripted([CLICK, CLICK, DONE, DONE]), one_a_second):
        replies += event.kind == "replied"
        if event.kind == "replied" and replies == 2:
            later = (
                (0.2, getattr(control, wish)),
                (1.6, lambda: presses.append(desktop.input.deeds.count(("press", "left")))),
                (1.7, control.stop),
            )
            timers = [threading.Timer(seconds, do) for seconds, do in later]
            for timer in timers:
                timer.start()
    for timer in timers:
        timer.join()
    assert presses == [1]


def test_waiting_for_the_pace_does_not_count_as_work(mail, one_a_second):
    options = replace(one_a_second, limits=Limits(seconds=1.5))
    desktop = mail("Preview")
    events = list(run("write", Control(), desktop, Scripted([CLICK] * 4 + [DONE] * 2), options))
    assert desktop.input.deeds.count(("press", "left")) == 4
    assert of(events, "run_finished")[0].status == "success"


def test_what_is_judged_while_the_person_pauses_is_not_done(mail):
    desktop, control = mail("Preview"), Control()

    def read(window, at):
        control.pause()
        threading.Timer(0.2, control.resume).start()
        return desktop.controls.readings[window.id]

    desktop.controls.read = read
    events = list(run("write", control, desktop, Scripted([CLICK, DONE, DONE]), IN_MAIL))
    assert of(events, "acted")[0].status == "dropped"
    assert ("press", "left") not in desktop.input.deeds
