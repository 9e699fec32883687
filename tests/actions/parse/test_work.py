"""Reading a reply costs a fixed multiple of its length, counted in characters looked at, whatever stands in it."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.errors import ParseError
from actions.parse.reply import read_reply
from actions.parse.scan import Scanner

FUZZ = Path(__file__).parents[2] / "fuzz" / "parse.py"
# Each is repeated, after the beginning and before the end.
NASTY = [
    ("", "<tool_call> ", ""),
    ("<tool_call>", " ", ""),
    ('<tool_call>{"', '\\"', ""),
    ("<tool_call>{", '"a": 1,', "}"),
    ("", '<tool_call>{"a": 1}', ""),
    ("", "</think>", ""),
    ("", "<think>", ""),
    ("", "```json\n{", ""),
    ("", '\n{"', ""),
    ("", "\n[“", ""),
    ("", "\n[[[[", ""),
    ("", '\n{"a": 1}', ""),
    ("", "Action: click(", ""),
    ("", "\nAction: type(content='", ""),
    ("Action: type(content='", "'", "')"),
    ("Action: type(content='", "' ", ""),
    ("Action: ", "wait()\n", ""),
    ("", "click(start_box='<point>", ""),
    ("", "\nAction: click(start_box='<point>1 2</point>')", "x"),
    ('<tool_call>{"a": "', "</tool_call>", '"}'),
    ("", "\n<function=computer_use><parameter=a>", ""),
    ("", "\n<function=a><parameter=a></parameter></function>", ""),
    ("", "\n<function=a>   ", ""),
    ("[", '{"bbox_2d": [1, 2, 3, 4]},', "]"),
    ('<tool_call>{"name": "computer_use", "arguments": {"action": "type", "text": "', "ab", '"}}'),
]


def work(text: str) -> int:
    """How many characters were looked at until the text was read or refused."""
    scan = Scanner(text)
    with contextlib.suppress(ParseError):
        read_reply(scan)
    return scan.seen


@pytest.mark.parametrize("begin, again, end", NASTY, ids=range(len(NASTY)))
def test_twice_the_text_is_at_most_twice_the_work(begin, again, end):
    once, twice = (work(begin + again * count + end) for count in (3_000, 6_000))
    assert once <= 12 * len(begin + again * 3_000 + end) + 1_000
    assert twice <= 2 * once + 1_000


@given(st.lists(st.sampled_from([piece for row in NASTY for piece in row]), max_size=60).map("".join))
def test_no_mixture_costs_more(text):
    assert work(text) <= 12 * len(text) + 1_000


def test_what_costs_too_much_is_refused():
    scan = Scanner("a" * 1_000)
    scan.seen = 100 * len(scan.text)
    with pytest.raises(ParseError, match="tangled"):
        scan.skip()


def test_a_fuzzed_reply_is_read_or_refused():
    done = subprocess.run([sys.executable, FUZZ, "3", "3000"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"inputs": 3000' in done.stdout and '"other_exceptions": 0' in done.stdout
