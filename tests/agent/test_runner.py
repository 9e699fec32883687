import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from agent.events import ApprovalAsked, Noted, Replied, RunFinished, RunStarted, event_from_json
from agent.host import FREED, NONE_LOADED
from agent.intents import Approve, Deny, Limits, Quit, Resume, StartRun, Stop, Unload, intent_to_json
from agent.mind.tiny import build_tiny
from agent.store import RunFolder

_HOSTILE = """
import ctypes, os, sys, threading, time

def shout():
    while "agent.host" not in sys.modules:
        time.sleep(0.001)
    while True:
        print("a library prints", flush=True)
        os.write(1, b"and so does C\\n")
        ctypes.CDLL(None).puts(b"through its own buffer")
        ctypes.CDLL(None).fflush(None)
        time.sleep(0.005)

threading.Thread(target=shout, daemon=True).start()
"""
CLICK = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [500, 500]}}\n</tool_call>'
DONE = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}\n</tool_call>'


class RunnerChild:
    """The runner as the shell has it: a child process with two pipes."""

    def __init__(self, env, *arguments):
        command = [sys.executable, "-m", "agent.runner", *arguments]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)

    def send(self, intent):
        self.process.stdin.write(intent_to_json(intent).encode() + b"\n")
        self.process.stdin.flush()

    def events(self):
        for line in self.process.stdout:
            event = event_from_json(line)
            yield event
            if isinstance(event, RunFinished):
                return

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


@pytest.fixture
def runner(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(_HOSTILE)
    env = {**os.environ, "PYTHONPATH": f"{tmp_path / 'site'}{os.pathsep}{Path.cwd()}", "DESKHAND_HOME": str(tmp_path)}
    child = RunnerChild(env)
    yield child
    child.close()


def script(tmp_path, *replies):
    path = tmp_path / "script.json"
    path.write_text(json.dumps(replies))
    return f"scripted:{path}"


def test_a_whole_run_in_watch_mode_amid_hostile_prints(runner, tmp_path):
    model = script(tmp_path, f"Click it.\n{CLICK}", f"Click again.\n{CLICK}", f"Done.\n{DONE}")
    runner.send(StartRun(task="press it", model=model, dry_run=True))
    seen = []
    for event in runner.events():
        seen.append(event)
        if isinstance(event, ApprovalAsked):
            approve = event.step == 1
            answer = Approve if approve else Deny
            runner.send(answer(step=event.step, index=event.index))
    assert isinstance(seen[0], RunStarted)
    assert seen[-1].status == "success"
    assert [event.status for event in seen if event.kind == "acted"] == ["done", "refused", "done"]
    folder = next((tmp_path / "runs").iterdir())
    assert (folder / "report.html").exists()
    assert [event.kind for event in RunFolder.read(folder)] == [event.kind for event in seen]


def test_stop_ends_a_run_that_waits_for_the_person(runner, tmp_path):
    runner.send(StartRun(task="press it", model=script(tmp_path, CLICK), dry_run=True))
    for event in runner.events():
        if isinstance(event, ApprovalAsked):
            runner.send(Stop())
    assert event.status == "stopped"


def test_a_stop_that_comes_before_the_run_begins_is_not_lost(runner, tmp_path):
    start = StartRun(task="press it", model=script(tmp_path, CLICK), dry_run=True)
    both = "".join(intent_to_json(intent) + "\n" for intent in (start, Stop()))
    runner.process.stdin.write(both.encode())  # at once, while the runner is still being loaded
    runner.process.stdin.flush()
    seen = list(runner.events())
    assert seen[-1].status == "stopped"
    assert not {"replied", "approval_asked", "acted"} & {event.kind for event in seen}


def test_a_stop_is_for_every_run_that_was_asked_for(runner, tmp_path):
    first, second = (StartRun(task=task, model=script(tmp_path, CLICK), dry_run=True) for task in ("first", "second"))
    runner.send(first)
    runner.send(second)
    for event in runner.events():
        if isinstance(event, ApprovalAsked):
            runner.send(Stop())
    *_, last = runner.events()
    assert (event.status, last.status) == ("stopped", "stopped")


def test_a_line_that_is_no_intent_is_told_and_harms_nothing(runner, tmp_path):
    runner.process.stdin.write(b'{"kind": "launch_rockets"}\n')
    runner.send(StartRun(task="end it", model=script(tmp_path, DONE), dry_run=True))
    seen = list(runner.events())
    assert any(isinstance(event, Noted) and event.level == "warning" for event in seen)
    assert seen[-1].status == "success"


def test_a_shell_that_reads_nothing_holds_up_nothing(runner, tmp_path):
    long = "x" * 300_000  # more than a pipe holds
    runner.send(StartRun(task="x", model=script(tmp_path, f"{long}\n{DONE}"), dry_run=True))
    deadline = time.monotonic() + 60
    while not list(tmp_path.glob("runs/*/report.html")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert RunFolder.read(next((tmp_path / "runs").iterdir()))[-1].status == "success"
    *_, last = runner.events()
    assert last.status == "success"


def test_a_shell_that_went_away_ends_the_run_and_the_runner(runner, tmp_path):
    wait = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "wait", "time": 60}}\n</tool_call>'
    runner.send(StartRun(task="x", model=script(tmp_path, wait), dry_run=True))
    next(runner.events())
    runner.process.stdin.close()
    assert runner.process.wait(30) == 0
    assert RunFolder.read(next((tmp_path / "runs").iterdir()))[-1].status == "stopped"


def test_it_ends_when_told_to_quit_or_left_alone(runner):
    runner.send(Quit())
    assert runner.process.wait(30) == 0


def test_a_script_that_cannot_be_read_is_one_sentence(runner):
    runner.send(StartRun(task="x", model="scripted:/no/such/file", dry_run=True))
    *_, last = runner.events()
    assert last.status == "error"
    assert "/no/such/file" in last.words


def test_unreadable_replies_go_back_to_the_model_and_end_the_run_after_three(runner, tmp_path):
    runner.send(StartRun(task="x", model=script(tmp_path, "a", "b", "c"), dry_run=True))
    seen = list(runner.events())
    assert [bool(event.error) for event in seen if isinstance(event, Replied)] == [True] * 3
    assert seen[-1].status == "error"


def test_it_loads_neither_qt_nor_torch():
    loaded = "import agent.runner, sys; print([m for m in ('torch', 'PySide6', 'transformers') if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def minds(runner):
    children = psutil.Process(runner.process.pid).children(recursive=True)
    return [child for child in children if "agent.mind.server" in child.cmdline()]


def think_once(runner, model="nano", **options):
    """A run of one step; what the model wants to do is denied."""
    runner.send(StartRun(task="press it", model=model, limits=Limits(steps=1), dry_run=True, **options))
    for event in runner.events():
        if isinstance(event, ApprovalAsked):
            runner.send(Deny(step=event.step, index=event.index))
    assert event.steps == 1
    (mind,) = minds(runner)
    return mind


def told(runner):
    return event_from_json(runner.process.stdout.readline()).words


@pytest.mark.parametrize("kind", ["dense", "moe"])
def test_a_model_stays_loaded_until_it_is_to_be_let_go(runner, tmp_path, kind):
    model = "nano" if kind == "dense" else str(build_tiny(tmp_path / "model", kind="moe"))
    first = think_once(runner, model)
    assert think_once(runner, model) == first
    runner.send(Unload())
    assert told(runner) == FREED
    assert (minds(runner), first.is_running()) == ([], False)
    runner.send(Unload())
    assert told(runner) == NONE_LOADED
    assert think_once(runner, model) != first


def test_a_model_is_not_let_go_in_the_middle_of_a_run(runner, tmp_path):
    runner.send(StartRun(task="press it", model=script(tmp_path, CLICK, DONE), dry_run=True))
    for event in runner.events():
        if isinstance(event, ApprovalAsked):
            runner.send(Unload())
            runner.send(Deny(step=event.step, index=event.index))
    assert event.status == "success"
    assert told(runner) == NONE_LOADED  # a script holds no weights


def test_a_model_that_nobody_uses_is_let_go_after_a_while(runner):
    mind = think_once(runner, keep_minutes=0.02)
    assert told(runner) == FREED
    assert not mind.is_running()
    mind = think_once(runner, keep_minutes=0)
    time.sleep(2)
    assert mind.is_running()


_DYING = """
import os, sys, threading, time

def die():
    while not hasattr(sys.modules.get("agent.mind.qwen"), "Qwen"):
        time.sleep(0.001)
    mind = sys.modules["agent.mind.qwen"].Qwen
    think = mind.think
    mind.think = lambda *given: os._exit(9) if os.path.exists(os.environ["DYING"]) else think(*given)

if "agent.mind.server" in sys.orig_argv:
    threading.Thread(target=die, daemon=True).start()
"""


def test_a_run_in_the_shell_waits_when_its_mind_dies_again_and_again(tmp_path):
    (tmp_path / "sitecustomize.py").write_text(_DYING)
    (tmp_path / "dying").touch()
    path = f"{tmp_path}{os.pathsep}{Path.cwd()}"
    env = {**os.environ, "PYTHONPATH": path, "DESKHAND_HOME": str(tmp_path), "DYING": str(tmp_path / "dying")}
    child, seen = RunnerChild(env, "--shell", str(os.getpid())), []
    child.send(StartRun(task="press it", model="nano", limits=Limits(steps=1), dry_run=True))
    for event in child.events():
        seen.append(event)
        if event.kind == "state_changed" and event.state == "paused":
            (tmp_path / "dying").unlink()
            child.send(Resume())
        if isinstance(event, ApprovalAsked):
            child.send(Deny(step=event.step, index=event.index))
    child.close()
    notes = [event.words for event in seen if isinstance(event, Noted)]
    assert len(notes) == 3
    assert "ended 3 times in a row" in notes[-1]
    assert sum(isinstance(event, Replied) for event in seen) == 1
    assert event.status == "limit"
