"""Kills and stops at a small number, as the make target runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, text=True, check=False)


def test_all_is_up_soon_after_a_kill_and_still_soon_after_a_stop():
    done = run("--seed", "5", "--count", "16")
    row = json.loads(done.stdout)
    assert done.returncode == 0, (row, done.stderr)
    assert {name: row[name] for name in ("kills", "all_up", "keyboard_kept", "stops")} == {
        "kills": 16,
        "all_up": 16,
        "keyboard_kept": 16,
        "stops": 2,
    }
    assert row["held_at_kill"] > 0
    assert row["slowest_ms"] <= 200
    assert row["stop_slowest_ms"] <= 50


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x")])
def test_what_cannot_be_run_is_said(words):
    done = run(*words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
