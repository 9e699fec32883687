"""How layers are shared out among GPUs: by plain numbers of bytes."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoConfig, AutoModelForImageTextToText

from agent.mind.budget import shape_of
from agent.mind.fit import BASE, EIGHT, FOUR, HALF, SLACK, USUAL, need, seeing
from agent.mind.sizes import SIZES
from agent.mind.spread import Part, device_map, fits, groups, split

BY_NAME = {shape.name: shape for shape in SIZES}
GB = 10**9


@pytest.fixture(scope="module")
def bare():
    """The model of a published size without weights."""

    def make(shape):
        mixture = {
            "num_experts": shape.experts,
            "num_experts_per_tok": shape.chosen,
            "moe_intermediate_size": shape.inner,
        }
        text = dict(
            vocab_size=151_936,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.kv_heads,
            head_dim=shape.head,
            intermediate_size=shape.inner,
            **(mixture if shape.experts else {}),
        )
        sight = {
            "depth": shape.tower.depth,
            "hidden_size": shape.tower.hidden,
            "intermediate_size": shape.tower.inner,
            "out_hidden_size": shape.hidden,
            "deepstack_visual_indexes": list(shape.tower.deep),
        }
        kind = "qwen3_vl_moe" if shape.experts else "qwen3_vl"
        config = AutoConfig.for_model(kind, text_config=text, vision_config=sight, tie_word_embeddings=shape.tied)
        with torch.device("meta"):
            return AutoModelForImageTextToText.from_config(config)

    return make


def bytes_on(network, modules, place, tied):
    """In half precision; a table that is the same as another is there once."""
    return 2 * sum(
        weight.numel()
        for name, at in modules.items()
        if at == place and not (tied and name == "lm_head")
        for weight in network.get_submodule(name).parameters()
    )


def test_parts_go_where_most_tokens_fit():
    layers = [Part(10, 1)] * 4
    assert split([Part(5), *layers, Part(5)], [100, 100]) == ([0, 0, 0, 1, 1, 1], 37)
    # What comes first takes room from the layers.
    assert split([Part(60), *layers, Part(0)], [100, 100]) == ([0, 0, 1, 1, 1, 1], 23)
    assert split([Part(5), *layers, Part(5)], [1000, 60])[0] == [0, 0, 0, 0, 0, 1]
    # One that is too small is passed over.
    assert split([Part(60), *layers], [50, 200])[0] == [1, 1, 1, 1, 1]
    assert split([Part(5), *layers], [10, 10, 10]) is None
    assert split([Part(5), Part(9)], [10, 10]) == ([0, 1], 1)
    # One that is full already takes nothing from the other.
    assert split([Part(5), *layers], [-90, 100]) == ([1, 1, 1, 1, 1], 13)


@given(
    parts=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 3)), min_size=1, max_size=6),
    rooms=st.lists(st.integers(-50, 150), min_size=1, max_size=3),
)
def test_no_other_way_to_share_out_holds_more(parts, rooms):
    told = [Part(fixed, token) for fixed, token in parts]
    if not any(part.token for part in told):
        return
    found = split(told, rooms)
    best = max((capacity(told, rooms, cut) for cut in cuts(len(told), len(rooms))), default=0)
    assert (found[1] if found else 0) == best
    if found:
        assert found[0] == sorted(found[0])
        assert capacity(told, rooms, found[0]) == best


def cuts(parts, rooms, first=0):
    """Every way to put parts into rooms in order."""
    if parts == 0:
        yield []
        return
    for at in range(first, rooms):
        yield from ([at, *rest] for rest in cuts(parts - 1, rooms, at))


def capacity(parts, rooms, places):
    """Most tokens that fit so, by counting."""
    tokens = 0
    while tokens < 1000 and all(
        sum(part.fixed + (tokens + 1) * part.token for part, at in zip(parts, places, strict=True) if at == room)
        <= rooms[room]
        for room in set(places)
    ):
        tokens += 1
    return tokens


@pytest.mark.parametrize("shape", SIZES, ids=lambda shape: shape.name)
def test_on_one_gpu_what_fits_is_what_is_needed(shape):
    total = need(shape, HALF, USUAL).total
    assert fits(shape, HALF, USUAL, [total])
    assert not fits(shape, HALF, USUAL, [total - 1])


@pytest.mark.parametrize(
    "name, precision, free, fit",
    [
        ("8B", HALF, (16, 16), True),
        ("8B", HALF, (12, 12), False),
        ("8B", HALF, (12, 12, 12), True),
        ("8B", EIGHT, (12, 12), True),
        ("8B", HALF, (24, 4), True),
        ("32B", HALF, (24, 24, 24), False),
        ("32B", HALF, (24, 24, 24, 24), True),
        ("32B", FOUR, (24, 24), True),
        ("30B-A3B", HALF, (80, 80), True),
        ("30B-A3B", HALF, (48, 24), True),
        ("235B-A22B", HALF, (80,) * 6, False),
        ("235B-A22B", HALF, (80,) * 7, True),
    ],
)
def test_what_several_gpus_hold_together(name, precision, free, fit):
    assert fits(BY_NAME[name], precision, USUAL, [each * GB for each in free]) is fit


def test_as_few_as_possible_are_taken_and_those_with_most_memory():
    free = {"cuda:0": 5, "cuda:1": 20, "cuda:2": 10}
    asked = []

    def tell(place):
        asked.append(place)
        return free[place]

    found = groups(list(free), tell)
    assert next(found) == ("cuda:0",)
    assert not asked
    assert list(found) == [("cuda:1",), ("cuda:2",), ("cuda:1", "cuda:2"), ("cuda:0", "cuda:1", "cuda:2")]


@pytest.mark.parametrize("name", ["4B", "8B", "30B-A3B"])
def test_modules_of_a_published_size_go_where_there_is_room(bare, name):
    """And so does all that a run of the usual length needs besides, wherever the advice says that it fits."""
    shape = BY_NAME[name]
    network = bare(shape)
    each = next(half for half in range(2 * GB, 100 * GB, GB // 2) if fits(shape, HALF, USUAL, [half] * 2))
    modules = device_map(network, shape_of(network.config), HALF, USUAL, {"cuda:0": each, "cuda:1": each})
    assert set(modules.values()) == {0, 1}
    covered = {parameter for module in modules for parameter in network.get_submodule(module).parameters()}
    assert covered == set(network.parameters())
    layers = [modules[f"model.language_model.layers.{number}"] for number in range(shape.layers)]
    assert layers == sorted(layers)
    token = shape.kv_bytes / shape.layers
    for place in (0, 1):
        cache = (1 + SLACK) * layers.count(place) * token * USUAL.tokens
        look = (1 + SLACK) * seeing(shape, 2, USUAL) if place == 0 else 0
        assert bytes_on(network, modules, place, shape.tied) + cache + look + BASE <= each
    first = {"model.visual", "model.language_model.embed_tokens", "model.language_model.rotary_emb"}
    assert {modules[module] for module in first} == {0}
    assert (modules["model.language_model.norm"], modules["lm_head"]) == (1, 0 if shape.tied else 1)
    assert device_map(network, shape_of(network.config), HALF, USUAL, {"cuda:0": 2 * GB, "cuda:1": 2 * GB}) is None


def test_few_bits_count_as_few(bare):
    network = bare(BY_NAME["8B"])
    free = {"cuda:0": 9 * GB, "cuda:1": 9 * GB}
    told = network, shape_of(network.config)
    assert device_map(*told, HALF, USUAL, free) is None
    assert device_map(*told, FOUR, USUAL, free)
    # Weights that already are in few bits are as large as they are, whatever is computed in.
    assert device_map(*told, HALF, USUAL, free, stored=8 * GB)


def test_only_layers_that_keep_every_token_are_counted_for_them(bare):
    """As in the hybrid models of newer families."""
    network = bare(BY_NAME["2B"])
    free = {"cuda:0": 5 * GB, "cuda:1": 5 * GB}
    even = device_map(network, shape_of(network.config), HALF, USUAL, free)
    network.config.text_config.layer_types = ["linear_attention"] * 14 + ["full_attention"] * 14
    late = device_map(network, shape_of(network.config), HALF, USUAL, free)
    count = [sum(at == 0 for module, at in modules.items() if ".layers." in module) for modules in (even, late)]
    assert count[1] > count[0]
