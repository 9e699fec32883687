"""A thought is told from its answer, however the text is cut into pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.mind.apart import Apart

CALL = '<tool_call>\n{"text": "<think>a</think>"}\n</tool_call>'
CASES = [
    ("I see.\n</think>\n\nPress it.\n" + CALL, True, "I see.\n</think>"),
    ("No thought, 1 < 2.\n" + CALL, False, ""),
    ("cut off <", True, "cut off <"),
    ("cut off <thi", False, ""),
    ("Look: <think>hm</think> and <think>hm", False, "<think>hm</think><think>hm"),
]


def told(pieces, in_thought):
    apart = Apart(in_thought)
    said = [one for piece in pieces for one in apart.add(piece)] + list(apart.rest())
    assert all(one.text for one in said)
    assert "".join(one.text for one in said) == "".join(pieces)
    return "".join(one.text for one in said if one.thought)


@pytest.mark.parametrize("whole, in_thought, thought", CASES)
@given(cuts=st.lists(st.integers(0, 99), max_size=9))
def test_a_thought_is_told_apart_at_every_cut(whole, in_thought, thought, cuts):
    ends = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    assert told([whole[start:end] for start, end in pairwise(ends)], in_thought) == thought


def test_what_is_no_mark_is_told_at_once():
    apart = Apart(in_thought=True)
    assert [piece.text for piece in apart.add("I see <")] == ["I see "]
    assert [piece.text for piece in apart.add("b> it")] == ["<b> it"]


def test_a_thought_may_begin_without_a_mark():
    apart = Apart(in_thought=False)
    apart.begin_thought()
    assert [piece.thought for piece in apart.add("hm</think>So")] == [True, False]
