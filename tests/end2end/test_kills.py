"""What is left when a process is killed at the worst moment: no key, no button, and a run that can be read."""

import json
import signal
import subprocess
import sys
import time

import psutil
import pytest

from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.events import Noted, RunFinished, Said, StepStarted, event_from_json
from agent.intents import Capture, StartRun, intent_to_json
from agent.mind.tiny import build_tiny
from agent.store import RunFolder

_KILL_WHEN_DOWN = """
import os, signal, sys, time
from Xlib import X, display
root = display.Display().screen().root
down = lambda: bool(root.query_pointer().mask & X.Button1Mask)
print("watching", flush=True)
end = time.monotonic() + 60
while not down() and time.monotonic() < end:
    pass
os.kill(int(sys.argv[1]), signal.SIGKILL)
began = time.monotonic()
while down() and time.monotonic() < began + 5:
    time.sleep(0.002)
print("held" if down() else "lifted", flush=True)
"""


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


@pytest.fixture
def env(screen, tmp_path):
    return {**screen, "DESKHAND_HOME": str(tmp_path)}


@pytest.fixture
def runner(env):
    process = subprocess.Popen(
        [sys.executable, "-m", "agent.runner"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env
    )
    yield process
    process.kill()
    process.wait()
    process.stdin.close()
    process.stdout.close()


@pytest.fixture
def desk(screen):
    with PracticeDesk(place=(500, 300), env=screen) as practice:
        practice.deal(3, "press", 1)
        yield practice


def start(runner, tmp_path, *replies, model=None):
    script = tmp_path / "script.json"
    script.write_text(json.dumps(replies))
    capture = Capture(kind="window", name=WINDOW)
    intent = StartRun(task="x", model=model or f"scripted:{script}", mode="free", capture=capture)
    runner.stdin.write(intent_to_json(intent).encode() + b"\n")
    runner.stdin.flush()


def events(runner):
    for line in runner.stdout:
        event = event_from_json(line)
        yield event
        if isinstance(event, RunFinished):
            return


def test_a_runner_killed_in_mid_drag_leaves_no_button_down_and_a_run_that_opens(screen, runner, desk, tmp_path):
    killer = subprocess.Popen(
        [sys.executable, "-c", _KILL_WHEN_DOWN, str(runner.pid)], env=screen, stdout=subprocess.PIPE, text=True
    )
    assert killer.stdout.readline() == "watching\n"
    drag = [call(action="mouse_move", coordinate=[100, 500]), call(action="left_click_drag", coordinate=[900, 520])]
    start(runner, tmp_path, *drag)
    assert killer.stdout.readline() == "lifted\n"
    assert killer.wait(10) == 0
    killer.stdout.close()
    assert runner.wait(10) == -signal.SIGKILL
    folder = next((tmp_path / "runs").iterdir())
    assert any(isinstance(event, StepStarted) for event in RunFolder.read(folder))


def test_the_stop_key_stops_while_nobody_reads_the_events(screen, runner, desk, tmp_path):
    """A shell that hangs or is stopped reads nothing and says nothing."""
    start(runner, tmp_path, call(action="wait", time=60))
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("runs/*/events.jsonl")) or "wait" not in next(
        tmp_path.glob("runs/*/events.jsonl")
    ).read_text(encoding="utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    subprocess.run(["xdotool", "key", "ctrl+shift+Escape"], env=screen, check=True)
    *_, last = events(runner)
    assert last.status == "stopped"


def test_a_mind_killed_in_mid_thought_is_started_again(runner, desk, tmp_path):
    model = build_tiny(tmp_path / "tiny")
    start(runner, tmp_path, model=str(model))
    noted = False
    killed = 0
    for event in events(runner):
        if isinstance(event, Said) and not killed:
            killed = _kill_mind(runner)
        noted = noted or (isinstance(event, Noted) and "starting it again" in event.words)
        if noted and isinstance(event, Said):
            break
    assert killed
    assert noted


def _kill_mind(runner):
    """End the mind's server that this runner started, and no other on this machine; how many there were."""
    children = psutil.Process(runner.pid).children(recursive=True)
    minds = [child for child in children if "agent.mind.server" in child.cmdline()]
    for mind in minds:
        mind.kill()
    return len(minds)
