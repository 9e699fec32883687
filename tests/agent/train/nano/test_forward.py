"""The fast ways through the model give the numbers that the stock model gives."""

from __future__ import annotations

import pytest
import torch

from agent.train.nano import tokenizer
from agent.train.nano.batch import Batch, collate
from agent.train.nano.model import COLUMNS, ROWS
from agent.train.nano.nets import Nano
from agent.train.nano.sequence import Speller, rows
from agent.train.nano.stream import Record
from agent.train.nano.talk import forward
from agent.train.nano.vision import FastVision, patches

SPECIAL = tokenizer.special_ids()


@pytest.fixture(scope="module")
def nano() -> Nano:
    return Nano(3)


@pytest.fixture
def batch(episode: Record, quiz: Record, speller: Speller) -> Batch:
    return collate(rows([episode, quiz], speller), SPECIAL["<|endoftext|>"], SPECIAL["<|image_pad|>"])


def grid(pictures: int) -> torch.Tensor:
    return torch.tensor([[1, 2 * ROWS, 2 * COLUMNS]] * pictures)


def twice(pixels: torch.Tensor) -> torch.Tensor:
    """Patches of stills as the stock model takes them: two equal frames."""
    still = pixels.view(-1, 3, 1, 16, 16)
    return still.expand(-1, -1, 2, -1, -1).reshape(len(still), -1)


@torch.no_grad()
def test_the_fast_tower_is_the_stock_tower(nano: Nano, episode: Record):
    pixels = patches(episode.frames)
    merged, deep = FastVision(nano.model.model.visual)(pixels)
    stock = nano.model.model.visual(twice(pixels), grid_thw=grid(2))
    torch.testing.assert_close(merged.flatten(0, 1), stock.pooler_output, atol=1e-5, rtol=1e-4)
    for ours, theirs in zip(deep, stock.deepstack_features, strict=True):
        torch.testing.assert_close(ours.flatten(0, 1), theirs, atol=1e-5, rtol=1e-4)


def test_positions_are_the_models_own(nano: Nano, batch: Batch):
    ids = torch.from_numpy(batch.ids)
    kinds = (ids == SPECIAL["<|image_pad|>"]).int()
    theirs, _ = nano.model.model.get_rope_index(ids, mm_token_type_ids=kinds, image_grid_thw=grid(len(batch.images)))
    assert torch.equal(torch.from_numpy(batch.positions), theirs)


@torch.no_grad()
def test_the_training_forward_is_the_stock_forward(nano: Nano, batch: Batch):
    pixels, ids = patches(batch.images), torch.from_numpy(batch.ids)
    merged, deep = FastVision(nano.model.model.visual)(pixels)
    ours = nano.model.lm_head(forward(nano.model, batch, merged, deep)[-1])
    kinds = (ids == SPECIAL["<|image_pad|>"]).int()
    stock = nano.model(
        input_ids=ids,
        pixel_values=twice(pixels),
        image_grid_thw=grid(len(batch.images)),
        mm_token_type_ids=kinds,
        position_ids=torch.from_numpy(batch.positions),
    )
    torch.testing.assert_close(ours, stock.logits, atol=1e-4, rtol=1e-4)


def test_the_gaze_is_on_the_attention_that_the_model_uses(nano: Nano, batch: Batch):
    from agent.train.nano.gaze import Gaze

    slots = (0, 1, 3, 6, 4, 7)
    nano.model.set_attn_implementation("eager")
    try:
        with torch.no_grad():
            merged, deep = FastVision(nano.model.model.visual)(patches(batch.images))
            hidden = forward(nano.model, batch, merged, deep)
            weights: list[torch.Tensor] = []
            attention = nano.model.model.language_model.layers[4].self_attn
            hook = attention.register_forward_hook(lambda _m, _i, out: weights.append(out[1]))
            forward(nano.model, batch, merged, deep)
            hook.remove()
            _, share = Gaze(4, 0, slots).loss(nano.model, batch, hidden, batch.names)
    finally:
        nano.model.set_attn_implementation("sdpa")
    aims, expected = batch.names, []
    for row, at, image, target, slot in zip(*aims.arrays, strict=True):
        if slot in slots:
            seen = weights[0][row, slots.index(slot), at, image : image + len(target)]
            expected.append(float(seen[torch.from_numpy(target) > 0].sum()))
    assert share == pytest.approx(sum(expected) / len(expected), abs=1e-4)
