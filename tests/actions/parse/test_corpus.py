"""The corpus of labelled replies: every one means what its label says, or is refused where the label says so."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from actions.errors import ParseError
from actions.parse import parse
from actions.render import arguments

DATA = Path(__file__).parents[2] / "data" / "parse"
CASES = [json.loads(line) for line in (DATA / "corpus.jsonl").read_text("utf-8").splitlines()]


def meaning(text: str) -> dict:
    try:
        turn = parse(text)
    except ParseError:
        return {"error": True}
    places = [asdict(place) | {"numbers": list(place.numbers)} for place in turn.places]
    said = [arguments(action) for action in turn.actions]
    return {"thought": turn.thought, "text": turn.text, "actions": said, "places": places}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_reply_means_what_its_label_says(case):
    found, label = meaning(case["text"]), case["expected"]
    assert {key: found.get(key) for key in label} == label, case["source"]


def test_the_corpus_is_as_large_and_wide_as_promised():
    assert len(CASES) >= 500
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert set(Counter(case["dialect"] for case in CASES)) == {"computer_use", "ui_tars", "holo", "grounding"}
    assert sum("error" in case["expected"] for case in CASES) >= 100
    assert sum(case["source"].startswith("peers.md 5a, the 25") for case in CASES) == 25
    assert sum(case["source"].startswith("peers.md 5a, the 18") for case in CASES) == 18


def test_the_corpus_is_what_its_makers_write():
    written = subprocess.check_output([sys.executable, DATA / "make_corpus.py"], text=True, encoding="utf-8")
    assert written == (DATA / "corpus.jsonl").read_text("utf-8")


@pytest.mark.parametrize("dialect", ["computer_use", "ui_tars", "holo"])
def test_a_reply_that_is_cut_off_anywhere_asks_for_nothing_else(dialect):
    # Thinking without its opening tag cannot be told from speech before it ends, so replies with any are left out.
    texts = [case["text"] for case in CASES if case["dialect"] == dialect and case["expected"].get("actions")]
    for text in (text for text in texts if "</think>" not in text):
        whole = meaning(text)["actions"]
        for cut in range(len(text)):
            said = meaning(text[:cut]).get("actions", [])
            assert said == whole[: len(said)], text[:cut]
