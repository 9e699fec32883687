"""A memory that grows in place and goes back, also where layers have running states instead of keys and values."""

import pytest
from afresh import Reader

from agent.history import HistoryPolicy
from agent.mind.cache import MARKS, ROOM, Memory
from agent.prompt import PastStep, prompt

APPEND = HistoryPolicy(frames=40, fold=1)
FOLDING = HistoryPolicy(frames=4, fold=2)


def network(loaded, **text):
    """A tiny model of Qwen3.5's architecture, some of whose layers have running states."""
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    known = loaded.session._model.config
    sight = known.vision_config.to_dict()
    config = AutoConfig.for_model(
        "qwen3_5",
        text_config={**known.text_config.to_dict(), "model_type": "qwen3_5_text", **text},
        vision_config={
            **{name: sight[name] for name in sight if "deepstack" not in name},
            "model_type": "qwen3_5_vision",
        },
        **{name: getattr(known, name) for name in ("image_token_id", "video_token_id", "vision_start_token_id")},
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return AutoModelForImageTextToText.from_config(config).eval()


@pytest.fixture
def hybrid(states, caplog):
    """The same where its layers may log that they run without their fast kernels, once per process."""
    return states


@pytest.fixture(scope="module")
def states(loaded):
    """A reader of a model with two layers of running states and one of keys and values."""
    sizes = {f"linear_{name}": 16 for name in ("key_head_dim", "value_head_dim")}
    heads = {"linear_num_key_heads": 2, "linear_num_value_heads": 4}
    kinds = ["linear_attention", "linear_attention", "full_attention"]
    made = network(loaded(), layer_types=kinds, **sizes, **heads)
    return lambda: Reader(loaded(), made)


def test_a_model_with_running_states_is_read_step_by_step(hybrid, picture):
    one, past, before = hybrid(), [], 0
    for step in range(6):
        turn = one.agreed(prompt("do it", past, picture(step), APPEND))
        assert (turn.read.known, turn.read.reuse) == ((before + len(turn.ids) - 1, "kept") if step else (0, "new"))
        past.append(PastStep(picture(step), "", turn.ids, "Done."))
        before = turn.length
    # Tried again: the state from before the last token.
    read = one.agreed(prompt("do it", past[:-1], picture(5), APPEND)).read
    assert (read.known, read.reuse) == (before - 1, "restored")
    # Something else was said than the model said.
    past[-1] = PastStep(picture(5), "", (65, 66, 67), "Done.")
    read = one.agreed(prompt("do it", past, picture(6), APPEND)).read
    assert (read.known, read.reuse) == (before - 1, "restored")


def test_a_fold_goes_back_to_the_state_before_the_pictures(hybrid, picture):
    one, past = hybrid(), []
    for step in range(11):
        turn = one.agreed(prompt("do it", past, picture(step), FOLDING))
        assert turn.read.reuse == ("new" if step == 0 else "restored" if step in (4, 6, 8, 10) else "kept")
        assert step == 0 or turn.read.known > 1000
        past.append(PastStep(picture(step), f"Say {step}.", turn.ids, f"Done {step}."))
    assert len(one.session._memory._marks) <= MARKS


def test_what_no_state_is_kept_of_is_read_again(hybrid, picture, past):
    one = hybrid()
    one.agreed(prompt("do it", past(3), picture(9), APPEND))
    read = one.agreed(prompt("do something else", past(3), picture(9), APPEND)).read
    assert (read.known, read.reuse) == (0, "reread")
    read = one.agreed(prompt("do something else", past(3), picture(9), APPEND)).read
    assert read.reuse == "restored"


def test_a_model_whose_memory_slides_is_read_again(loaded, picture, past):
    """No model of the family has such layers; should one come, it is read afresh rather than wrongly."""
    from transformers.cache_utils import DynamicSlidingWindowLayer

    one = Reader(loaded())
    one.turn(prompt("do it", past(1), picture(9)))
    one.session._memory.cache.layers[1] = DynamicSlidingWindowLayer(64)
    encoded = prompt("do it", past(1), picture(8))
    read = one.agreed(encoded).read
    assert (read.known, read.reuse) == (0, "reread")


@pytest.fixture
def layer(loaded):
    return Memory(loaded().session._model.config).cache.layers[0]


def some(tokens, seed=0):
    import torch

    made = torch.randn(2, 1, 2, tokens, 4, generator=torch.Generator().manual_seed(seed))
    return made[0], made[1]


def test_a_layer_holds_what_was_added_and_not_cut(layer):
    import torch

    expected = None
    for step, (tokens, cut) in enumerate([(5, 0), (1, 0), (ROOM, 3), (1, ROOM), (1, 1), (700, 650), (2, 0), (300, 0)]):
        new = some(tokens, step)
        told = layer.update(*new)
        expected = new if expected is None else tuple(torch.cat(pair, -2) for pair in zip(expected, new, strict=True))
        assert all(torch.equal(*pair) for pair in zip(told, expected, strict=True))
        layer.crop(-cut)
        expected = tuple(part[..., : part.shape[-2] - cut, :] for part in expected)
        assert torch.equal(layer.keys, expected[0]) and torch.equal(layer.values, expected[1])
        assert layer.get_seq_length() == expected[0].shape[-2]


def test_a_layer_writes_a_token_where_it_is_and_gives_back_room(layer):
    layer.update(*some(5))
    before = layer.rooms[0].data_ptr()
    for _ in range(ROOM - 5):
        layer.update(*some(1))
    assert layer.rooms[0].data_ptr() == before
    layer.update(*some(3000))
    assert layer.rooms[0].shape[-2] - layer.get_seq_length() < ROOM
    layer.crop(-3000)
    assert [room.shape[-2] for room in layer.rooms] == [ROOM, ROOM]


def test_a_memory_may_be_cut_to_nothing(loaded):
    memory = Memory(loaded().session._model.config)
    for layer in memory.cache.layers:
        layer.update(*some(9))
    assert memory.go_back(9, 9) == 9
    assert memory.go_back(9, 4) == 4
    assert memory.cache.get_seq_length() == 4
    assert memory.go_back(4, 0) == 0
    assert memory.cache.get_seq_length() == 0
    memory.mark(0, 0)
    assert memory._marks == {}
