"""Our own windows and open approvals at a small number, as the make target counts them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def run(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / script), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_none_of_ours_is_seen_or_hit():
    done = run("own.py", "--seed", "5", "--count", "16")
    assert json.loads(done.stdout) == {
        "seed": 5,
        "own_frames": 16,
        "own_actions": 16,
        "own_windows_hit": 0,
        "reached": 16,
        "called_a_change": 0,
        "seen_in_front": 16,
    }, done.stderr
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.slow
def test_no_approval_is_got_past():
    done = run("approvals.py", "--seed", "5", "--count", "60")
    row = json.loads(done.stdout)
    assert (done.returncode, row["approvals_bypassed"]) == (0, 0), done.stderr
    assert row["approvals_attempts"] >= 60
    assert row["approvals_given"] > 0  # a person's press is still an answer


@pytest.mark.parametrize("script", ["own.py", "approvals.py"])
@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x")])
def test_what_cannot_be_run_is_said(script, words):
    done = run(script, *words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
