"""Random episodes at a small size, as the make target runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


def episodes(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, text=True, check=False)


def test_what_is_read_step_by_step_is_what_is_read_afresh():
    done = episodes("--seed", "2", "--count", "15")
    row = json.loads(done.stdout)
    assert (done.returncode, row["episodes"], row["turns"], row["wrong"]) == (0, 15, 135, 0), done.stdout + done.stderr
    assert set(row["reuse"]) == {"new", "kept", "cut"}
    assert row["known"] > 0.5


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x")])
def test_what_cannot_be_run_is_said(words):
    done = episodes(*words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
