"""The matrix at a small size: arithmetic and real clicks, as the make target runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


def conformance(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(RUN), *words], capture_output=True, text=True, check=False)


def test_every_click_is_where_the_oracle_says(tmp_path):
    table = tmp_path / "table.md"
    done = conformance("--seed", "3", "--count", "500", "--table", str(table))
    assert json.loads(done.stdout) == {
        "seed": 3,
        "layouts": 500,
        "layouts_exact": 500,
        "layouts_largest_error": 0,
        "cells": 24,
        "exact": 24,
        "largest_error": 0,
    }, done.stderr
    assert done.returncode == 0
    text = table.read_text(encoding="utf-8")
    assert "500 random layouts, 500 exact" in text
    assert "24 on a real X screen of two unequal monitors, 24 exact" in text


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x")])
def test_what_cannot_be_run_is_said(words):
    done = conformance(*words)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
