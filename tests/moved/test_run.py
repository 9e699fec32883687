"""The trials at a small size, as the make target runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


def moved(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, text=True, check=False)


def test_every_change_is_noticed_and_nothing_else():
    done = moved("--seed", "3", "--count", "16")
    assert json.loads(done.stdout) == {
        "seed": 3,
        "changed": 16,
        "noticed": 16,
        "benign": 160,
        "false_alarms": 0,
    }, done.stderr
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x")])
def test_what_cannot_be_run_is_said(words):
    done = moved(*words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
