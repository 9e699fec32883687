"""Texts into real programs at a small number, as the make target types them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, text=True, check=False)


@pytest.mark.slow
@pytest.mark.parametrize("target", ["gtk", "qt", "chromium"])
def test_every_text_arrives_on_every_layout(target):
    done = run("--seed", "2", "--count", "4", "--targets", target)
    if f"{target} needs " in done.stderr:
        pytest.skip(done.stderr.rpartition("error: ")[2].strip())
    assert done.returncode == 0, (done.stdout, done.stderr)
    row = json.loads(done.stdout)
    assert row["targets"] == [target]
    assert row["strings"] == row["exact"] == row["clipboard_kept"] == 3 * 4
    assert row["layouts"] == row["keyboard_kept"] == 3


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--targets", "abacus")])
def test_what_cannot_be_run_is_said(words):
    done = run(*words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
