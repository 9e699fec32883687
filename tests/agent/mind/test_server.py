"""The mind process from outside, as whoever starts it sees it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def run(*arguments, stdin=""):
    command = [sys.executable, "-m", "agent.mind.server", *arguments]
    return subprocess.run(command, cwd=ROOT, input=stdin, capture_output=True, text=True, check=False)


def answers(done):
    return [json.loads(line) for line in done.stdout.splitlines() if line]


def test_it_ends_when_nobody_is_there_to_ask(tiny):
    done = run("--model", str(tiny()))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_line_that_is_no_request_ends_it_with_a_word(tiny):
    done = run("--model", str(tiny()), stdin='{"v": 2, "kind": "think"}\n')
    *_, last = answers(done)
    assert (last["kind"], last["lost"], last["id"]) == ("failed", True, None)
    assert "is not understood" in last["text"]


def test_it_needs_a_model():
    done = run()
    assert done.returncode == 2
    assert done.stdout.strip() == ""
    assert "--model" in done.stderr
    assert "Traceback" not in done.stderr
