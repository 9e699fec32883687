"""Attention by blocks is attention with the whole mask, and needs neither the mask nor copies of the keys."""

import pytest
import torch

from agent.mind.attention import CPU_BLOCK, NAME, attend


def some(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("known", [0, 1, 300])
@pytest.mark.parametrize("asking", [1, 2, CPU_BLOCK, CPU_BLOCK + 1, 3 * CPU_BLOCK - 5])
@pytest.mark.parametrize("heads, shared", [(2, 2), (4, 2), (6, 1)])
def test_a_token_sees_itself_and_all_before_it(known, asking, heads, shared):
    every = known + asking
    query, key, value = some(1, heads, asking, 8), some(1, shared, every, 8, seed=1), some(1, shared, every, 8, seed=2)
    module = torch.nn.Module()
    module.num_key_value_groups = heads // shared
    found, weights = attend(module, query, key, value, None, scaling=0.3)
    mask = torch.ones(asking, every, dtype=torch.bool).tril(known)
    full = (part.repeat_interleave(heads // shared, 1) for part in (key, value))
    expected = torch.nn.functional.scaled_dot_product_attention(query, *full, attn_mask=mask, scale=0.3)
    assert weights is None
    torch.testing.assert_close(found, expected.transpose(1, 2))


def test_the_language_model_attends_by_blocks_and_the_vision_tower_does_not(loaded):
    config = loaded().session._model.config
    assert (config.text_config._attn_implementation, config.vision_config._attn_implementation) == (NAME, "sdpa")
    assert loaded().info.attention == "sdpa"


def test_another_choice_of_attention_is_left_alone(tiny):
    from agent.mind.hardware import Wish
    from agent.mind.load import load

    network = load(str(tiny()), Wish(attention="eager")).session._model
    assert network.config.text_config._attn_implementation == "eager"
