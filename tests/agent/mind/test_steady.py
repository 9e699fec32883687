"""What is said by passes of fixed shapes is what is said otherwise."""

import random

import pytest
from afresh import TOLERATED, Reader

from agent.mind.steady import WIDTHS
from agent.prompt import PastStep, prompt

KINDS = pytest.mark.parametrize("kind", ["dense", "moe"])


@pytest.fixture
def pair(loaded):
    """Two readers of one model; the first says by passes of fixed shapes."""

    def make(kind="dense"):
        model = loaded(kind, "instruct")
        steady, plain = Reader(model), Reader(model)
        steady.session.hasten(WIDTHS)
        return steady, plain

    return make


@pytest.fixture
def shapes(loaded, monkeypatch):
    """How many tokens each pass of the tiny model takes, and whether it is told which keys they see."""
    network, seen = loaded("dense", "instruct").session._model, []
    forward = network.forward

    def counted(**given):
        seen.append((given["input_ids"].shape[1], "attention_mask" in given))
        return forward(**given)

    monkeypatch.setattr(network, "forward", counted)
    return seen


def apart(one, other):
    return float((one - other).nan_to_num(0, 0, 0).abs().max())


@KINDS
def test_scores_are_the_same_over_growing_rooms_and_after_taking_back(pair, picture, past, kind):
    steady, plain = pair(kind)
    draw, worst = random.Random(3), 0.0
    for step in range(3):
        conversation = prompt("do it", past(step), picture(step))
        steady.read(conversation)
        plain.read(conversation)
        for _ in range(60):
            said = [draw.randrange(5, 200) for _ in range(draw.choice((1, 1, 1, 2, 5, 9, 32, 33, 50)))]
            guess = said[: draw.choice((0, 4))]
            one, other = (reader.session.say_ahead(said, guess) for reader in (steady, plain))
            worst = max(worst, apart(one, other))
            for reader in (steady, plain):
                reader.session.take_back(len(guess)) if guess else None
    assert worst <= TOLERATED


@KINDS
def test_a_run_goes_on_from_what_was_said_so(pair, picture, kind):
    steady, _ = pair(kind)
    past = []
    for step in range(4):
        turn, afresh = steady.beside(prompt("do it", past, picture(step)), 12)
        assert turn.ids == afresh.ids
        assert turn.apart(afresh) <= TOLERATED
        assert turn.read.reuse == ("kept" if step else "new")
        past.append(PastStep(picture(step), "", turn.ids, f"Done {step}."))


def test_few_shapes_serve_every_pass(pair, picture, shapes):
    steady, _ = pair()
    steady.read(prompt("do it", [], picture(1)))
    del shapes[:]
    for count in (1, 1, 1, 3, 4, 16, 2, 1, 40, 1):
        steady.session.say([7] * count)
    one, many = WIDTHS
    few, more = (one, True), (many, True)
    assert shapes == [(1, False), few, few, (3, False), more, more, more, few, (40, False), few]


def test_what_is_not_in_use_may_hold_anything_that_was_said_before(pair, picture, past):
    steady, plain = pair()
    for reader in (steady, plain):
        reader.read(prompt("do it", past(2), picture(1)))
        for _ in range(40):
            reader.session.say([9])
        reader.session.take_back(30)
    assert apart(steady.session.say([5]), plain.session.say([5])) <= TOLERATED


def test_no_number_is_looked_at_before_a_pass_is_over(pair, picture):
    """Or a GPU could not record it. Fake tensors have no numbers to look at; of experts they know those in bfloat16 only."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    steady, _ = pair()
    steady.read(prompt("do it", [], picture(1)))
    for width in WIDTHS:
        steady.session.say([7] * width)
    with FakeTensorMode(allow_non_fake_inputs=True):
        for width in WIDTHS:
            assert steady.session.say([7] * width).shape == (steady.network.config.get_text_config().vocab_size,)
    steady.session.forget()


def test_rooms_are_not_there_twice_while_they_grow(pair, picture, monkeypatch):
    """What was recorded lets go of them first."""
    import weakref

    from agent.mind import cache

    steady, _ = pair()
    steady.read(prompt("do it", [], picture(1)))
    kept, moved = [], cache._moved

    def counted(held, length):
        made = moved(held, length)
        kept.append((sum(room() is not None for room in rooms), len(rooms)))
        rooms.append(weakref.ref(made))
        return made

    rooms = []
    monkeypatch.setattr(cache, "_moved", counted)
    for _ in range(3):
        for count in (1, 1, 1, 5, 5, 200):
            steady.session.say([7] * count)
    layers = steady.network.config.get_text_config().num_hidden_layers
    assert len(rooms) >= 3 * 2 * layers
    # Of each layer its keys and its values, and one of them twice while it moves.
    assert max(alive for alive, _ in kept) <= 2 * layers
