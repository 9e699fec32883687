"""The client of the runner, against a real child process that speaks the protocol and misbehaves."""

import os
import signal
import sys

import pytest

from agent.events import Noted, event_to_json
from agent.intents import Pause, Stop
from app.workers.child import runner_command
from app.workers.runner_process import RunnerProcess

HELLO = event_to_json(Noted(at=0, words="héllo 世界"))

ECHO = """
import sys, json
for line in sys.stdin:
    intent = json.loads(line)
    if intent["kind"] == "quit": break
    print(json.dumps({"v": 1, "at": 0, "kind": "noted", "words": intent["kind"]}), flush=True)
"""
PIECES = f"""
import os, sys, time
sys.stdin.readline()
line = {HELLO!r}.encode() + b"\\n"
middle = line.index("世".encode()) + 1  # inside a letter
for piece in (line[:middle], line[middle:] + line + line[:5], line[5:]):
    os.write(1, piece)
    time.sleep(0.05)
sys.stdin.readline()
"""
GARBAGE = f"""
import sys
sys.stdin.readline()
print("a library says hello"); print('{{"v": 2, "kind": "noted"}}'); print(); print({HELLO!r}, flush=True)
sys.stdin.readline()
"""
DEAF = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(60)"
BROKEN = "import sys\nsys.exit('no module named torch')"


@pytest.fixture
def runner_of(qapp):
    made = []

    def make(code):
        runner = RunnerProcess([sys.executable, "-c", code])
        runner.events, runner.failures = [], []
        runner.event_received.connect(runner.events.append)
        runner.failed.connect(runner.failures.append)
        made.append(runner)
        return runner

    yield make
    for runner in made:
        runner.close()


def test_nothing_runs_until_it_is_needed(runner_of):
    assert not runner_of(ECHO).running


def test_intents_go_out_and_events_come_in(runner_of, qtbot):
    runner = runner_of(ECHO)
    runner.send(Pause())
    runner.send(Stop())
    qtbot.waitUntil(lambda: len(runner.events) == 2)
    assert [event.words for event in runner.events] == ["pause", "stop"]


def test_lines_that_come_in_pieces_are_put_together(runner_of, qtbot):
    runner = runner_of(PIECES)
    runner.send(Pause())
    qtbot.waitUntil(lambda: len(runner.events) == 3)
    assert {event.words for event in runner.events} == {"héllo 世界"}


def test_what_is_no_event_is_passed_over(runner_of, qtbot):
    runner = runner_of(GARBAGE)
    runner.send(Pause())
    qtbot.waitUntil(lambda: bool(runner.events))
    assert [event.words for event in runner.events] == ["héllo 世界"]


def test_a_runner_that_is_killed_is_started_again(runner_of, qtbot):
    runner = runner_of(ECHO)
    runner.send(Pause())
    qtbot.waitUntil(lambda: bool(runner.events))
    first = runner.process_id
    os.kill(first, signal.SIGKILL)
    qtbot.waitUntil(lambda: runner.running and runner.process_id not in {0, first})
    assert runner.failures == ["The runner ended unexpectedly and is started again."]
    runner.send(Stop())
    qtbot.waitUntil(lambda: len(runner.events) == 2)


def test_a_runner_that_does_not_answer_is_ended_by_force(runner_of, qtbot):
    runner = runner_of(DEAF)
    runner.send(Stop())
    qtbot.waitUntil(lambda: runner.process_id > 0)
    with qtbot.waitSignal(runner.ended):
        runner.kill()
    assert runner.failures == ["The runner was ended by force, as you asked, and is started again."]


def test_a_runner_that_cannot_stay_up_is_left_alone_and_says_why(runner_of, qtbot):
    runner = runner_of(BROKEN)
    runner.send(Pause())
    qtbot.waitUntil(lambda: len(runner.failures) == 3, timeout=20000)
    qtbot.wait(100)
    assert not runner.running
    assert runner.failures[-1].startswith("The runner ends as soon as it is started")
    assert runner.failures[-1].endswith("Its last words: no module named torch")


def test_a_program_that_is_not_there_is_one_sentence(qapp, qtbot):
    runner = RunnerProcess(["/nowhere/deskhand"])
    with qtbot.waitSignal(runner.failed) as failed:
        runner.send(Pause())
    assert failed.args[0].startswith("The runner cannot be started")
    assert not runner.running


def test_close_asks_it_to_end_and_says_nothing(runner_of, qtbot, tmp_path):
    asked = tmp_path / "asked"
    runner = runner_of(ECHO.replace("break", f"open({str(asked)!r}, 'w').close(); break"))
    runner.send(Pause())
    qtbot.waitUntil(lambda: bool(runner.events))
    runner.close()
    assert asked.exists()
    assert (runner.running, runner.failures) == (False, [])


def test_the_usual_runner_is_the_module(monkeypatch):
    shell = ["--shell", str(os.getpid())]
    assert runner_command() == [sys.executable, "-m", "agent.runner", *shell]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert runner_command() == [sys.executable, "runner", *shell]
