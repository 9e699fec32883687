"""`deskhand run` as a person at a terminal meets it, on a desktop where nothing is done."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.geometry import Point
from agent.cli import main
from agent.commands.terminal import Terminal
from agent.events import ApprovalAsked, Replied, RunFinished, Said, StepStarted, event_from_json
from agent.report import write_report
from agent.store import RunFolder

ASKED = ApprovalAsked(at=1, step=1, index=0, words="Click", reason="You are asked.")


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


DRY_RUN = [sys.executable, "-m", "agent.cli", "run", "x", "--dry-run", "--yes"]
CLICK, DONE = call(action="left_click", coordinate=[500, 500]), call(action="terminate", status="success")


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path))

    def write(*replies):
        (tmp_path / "script.json").write_text(json.dumps(replies))
        return f"scripted:{tmp_path / 'script.json'}"

    return write


def test_a_run_tells_what_is_thought_and_done_and_what_it_leaves(script, capsys):
    assert main(["run", "press it", "--model", script(f"I click.\n{CLICK}", "hm", DONE), "--dry-run", "--yes"]) == 0
    said = capsys.readouterr().out
    for words in ("press it", "Step 1: I click.", "→ Click at (500, 500)", "! Nothing was called", "Report: "):
        assert words in said
    assert "<tool_call>" not in said
    assert Path(said.split("Report: ")[1].strip()).exists()


def test_with_zoom_a_large_screen_is_looked_at_twice(script, capsys, monkeypatch):
    large = dry_desktop(Image.new("RGB", (1920, 1080), "white"))
    monkeypatch.setattr("agent.host.open_desktop", lambda **_: large)
    model = script(f"There.\n{CLICK}", f"Here.\n{call(action='left_click', coordinate=[0, 0])}", DONE)
    assert main(["run", "press it", "--model", model, "--dry-run", "--yes", "--zoom"]) == 0
    assert "Step 1: There.\n  looks closer: Here.\n" in capsys.readouterr().out
    assert ("move", Point(640, 300)) in large.input.deeds


def test_a_dry_run_asks_as_any_other(script):
    person, terminal = os.openpty()
    command = [sys.executable, "-m", "agent.cli", "run", "x", "--model", script(CLICK, DONE), "--dry-run"]
    with subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:  # what is typed before the question is thrown away
            os.write(person, b"not that one\n")
            time.sleep(0.2)
        said = process.stdout.read()
    os.close(person)
    os.close(terminal)
    assert "refused: the person said no: not that one" in said
    assert process.returncode == 0


def test_a_question_of_the_model_is_answered_in_the_terminal(script):
    person, terminal = os.openpty()
    ask = call(action="ask_user", text="Which file?")
    command = [sys.executable, "-m", "agent.cli", "run", "x", "--model", script(ask, DONE), "--dry-run"]
    with subprocess.Popen(command, stdin=terminal, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:  # what is typed before the question is thrown away
            os.write(person, b"the second\n")
            time.sleep(0.2)
        said = process.stdout.read()
    os.close(person)
    os.close(terminal)
    assert "Which file? " in said
    (folder,) = (Path(os.environ["DESKHAND_HOME"]) / "runs").iterdir()
    told = [event.outcome for event in RunFolder.read(folder) if event.kind == "step_finished"]
    assert told[0] == "The person says: the second"


def test_a_question_that_nobody_can_answer_is_no_end(script, capsys):
    ask = call(action="ask_user", text="Which file?")
    assert main(["run", "x", "--model", script(ask, DONE), "--dry-run", "--yes"]) == 0
    assert "refused: the person does not answer: nobody can be asked" in capsys.readouterr().out


def test_json_is_one_event_a_line_and_nothing_else(script, tmp_path):
    command = [*DRY_RUN, "--model", script(CLICK, DONE), "--json"]
    done = subprocess.run(command, capture_output=True, check=True)
    events = [event_from_json(line) for line in done.stdout.splitlines()]
    assert (events[0].kind, events[-1].status) == ("run_started", "success")


def test_what_ends_without_success_is_code_1(script):
    failed = call(action="terminate", status="failure")
    assert main(["run", "x", "--model", script(failed), "--dry-run", "--yes"]) == 1
    assert main(["run", "x", "--model", script(CLICK, CLICK), "--dry-run", "--yes", "--max-steps", "1"]) == 1


@pytest.mark.parametrize(
    "words",
    [
        ["run", ""],
        ["run", "x", "--max-steps", "0"],
        ["run", "x", "--free"],
        ["run", "x", "--region", "1,2,3"],
        ["run", "x", "--region", "0,0,0,9"],
        ["run", "x"],  # nobody can be asked: stdin is no terminal here
        ["run", "x", "--dry-run"],
        ["run", "x", "--yes"],
        ["run", "x", "--guarded", "--rules", "/no/such/file"],
        ["run", "x", "--guarded", "--rules", os.devnull],
        ["report", "/no/such/folder"],
        ["practice", "--count", "0"],
        ["practice", "--into", "/no/such/folder/score.json"],
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_code_2(words, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", open(os.devnull, encoding="utf-8"))  # noqa: SIM115, PTH123 - closed below
    assert main(words) == 2
    sys.stdin.close()
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    "rules, said",
    [
        ('{"deny": [{"region": [0, 0, 1920, 0]}]}', "at least one pixel wide and high"),
        ("[]", "object"),
        ('{"deny": [{}]}', "deny.0: Value error, a rule needs an application, a title, a region or keys"),
        ('{"deny": [{"keys": ["foo"]}]}', "there is no key “foo”"),
        ('{"forbid": []}', "forbid"),
        ('{"actions_per_minute": 0}', "actions_per_minute"),
    ],
)
def test_rules_that_cannot_be_used_are_said_with_where_and_why(tmp_path, capsys, rules, said):
    file = tmp_path / "rules.json"
    file.write_text(rules)
    assert main(["run", "x", "--guarded", "--rules", str(file)]) == 2
    told = capsys.readouterr().err
    assert str(file) in told
    assert said in told
    assert told.count("\n") == 1


def test_rules_are_held_in_a_run_and_recorded(script, tmp_path):
    file = tmp_path / "rules.json"
    file.write_text(json.dumps({"deny": [{"keys": ["Control", "W"]}], "actions_per_minute": 9}))
    model = script(call(action="key", keys=["ctrl", "w"]), DONE)
    words = [sys.executable, "-m", "agent.cli", "run", "x", "--dry-run", "--guarded", "--json"]
    done = subprocess.run([*words, "--model", model, "--rules", str(file)], capture_output=True, text=True, check=False)
    events = [event_from_json(line) for line in done.stdout.splitlines()]
    assert events[0].rules == {"allow": [], "deny": [{"keys": ["ctrl", "w"]}], "actions_per_minute": 9}
    (refused,) = [event for event in events if event.kind == "acted" and event.status == "refused"]
    assert refused.words == "The person's rules say never: the keys ctrl+w."


@pytest.mark.parametrize("spoil", ["missing", "empty", "no Qwen3-VL"])
def test_a_model_that_cannot_be_opened_is_one_sentence_code_2_and_recorded(tmp_path, capfd, monkeypatch, spoil):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path))
    model = tmp_path / "model"
    if spoil != "missing":
        model.mkdir()
        config = {"model_type": "qwen3_vl", "vision_config": {}, "image_token_id": 1} if spoil == "empty" else {}
        (model / "config.json").write_text(json.dumps(config))
    assert main(["run", "press it", "--model", str(model), "--dry-run", "--free", "--window", "Editor"]) == 2
    said = capfd.readouterr()
    assert said.err.startswith("deskhand run: ")
    assert said.err.count("\n") == 1
    assert str(model) in said.err
    (run,) = (tmp_path / "runs").iterdir()
    *_, last = RunFolder.read(run)
    assert last.status == "error"
    assert last.words in said.err
    assert str(run / "report.html") in said.out
    assert last.words not in said.out
    assert str(model) in write_report(run).read_text("utf-8")


def test_ctrl_c_stops_a_run(script):
    command = [*DRY_RUN, "--model", script(call(action="wait", time=60))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while "Wait" not in process.stdout.readline():
            pass
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        assert "Stopped by the person" in process.stdout.read()
        assert process.wait(30) == 1


# ------------------------------------------------------------------------------------------------------------ the question


@pytest.fixture
def keyboard(monkeypatch):
    """The other end of a terminal, whose screen nobody reads."""
    person, terminal = os.openpty()
    with os.fdopen(terminal, encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield person
    os.close(person)


def typed_later(person, text):
    """Type as soon as the question was asked: the first look at whether the run was stopped comes after that."""
    pending = [text]

    def stopped():
        if pending:
            os.write(person, pending.pop().encode())
        return False

    return stopped


@pytest.mark.parametrize(
    "text, approved, note",
    [
        ("y\n", True, ""),
        ("Yes\n", True, ""),
        ("n\n", False, ""),
        ("\n", False, ""),
        ("not that one\n", False, "not that one"),
    ],
)
def test_a_person_answers(keyboard, capsys, text, approved, note):
    answer = Terminal().ask(ASKED, typed_later(keyboard, text))
    assert (answer.approved, answer.note) == (approved, note)
    assert "You are asked." in capsys.readouterr().out


def test_what_was_typed_before_the_question_is_no_answer(keyboard, capsys):
    os.write(keyboard, b"y\n")
    time.sleep(0.05)
    answer = Terminal().ask(ASKED, typed_later(keyboard, "n\n"))
    assert not answer.approved


def test_a_stopped_run_does_not_wait_for_an_answer(keyboard, capsys):
    assert Terminal().ask(ASKED, lambda: True) is None


def test_the_end_of_the_input_is_no_answer(keyboard, capsys):
    assert Terminal().ask(ASKED, typed_later(keyboard, "\x04")) is None


@pytest.mark.parametrize("text, goes_on", [("\n", True), ("\x04", False)])
def test_whoever_took_over_says_when_to_go_on(keyboard, capsys, text, goes_on):
    assert Terminal().wait_to_go_on(typed_later(keyboard, text)) is goes_on
    assert "Enter goes on" in capsys.readouterr().out


def test_words_are_shown_as_they_come_and_the_call_never(capsys):
    terminal, shown = Terminal(), []
    terminal.show(StepStarted(at=1, step=1))
    for piece in ("I cl", "ick.\n<to", "ol_c", 'all>{"name"'):
        terminal.show(Said(at=1, step=1, text=piece))
        shown.append(capsys.readouterr().out)
    assert shown == ["\nStep 1: I cl", "ick.", "", ""]
    reply = Replied(
        at=1, step=1, text="", ids=None, stop="call", prompt_tokens=0, cached_tokens=0, thought="I click.", actions=[]
    )
    terminal.show(reply)
    terminal.show(RunFinished(at=1, status="success", words="Done.", steps=1))
    assert capsys.readouterr().out == "\n\nDone.\n"


def test_a_thought_is_printed_apart_from_the_answer(capsys):
    terminal = Terminal()
    terminal.show(StepStarted(at=1, step=1))
    for text, thought in (
        ("<think>\nI see", True),
        (" it.\n</think>", True),
        ("\n\nI cl", False),
        ("ick.\n<tool", False),
    ):
        terminal.show(Said(at=1, step=1, text=text, thought=thought))
    text = "<think>\nI see it.\n</think>\n\nI click.\n<tool_call>"
    told = {"stop": "call", "prompt_tokens": 0, "cached_tokens": 0, "thought": "I see it.\nI click.", "actions": []}
    terminal.show(Replied(at=1, step=1, text=text, ids=None, **told))
    assert capsys.readouterr().out == "\nStep 1: (thinking) I see it.\n  I click.\n"
