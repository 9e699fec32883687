"""Tiny checkpoints hold what published ones hold, and are the same each time."""

import hashlib
import json

import pytest

from agent.mind.tiny import build_tiny


@pytest.mark.parametrize(
    "kind, architecture", [("dense", "Qwen3VLForConditionalGeneration"), ("moe", "Qwen3VLMoeForConditionalGeneration")]
)
def test_the_architecture_is_the_real_one(tiny, loaded, kind, architecture):
    config = json.loads((tiny(kind) / "config.json").read_text())
    assert config["architectures"] == [architecture]
    assert type(loaded(kind).session._model).__name__ == architecture
    assert loaded(kind).size < 3_000_000


def test_the_same_seed_gives_the_same_weights(tiny, tmp_path):
    def weights(folder):
        return hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()

    assert weights(build_tiny(tmp_path / "again")) == weights(tiny())
    assert weights(build_tiny(tmp_path / "other", seed=1)) != weights(tiny())


def test_building_leaves_the_random_numbers_of_others_alone(tmp_path):
    import torch

    torch.manual_seed(3)
    expected = torch.rand(2).tolist()
    torch.manual_seed(3)
    build_tiny(tmp_path / "tiny")
    assert torch.rand(2).tolist() == expected


def test_marks_are_single_tokens(loaded):
    tokenizer = loaded().tokenizer
    for mark in ("<|im_end|>", "<|image_pad|>", "<tool_call>", "</tool_call>", "<think>", "</tool_response>"):
        assert len(tokenizer.encode(mark, add_special_tokens=False)) == 1
