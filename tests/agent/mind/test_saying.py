"""A turn from a server ends where one here would, however it is cut into pieces."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.mind.base import ThinkOptions
from agent.mind.saying import Saying
from agent.mind.stream import Delta

CALL = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "wait"}}\n</tool_call>'
LONG = ThinkOptions(max_new_tokens=100_000)


def said(pieces, thinks=False, reason="end", options=LONG, field="content"):
    saying = Saying(options, thinks)
    told = ""
    for piece in pieces:
        told += saying.add(Delta(**{field: piece}))
        if saying.stop:
            break
    told += saying.finish(reason)
    assert told == saying.text
    return saying


@given(
    cuts=st.lists(st.integers(0, 400), max_size=12), after=st.sampled_from(["", "\n", " So", "\n\nI <b>", "<tool_ca"])
)
def test_where_a_turn_ends_does_not_depend_on_its_pieces(cuts, after):
    whole = f"I see.\n{CALL}\n{CALL}{after}"
    ends = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    saying = said([whole[start:end] for start, end in pairwise(ends)])
    assert (saying.text, saying.stop) == (f"I see.\n{CALL}\n{CALL}", "call")


@pytest.mark.parametrize("opening", ["", "<think>\n"])
def test_a_call_inside_a_thought_is_none(opening):
    thinks = not opening
    whole = f"{opening}I could {CALL} or not.\n</think>\n\n{CALL}"
    saying = said(whole, thinks=thinks)
    assert (saying.text, saying.stop) == (whole, "call")


def test_a_call_inside_a_thought_that_is_told_apart_is_none():
    saying = Saying(LONG, thinks=False)
    saying.add(Delta(reasoning_content=f"I could {CALL} and more"))
    assert saying.stop is None
    saying.add(Delta(content=CALL))
    saying.finish("end")
    assert saying.text == f"I could {CALL} and more\n</think>\n\n{CALL}"
    assert saying.stop == "call"


def test_a_thought_does_not_count_as_speech_and_ends_by_its_own_budget():
    options = ThinkOptions(max_new_tokens=4, max_thought_tokens=20)
    thought = [f"{n} " for n in range(12)]
    assert said([*thought, "</think>", "a", "b"], thinks=True, options=options).stop == "end"
    assert said([*thought, "</think>", *"abcdefgh"], thinks=True, options=options).text.endswith("</think>abcd")
    assert said([f"{n} " for n in range(99)], thinks=True, options=options).stop == "length"


@pytest.mark.parametrize("reason", ["end", "length", "cancelled"])
def test_the_reason_is_the_servers_unless_there_was_a_call(reason):
    assert said(["x"], reason=reason).stop == reason
    assert said([CALL], reason=reason).stop == ("cancelled" if reason == "cancelled" else "call")
    assert said([CALL[:-3]], reason=reason).stop == reason


def test_calls_need_not_end_a_turn():
    options = ThinkOptions(max_new_tokens=1000, stop_at_call=False)
    assert said([CALL, " and on"], options=options).text == f"{CALL} and on"
