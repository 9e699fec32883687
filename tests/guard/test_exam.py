"""The guard on labelled controls: a sample of the exam, and what the make target says when it cannot be done."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def run(script, *words):
    command = [sys.executable, str(HERE / script), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_what_has_consequences_is_asked_about_and_little_else():
    done = run("exam.py", "--seed", "9", "--count", "160")
    if done.returncode == 2:
        pytest.skip(done.stderr)
    row = json.loads(done.stdout)
    assert row["consequential_ways"] + row["harmless_ways"] >= (160 if not row["missing"] else 1)
    assert row["consequential_asked"] == row["consequential"], done.stderr
    assert row["harmless_asked"] <= 0.1 * row["harmless"]
    assert done.returncode == 0


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x"), ("--toolkits", "abacus")])
def test_what_cannot_be_asked_is_said(words):
    done = run("exam.py", *words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("words", [("--count", "0"), ("--seed", "x")])
def test_what_cannot_be_measured_is_said(words):
    done = run("run.py", *words)
    assert done.returncode == 2
    assert words[0] in done.stderr
