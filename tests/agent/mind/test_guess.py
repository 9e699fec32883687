"""What is guessed changes how often the model is asked, and not what it says."""

import random
from dataclasses import replace

import pytest
from afresh import TOLERATED, Reader

from agent.mind.base import Reply, ThinkOptions, never
from agent.mind.encode import encode
from agent.mind.guess import WIDTH, Ahead, Worth
from agent.mind.qwen import Qwen
from agent.prompt import PastStep, prompt

KINDS = pytest.mark.parametrize("kind, style", [("dense", "instruct"), ("moe", "thinking")])


class Always(Worth):
    """Makes a guess at every chance."""

    def learn(self, true):
        """Whatever came of it."""


class Never(Worth):
    """Makes none."""

    def pays(self):
        """Not for a moment."""
        return False


class Asked(Reader):
    """A reader that counts how often its model is asked."""

    def __init__(self, loaded):
        super().__init__(loaded)
        self.asked, say = [], self.session.say_ahead
        self.session.say_ahead = lambda tokens, guess: (
            self.asked.append((list(tokens), list(guess))),
            say(tokens, guess),
        )[1]


@KINDS
def test_scores_are_the_same_with_guesses_and_without(loaded, picture, past, kind, style):
    model, draw = loaded(kind, style), random.Random(1)
    conversation = prompt("do it", past(2), picture(7))
    ids = encode(conversation, model.tokenizer, model.eyes.tokens).ids
    guessing, plain = Asked(model), Reader(model)
    guessing.read(conversation)
    plain.read(conversation)
    ahead = Ahead(guessing.session, ids, guessing.session.unsayable | model.ends, Always())
    # What is said goes along with what was read before, and leaves it now and then.
    apart, place = 0.0, 20
    for _ in range(60):
        place = draw.randrange(10, 900) if draw.random() < 0.3 else place
        count = draw.choice((1, 1, 1, 2, 3))
        said = [token if token not in guessing.session.unsayable else 5 for token in ids[place : place + count]]
        place += count
        apart = max(apart, float((ahead.say(said) - plain.session.say(said)).nan_to_num(0, 0, 0).abs().max()))
    ahead.end()
    assert apart <= TOLERATED
    assert len(guessing.asked) < 45
    assert guessing.session.held == plain.session.held


@KINDS
def test_a_turn_is_the_same_with_guesses_and_the_next_one_goes_on_from_it(
    tiny, loaded, picture, kind, style, monkeypatch
):
    turns = {}
    for worth in (Always(), Never()):
        model, past, mind = replace(loaded(kind, style), worth=worth), [], Qwen(str(tiny(kind, style)))
        model.session.forget()
        monkeypatch.setattr(mind, "_loaded", model)
        for step in range(3):
            options = ThinkOptions(max_new_tokens=40, grammar=False)
            *_, reply = mind.think(prompt("do it", past, picture(step)), options, never)
            assert isinstance(reply, Reply)
            assert reply.reuse == ("kept" if step else "new")
            turns.setdefault(type(worth), []).append(reply.ids)
            past.append(PastStep(picture(step), reply.text, reply.ids, f"Done {step}."))
    assert turns[Always] == turns[Never]


def test_what_followed_before_is_guessed_and_nothing_that_cannot_be_said(loaded, picture, past):
    model = loaded()
    one = Asked(model)
    conversation = prompt("do it", past(1), picture(3))
    ids = list(encode(conversation, model.tokenizer, model.eyes.tokens).ids)
    one.read(conversation)
    barred = one.session.unsayable | model.ends
    ahead = Ahead(one.session, [*ids, 7, 8, 9, 10, 11, 12, 13], barred, Always())
    ahead.say([7])
    assert one.asked[-1] == ([7], [8, 9, 10, 11])
    ahead.say([8, 9])
    assert len(one.asked) == 1, "they came true"
    ahead.say([6, 9])
    assert one.asked[-1] == ([6, 9], [6, 9]), "after two that never stood together, what followed the one the last time"
    end, pad = next(iter(model.ends)), next(iter(one.session.unsayable))
    for stop in (end, pad):
        ahead = Ahead(one.session, [20, 21, stop, 22], barred, Always())
        ahead.say([20])
        assert one.asked[-1] == ([20], [21])
        ahead.end()


def test_guesses_that_do_not_come_true_are_left_off_for_a_while():
    worth = Worth(price=0.5)
    for _ in range(40):
        if not worth.pays():
            break
        worth.learn(0)
    else:
        pytest.fail("it goes on guessing")
    pauses = sum(not worth.pays() for _ in range(100))
    assert 20 < pauses < 40, "after which it is tried again"
    cheap = Worth(price=0.0)
    for _ in range(100):
        cheap.learn(0)
        assert cheap.pays(), "what costs nothing may always be tried"


def test_guesses_that_come_true_go_on():
    worth = Worth(price=1.0)
    for number in range(200):
        assert worth.pays()
        worth.learn(WIDTH if number % 2 else 0)
