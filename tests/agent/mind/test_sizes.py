"""The published sizes: our arithmetic, transformers' own classes on the meta device, and the published counts agree."""

import pytest
import torch
from published import config_of
from transformers import AutoModelForImageTextToText

from agent.mind.sizes import SIZES

# As the hubs tell of each Instruct checkpoint (safetensors index, or its own count of parameters).
PUBLISHED = {
    "2B": 2_127_532_032,
    "4B": 4_437_815_808,
    "8B": 8_767_123_696,
    "32B": 33_357_390_064,
    "30B-A3B": 31_070_754_032,
    "235B-A22B": 235_670_022_896,
}
VISION_4B = 830_695_424 // 2


def meta_model(shape):
    """The size as transformers builds it, without memory for its weights."""
    with torch.device("meta"):
        return AutoModelForImageTextToText.from_config(config_of(shape), dtype=torch.bfloat16)


@pytest.mark.parametrize("shape", SIZES, ids=lambda shape: shape.name)
def test_arithmetic_classes_and_publication_agree(shape):
    model = meta_model(shape)
    counts = {name: weight.numel() for name, weight in model.named_parameters()}
    assert shape.parameters == sum(counts.values()) == PUBLISHED[shape.name]
    seeing = sum(count for name, count in counts.items() if ".visual." in name)
    assert shape.tower.parameters(shape.hidden) == seeing
    # What bitsandbytes takes: linear layers alone, and of the language model alone.
    layers = model.model.language_model.modules()
    linear = sum(layer.weight.numel() for layer in layers if type(layer) is torch.nn.Linear)
    assert shape.linear == linear


def test_the_tower_of_4b_is_as_published():
    shape = next(shape for shape in SIZES if shape.name == "4B")
    assert shape.tower.parameters(shape.hidden) == VISION_4B


def test_what_the_cache_keeps_of_a_token():
    for shape in SIZES:
        layers = meta_model(shape)(input_ids=torch.zeros(1, 7, dtype=torch.long, device="meta")).past_key_values.layers
        numbers = sum(layer.keys.numel() + layer.values.numel() for layer in layers)
        assert shape.kv_bytes * 7 == 2 * numbers
    kept = {shape.name: shape.kv_bytes / 1024 for shape in SIZES}
    assert kept == {"2B": 112, "4B": 144, "8B": 144, "32B": 256, "30B-A3B": 96, "235B-A22B": 188}
