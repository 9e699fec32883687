"""`python -m actions.parse`: the Turn as JSON, and what the exit code says."""

import json
import subprocess
import sys

import pytest

from actions.action import Click
from actions.geometry import GridPoint
from actions.render import render


def tell(*words: str, told: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-m", "actions.parse", *words], input=told, capture_output=True, check=False)


@pytest.mark.parametrize("from_file", [True, False])
def test_a_reply_is_printed_as_json(tmp_path, from_file):
    reply = ("Da.\n" + render(Click("left", 1, GridPoint(512, 377)))).encode()
    (tmp_path / "reply").write_bytes(reply)
    done = tell(str(tmp_path / "reply")) if from_file else tell("-", told=reply)
    said = {"action": "left_click", "coordinate": [512, 377]}
    turn = {"thought": "Da.", "text": "", "actions": [said], "places": [], "error": None}
    assert (done.returncode, json.loads(done.stdout)) == (0, turn)


def test_a_refused_reply_comes_with_its_sentence():
    done = tell("-", told=b"<tool_call>{")
    turn = json.loads(done.stdout)
    assert done.returncode == 1
    assert turn["error"].startswith("The call is cut off") and turn["actions"] == []


@pytest.mark.parametrize(
    "words, told, sentence",
    [
        ((), b"", "Name one file"),
        (("no-such-file",), b"", "no-such-file cannot be read: No such file"),
        (("-",), b"ab\xff", "- is not UTF-8 at byte 2"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(words, told, sentence):
    done = tell(*words, told=told)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(sentence) and done.stderr.count(b"\n") == 1
