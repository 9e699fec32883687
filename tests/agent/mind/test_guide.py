"""A turn whose calls are kept to their grammar: said the same, with fewer questions to the model."""

import json

import pytest
import torch
from transformers import AutoTokenizer

from actions.parse import parse
from agent.assets import asset
from agent.mind.base import ThinkOptions, never
from agent.mind.decode import Turn
from agent.mind.grammar import CALL, CALL_END, call_grammar
from agent.mind.guide import Guides, is_guidable
from agent.mind.qwen import say

GREEDY = ThinkOptions()


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(asset("models/nano"))


@pytest.fixture(scope="module")
def guides(tokenizer):
    return Guides(tokenizer)


class Wants:
    """A model that wants to say some tokens, whatever it is made to say in between, and counts how often it is asked."""

    def __init__(self, ids, size):
        self._ids, self._size = list(ids), size
        self.asked = self.heard = 0

    def scores(self):
        wanted = torch.zeros(self._size)
        if self.heard < len(self._ids):
            wanted[self._ids[self.heard]] = 1.0
        return wanted

    def say(self, tokens):
        assert tokens
        self.asked += 1
        self.heard += len(tokens)
        return self.scores()


def spoken(tokenizer, guides, text, options=GREEDY, cancelled=never):
    """The turn, and how often the model was asked."""
    ids = tokenizer.encode(text, add_special_tokens=False)
    model = Wants([*ids, tokenizer.eos_token_id], len(tokenizer))
    decode = lambda some: tokenizer.decode(some, skip_special_tokens=False, clean_up_tokenization_spaces=False)  # noqa: E731
    encode = lambda words: tokenizer.encode(words, add_special_tokens=False)  # noqa: E731
    turn = Turn(decode, encode, frozenset({tokenizer.eos_token_id}), False, options)
    begin = lambda: guides and guides.begin(call_grammar("grid", "all"))  # noqa: E731
    pieces = list(say(model, model.scores(), turn, begin, options, cancelled))
    assert "".join(pieces) == turn.text
    return turn, model.asked


def call(**arguments):
    return f"{CALL}\n{json.dumps({'name': 'computer_use', 'arguments': arguments}, ensure_ascii=False)}\n{CALL_END}"


CLICK = call(action="left_click", coordinate=[512, 377])


@pytest.mark.parametrize(
    "text",
    [
        f"The button is there.\n{CLICK}",
        CLICK,
        f"{CLICK}\n{call(action='type', text='Grüße, 世界')}",
        call(action="key", keys=["ctrl", "shift", "t"]),
        "There is nothing to do.",
    ],
)
def test_what_a_model_means_as_it_was_trained_is_said_the_same(tokenizer, guides, text):
    turn, asked = spoken(tokenizer, guides, text)
    plain, often = spoken(tokenizer, None, text)
    assert (turn.text, turn.stop, turn.ids) == (plain.text, plain.stop, plain.ids)
    assert asked <= often


DOWN, UP = call(action="left_mouse_down", coordinate=[1, 2]), call(action="left_mouse_up")
OVER = call(action="mouse_move", coordinate=[3, 4])


def test_what_is_held_from_call_to_call_is_one_turn_to_the_grammar(tokenizer, guides):
    turn, _ = spoken(tokenizer, guides, f"Drag it.\n{DOWN}\n{OVER}\n{UP}")
    assert (turn.text, turn.stop) == (f"Drag it.\n{DOWN}\n{OVER}\n{UP}", "call")
    assert len(parse(turn.text).actions) == 2


def test_what_is_held_down_is_let_go_though_the_model_forgets_it(tokenizer, guides):
    turn, _ = spoken(tokenizer, guides, f"{DOWN}\n{OVER}", ThinkOptions(max_new_tokens=2000))
    assert turn.stop == "call"
    assert turn.text.count(CALL) >= 3
    assert "left_mouse_up" in turn.text
    assert parse(turn.text).actions


def test_what_the_format_fixes_is_not_asked_about(tokenizer, guides):
    text = call(action="read_clipboard")
    _, asked = spoken(tokenizer, guides, text)
    _, often = spoken(tokenizer, None, text)
    assert asked < often / 2


@pytest.mark.parametrize(
    "text",
    [
        f'{CALL}\n{{"name": "fly", "arguments": {{}}}}\n{CALL_END}',
        f'{CALL}\n{{"name": "computer_use", "arguments": {{"action": "left_click", "coordinate": [5120, 377]}}}}\n{CALL_END}',
        f"{CALL}{CALL_END}",
        f"{CALL}{{'action': 'click'}}{CALL_END}",
    ],
)
def test_a_call_that_is_wrong_is_made_one_that_can_be_read(tokenizer, guides, text):
    turn, _ = spoken(tokenizer, guides, text, ThinkOptions(max_new_tokens=2000))
    assert turn.text.startswith(CALL)
    if turn.stop == "call":
        assert len(parse(turn.text).actions) == 1
    else:
        assert turn.stop in ("length", "repeated")  # what it wanted was over, and it babbled inside a text


def test_words_before_a_call_are_free(tokenizer, guides):
    text = f'I see {{"name": 1}} and [1001, 5]. {CLICK}'
    assert spoken(tokenizer, guides, text)[0].text == text


@pytest.mark.parametrize("most", range(1, 12))
def test_the_limit_of_a_turn_holds_for_what_is_forced_too(tokenizer, guides, most):
    turn, _ = spoken(tokenizer, guides, call(action="wait", time=1), ThinkOptions(max_new_tokens=most))
    assert len(turn.ids) <= most or turn.stop == "call"
    assert turn.stop in ("length", "call")


def test_a_stop_ends_a_turn_in_the_middle_of_a_call(tokenizer, guides):
    asked = iter([False, True])
    turn, _ = spoken(tokenizer, guides, CLICK, cancelled=lambda: next(asked, True))
    assert turn.stop == "cancelled"
    assert len(turn.text) < len(CLICK)


def test_only_a_fast_vocabulary_of_bytes_can_be_guided(tokenizer):
    assert is_guidable(tokenizer)
    assert not is_guidable(object())


def test_a_grammar_that_is_none_is_said(guides):
    with pytest.raises(ValueError, match="grammar"):
        guides.begin("start: nowhere")
