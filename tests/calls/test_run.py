"""Calls drawn under their grammar are read, a few of the hundred thousand of the make target."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = [sys.executable, str(Path(__file__).with_name("run.py"))]


def test_calls_from_random_scores_are_read():
    done = subprocess.run([*RUN, "--seed", "4", "--count", "300"], capture_output=True, text=True, check=False)
    assert json.loads(done.stdout) == {"seed": 4, "calls": 300, "read": 300}, done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("words", [("--count", "0"), ("--seed", "x")])
def test_what_cannot_be_drawn_is_said(words):
    done = subprocess.run([*RUN, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words[0] in done.stderr
