"""Owns the shape of nano: a Qwen3-VL of the real architecture with a few million random weights."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

WIDTH, HEIGHT = 352, 256
"""The one window nano looks at, in pixels."""
PATCH, MERGED = 16, 32
COLUMNS, ROWS = WIDTH // MERGED, HEIGHT // MERGED
TOKENS = COLUMNS * ROWS
"""Image tokens of one picture."""
VISION, LANGUAGE = 128, 192
"""Hidden sizes of the two towers."""
LANGUAGE_LAYERS = 6
VOCABULARY = 512
"""Rows of the embedding: fixed, so that a changed prompt changes the tokenizer and not the shape."""
POSITIONS_A_SIDE = 24
SHARPNESS = 2.0
"""Scale of the upper layers' queries at first: at 1 a head of 32 cannot single out one token among hundreds."""


def config(special: dict[str, int]) -> Qwen3VLConfig:
    """The configuration; special maps the texts of Qwen's special tokens to their ids."""
    from transformers import Qwen3VLConfig

    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [6, 5, 5], "mrope_interleaved": True}
    return Qwen3VLConfig(
        text_config={
            "vocab_size": VOCABULARY,
            "hidden_size": LANGUAGE,
            "intermediate_size": 512,
            "num_hidden_layers": LANGUAGE_LAYERS,
            "num_attention_heads": 6,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "max_position_embeddings": 8192,
            "tie_word_embeddings": True,
            "rope_parameters": rope,
            "bos_token_id": None,
            "eos_token_id": special["<|im_end|>"],
            "pad_token_id": special["<|endoftext|>"],
        },
        vision_config={
            "depth": 6,
            "hidden_size": VISION,
            "intermediate_size": 4 * VISION,
            "num_heads": 4,
            "out_hidden_size": LANGUAGE,
            "patch_size": PATCH,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "num_position_embeddings": POSITIONS_A_SIDE**2,
            "deepstack_visual_indexes": [1, 3],
        },
        vision_start_token_id=special["<|vision_start|>"],
        vision_end_token_id=special["<|vision_end|>"],
        image_token_id=special["<|image_pad|>"],
        video_token_id=special["<|video_pad|>"],
        tie_word_embeddings=True,
    )


def build(special: dict[str, int], seed: int = 0) -> Qwen3VLForConditionalGeneration:
    """A model with random weights, the same for the same seed."""
    import torch
    from transformers import Qwen3VLForConditionalGeneration

    torch.manual_seed(seed)
    model = Qwen3VLForConditionalGeneration(config(special))
    model.model.visual.pos_embed.weight.data.copy_(waves())
    for layer in model.model.language_model.layers[LANGUAGE_LAYERS // 2 :]:
        layer.self_attn.q_norm.weight.data.fill_(SHARPNESS)
    return model


def waves() -> torch.Tensor:
    """Where the learned positions of patches start: sines and cosines of both axes, so that neighbours look alike."""
    import torch

    side = torch.arange(POSITIONS_A_SIDE)
    y, x = torch.meshgrid(side, side, indexing="ij")
    wave = torch.exp(-math.log(200.0) * torch.arange(VISION // 4) / (VISION // 4))
    parts = [turn(axis[..., None] * wave) for axis in (x, y) for turn in (torch.sin, torch.cos)]
    return torch.cat(parts, -1).reshape(POSITIONS_A_SIDE**2, VISION)
