"""Pixels in, real events out: the whole loop on a real screen, with a mind that knows where everything is."""

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

from agent.evaluate.desk import PracticeDesk

_PLAY = """
import json, sys
from actions.backends import close_desktop, open_desktop
from agent.control import Control
from agent.evaluate.practice import practice_options
from agent.events import event_to_json
from agent.loop import run
from agent.mind.scripted import Scripted

task, *replies = json.loads(sys.argv[1])
desktop = open_desktop()
try:
    for event in run(task, Control(), desktop, Scripted(replies), practice_options()):
        print(event_to_json(event))
finally:
    close_desktop(desktop)
"""


def call(**arguments):
    return f"Next.\n<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


def click(box):
    left, top, width, height = box
    return call(action="left_click", coordinate=[(left + width // 2) * 1000 // 352, (top + height // 2) * 1000 // 256])


def play(env, task: str, replies: Sequence[str]):
    command = [sys.executable, "-c", _PLAY, json.dumps([task, *replies])]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def desk(screen):
    with PracticeDesk(place=(700, 300), env=screen) as practice:
        yield practice


def box_of(deal, label: str):
    return next(spot.box for spot in deal.targets if spot.label == label)


def test_a_pressed_button_is_pressed_on_the_real_desk(screen, desk):
    deal = desk.deal(5, "press", 1)
    label = deal.task.removeprefix("press ")
    events = play(screen, deal.task, [click(box_of(deal, label)), call(action="terminate", status="success")])
    assert [event["kind"] for event in events].count("step_finished") == 2
    assert events[-1]["status"] == "success"
    assert desk.state().finished


def test_typed_text_arrives_in_the_field(screen, desk):
    deal = desk.deal(6, "type", 1)
    text, label = deal.task.removeprefix("type ").split(" into ")
    replies = [click(box_of(deal, label)), call(action="type", text=text), call(action="terminate", status="success")]
    events = play(screen, deal.task, replies)
    assert [event["status"] for event in events if event["kind"] == "acted"] == ["done"] * 3
    assert desk.state().finished


def test_nothing_is_touched_outside_the_allowed_window(screen, desk):
    deal = desk.deal(7, "press", 1)
    escape = call(action="key", keys=["alt", "f4"])
    events = play(screen, deal.task, [escape, call(action="terminate", status="failure")])
    assert next(event["verdict"] for event in events if event["kind"] == "judged") == "refuse"
    assert not desk.state().spoiled


def test_the_parts_of_a_step_add_up_to_its_wall_time(screen, desk):
    deal = desk.deal(8, "tick", 1)
    label = deal.task.removeprefix("tick ")
    events = play(screen, deal.task, [click(box_of(deal, label)), call(action="terminate", status="success")])
    for event in events:
        if event["kind"] == "step_finished":
            assert sum(event["seconds"].values()) >= 0.99 * event["wall"]
