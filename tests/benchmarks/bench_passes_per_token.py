"""How often the model is asked for each token of a tool call, with Qwen's real vocabulary.

The calls are those that a desktop needs, a dozen of each of eight kinds, said by a model that always wants the next token of
the call as Qwen's tokenizer writes it. Counted are the tokens from `<tool_call>` to `</tool_call>`, and the passes between.
"""

import random
import sys

from qwen_vocabulary import Missing, tokenizer

from actions.action import Answer, Click, Drag, Move, PressKeys, Scroll, Terminate, TypeText, Wait
from actions.geometry import GridPoint
from actions.render import render
from agent.mind.base import ThinkOptions, never
from agent.mind.decode import Turn
from agent.mind.grammar import call_grammar
from agent.mind.guide import Guides
from agent.mind.qwen import say

TEXTS = (
    "ALICE",
    "quarterly report.pdf",
    "https://example.org/login",
    "Dear Ms Lind,\nthank you for the minutes.",
    "你好，世界",
    "42",
)
OF_EACH = 12


class Wants:
    """A model that wants one text, token by token, and counts how often it is asked."""

    def __init__(self, ids, size):
        self._ids, self._size = ids, size
        self.passes = self._said = 0

    def scores(self):
        import torch

        wanted = torch.zeros(self._size)
        if self._said < len(self._ids):
            wanted[self._ids[self._said]] = 1.0
        return wanted

    def say(self, tokens):
        assert list(tokens) == self._ids[self._said : self._said + len(tokens)]
        self._said += len(tokens)
        self.passes += 1
        return self.scores()


def calls():
    """The calls, always the same."""
    dice = random.Random(11)
    at = lambda: GridPoint(dice.randrange(1001), dice.randrange(1001))  # noqa: E731
    kinds = (
        lambda: Click("left", 1, at()),
        lambda: Click("left", 2, at()),
        lambda: Click("right", 1, at()),
        lambda: Move(at()),
        lambda: Drag(at()),
        lambda: Scroll(dice.choice((-10, -5, 5, 10)), at=at()),
        lambda: PressKeys(dice.choice((("ctrl", "s"), ("enter",), ("alt", "f4"), ("ctrl", "shift", "t")))),
        lambda: dice.choice((Wait(2), Terminate("success"), Answer("It is 42."))),
    )
    yield from (render(kind()) for kind in kinds for _ in range(OF_EACH))
    yield from (render(TypeText(text)) for text in TEXTS)


def spoken(vocabulary, guides, text):
    """Tokens and passes of one call."""
    ids = vocabulary.encode(text, add_special_tokens=False)
    model = Wants([*ids, vocabulary.eos_token_id], len(vocabulary))
    decode = lambda some: vocabulary.decode(some, skip_special_tokens=False, clean_up_tokenization_spaces=False)  # noqa: E731
    encode = lambda words: vocabulary.encode(words, add_special_tokens=False)  # noqa: E731
    turn = Turn(decode, encode, frozenset({vocabulary.eos_token_id}), False, ThinkOptions())
    list(say(model, model.scores(), turn, lambda: guides and guides.begin(call_grammar()), ThinkOptions(), never))
    assert turn.text == text
    return len(turn.ids), model.passes


def rows():
    """One row."""
    try:
        vocabulary = tokenizer()
    except Missing as error:
        print(f"passes_per_token: {error}.", file=sys.stderr)
        return
    guides, wanted = Guides(vocabulary), list(calls())
    ours = [spoken(vocabulary, guides, text) for text in wanted]
    plain = [spoken(vocabulary, None, text) for text in wanted]
    tokens = sum(count for count, _ in ours)
    yield {
        "name": "passes_per_token",
        "value": round(sum(passes for _, passes in ours) / tokens, 3),
        "unit": "forward passes per token",
        "baseline": f"decoding token by token: {sum(passes for _, passes in plain) / tokens:.3f}",
        "goal": 0.4,
        "better": "lower",
    }
