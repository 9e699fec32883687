"""When a turn ends, and that its text comes in whole characters."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.mind.base import ThinkOptions
from agent.mind.decode import Turn, Words, pick, repeats

CALL = 'Press Save.\n<tool_call>\n{"name": "computer_use"}\n</tool_call>'


class Bytes:
    """A tokenizer of bytes, and of whole marks; 256 ends a turn."""

    marks = ("<tool_call>", "</tool_call>", "<think>", "</think>")

    def encode(self, text):
        ids = []
        while text:
            mark = next((mark for mark in self.marks if text.startswith(mark)), None)
            ids += [300 + self.marks.index(mark)] if mark else text[0].encode()
            text = text[len(mark or text[0]) :]
        return ids

    def decode(self, ids):
        raw = b"".join(self.marks[i - 300].encode() if i >= 300 else bytes([i]) for i in ids if i != 256)
        return raw.decode("utf-8", "replace")


END = 256


def say(ids, in_thought=False, **options):
    """Say these tokens until the turn ends; the turn and its pieces."""
    tokenizer = Bytes()
    turn = Turn(tokenizer.decode, tokenizer.encode, frozenset({END}), in_thought, ThinkOptions(**options))
    left, pieces = list(ids), []
    while turn.stop is None and left:
        forced = turn.forced()
        pieces.append(turn.add(left.pop(0) if forced is None else forced))
    assert "".join(pieces) == turn.text
    return turn, [piece for piece in pieces if piece]


def spell(text):
    return Bytes().encode(text)


def test_a_turn_ends_with_its_end_mark():
    turn, _ = say([*spell("Hello"), END, *spell("more")])
    assert (turn.text, turn.stop, turn.ids) == ("Hello", "end", [*spell("Hello"), END])


@pytest.mark.parametrize(
    "after", [[END], spell("\n\n"), spell("Then"), spell("\n<tool"), spell("     "), [*spell("\n"), END]]
)
def test_a_turn_ends_after_its_call_and_unsays_the_rest(after):
    turn, pieces = say([*spell(CALL), *after, *spell("and so on"), END])
    assert turn.text == CALL
    assert turn.stop == "call"
    assert [token for token in turn.ids if token != END] == spell(CALL)
    assert pieces[-1] == "</tool_call>"


def test_calls_that_follow_each_other_are_one_turn():
    both = CALL + CALL.removeprefix("Press Save.")
    turn, pieces = say([*spell(both), *spell("\nBut")])
    assert (turn.text, turn.stop, turn.ids) == (both, "call", spell(both))
    assert "\n<tool_call>" in pieces


def test_a_call_in_a_thought_ends_nothing():
    text = f"I could say {CALL} but\n</think>\n\n{CALL}"
    turn, _ = say([*spell(text), END], in_thought=True)
    assert (turn.text, turn.stop) == (text, "call")
    opened, _ = say([*spell(f"<think>{text}"), END])
    assert opened.text == f"<think>{text}"


def test_free_text_may_show_calls():
    turn, _ = say([*spell(CALL), *spell(" is how"), END], stop_at_call=False)
    assert (turn.text, turn.stop) == (CALL + " is how", "end")


def test_a_turn_has_a_length():
    turn, _ = say(spell("0123456789"), max_new_tokens=4)
    assert (turn.text, turn.stop) == ("0123", "length")


def test_a_thought_does_not_count_as_the_turn():
    turn, _ = say([*spell("well, well</think>ab"), *spell("cdef")], in_thought=True, max_new_tokens=4)
    assert (turn.text, turn.stop) == ("well, well</think>abcd", "length")


def test_a_thought_that_goes_on_is_closed():
    thinking = spell("abcdefghijklmnopqrstuvwxyz")
    turn, _ = say([*thinking[:10], *spell("Done"), END], in_thought=True, max_thought_tokens=10)
    assert (turn.text, turn.stop) == ("abcdefghij\n</think>\n\nDone", "end")
    assert turn.ids == [*thinking[:10], *spell("\n</think>\n\nDone"), END]
    again, _ = say([*spell("a</think>b<think>c<think>d"), END], in_thought=True, max_thought_tokens=2)
    assert again.stop == "end"
    assert again.text.count("</think>") >= 2


def test_a_turn_that_repeats_itself_is_ended():
    turn, _ = say(spell("let me see, " + "click, " * 100))
    assert turn.stop == "repeated"
    assert len(turn.ids) < 100


@pytest.mark.parametrize("period, expected", [(1, True), (7, True), (16, True), (17, False), (40, False)])
def test_only_short_loops_are_loops(period, expected):
    loop = [n % period for n in range(200)]
    assert repeats(loop) is expected
    assert not repeats(loop[:63])


def test_a_cancelled_turn_gives_what_was_unfinished():
    tokenizer = Bytes()
    turn = Turn(tokenizer.decode, tokenizer.encode, frozenset({END}), False, ThinkOptions())
    assert [turn.add(token) for token in "né".encode()] == ["n", "", "é"]
    assert turn.add("€".encode()[0]) == ""
    assert turn.end("cancelled") == "�"
    assert (turn.text, turn.stop) == ("né�", "cancelled")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=30))
def test_text_comes_in_whole_characters(loaded, text):
    import unicodedata

    tokenizer = loaded().tokenizer
    # The tokenizer composes characters, as Qwen's does.
    text = unicodedata.normalize("NFC", text)
    words = Words(lambda ids: tokenizer.decode(list(ids)))
    pieces = [words.add(token) for token in tokenizer.encode(text, add_special_tokens=False)]
    assert "".join(pieces) + words.rest() == text
    assert not any("�" in piece for piece in pieces) or "�" in text


@settings(max_examples=60, deadline=None)
@given(raw=st.binary(max_size=40))
def test_bytes_that_are_no_text_hold_nothing_back_for_long(raw):
    tokenizer = Bytes()
    words = Words(tokenizer.decode)
    pieces = [words.add(token) for token in raw]
    words.rest()
    silent = max((len(run) for run in "".join("x" if piece else "." for piece in pieces).split("x")), default=0)
    assert silent < 8


def test_the_best_token_is_picked_or_one_of_the_best():
    import torch

    torch.manual_seed(0)
    scores = torch.tensor([0.0, 3.0, 2.9, -5.0, 2.8])
    assert pick(scores, ThinkOptions()) == 1
    draw = lambda **options: {pick(scores, ThinkOptions(temperature=1.0, **options)) for _ in range(200)}  # noqa: E731
    assert draw(top_k=2, top_p=1.0) == {1, 2}
    assert draw(top_k=5, top_p=0.3) == {1}
    assert draw(top_k=5, top_p=0.9) == {1, 2, 4}
    assert draw(top_k=50, top_p=1.0) >= {1, 2, 4}


def test_what_was_said_is_less_likely_to_be_said_again():
    import torch

    scores = torch.tensor([0.0, 3.0, 2.9, -5.0, 2.8])
    assert pick(scores, ThinkOptions(presence_penalty=1.5), [1, 1]) == 2
    assert pick(scores, ThinkOptions(presence_penalty=0.05), [1, 1, 1]) == 1
    assert pick(scores, ThinkOptions(), [1]) == 1
    assert scores.tolist() == pytest.approx([0.0, 3.0, 2.9, -5.0, 2.8])


@pytest.mark.parametrize("in_thought", [False, True])
def test_within_a_call_nothing_is_said_again(in_thought):
    tokenizer = Bytes()
    options = ThinkOptions(stop_at_call=False)
    turn = Turn(tokenizer.decode, tokenizer.encode, frozenset({END}), in_thought, options)
    free = []
    for token in spell(("so</think>" if in_thought else "") + "ab<tool_call>{a}</tool_call>c"):
        turn.add(token)
        free.append(list(turn.free) == turn.ids)
    assert free == ([True] * 3 if in_thought else []) + [True] * 2 + [False] * 4 + [True] * 2


def test_an_answer_that_may_be_a_call_without_tags_is_not_kept_from_saying_again():
    tokenizer = Bytes()
    turn = Turn(tokenizer.decode, tokenizer.encode, frozenset({END}), True, ThinkOptions(), tagged=False)
    free = []
    for token in spell("so</think>Action: a"):
        turn.add(token)
        free.append(list(turn.free) == turn.ids)
    assert free == [True] * 2 + [False] * 10
