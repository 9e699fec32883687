"""Owns tiny random checkpoints of the real architecture: what tests load, and what `doctor` tries an engine with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from agent.mind.chat_template import Style, chat_template
from agent.mind.encode import END

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

Kind = Literal["dense", "moe"]

SPECIAL = (
    "<|im_start|>",
    END,
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
MARKS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>")
MERGES = (("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("e", "r"), ("o", "n"), ("a", "t"))
"""A few, so that one text has several spellings in tokens, as with a real vocabulary."""

_SPREAD = 0.5
"""Of the initial weights: wide, or a random model says nearly the same whatever it reads or sees."""
_TEXT: dict[str, object] = {
    "vocab_size": 320,
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "max_position_embeddings": 262_144,
    "initializer_range": _SPREAD,
    "rope_parameters": {
        "rope_type": "default",
        "rope_theta": 10000.0,
        "mrope_section": [4, 2, 2],
        "mrope_interleaved": True,
    },
}
_SIGHT: dict[str, object] = {
    "depth": 3,
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_heads": 2,
    "out_hidden_size": 64,
    "num_position_embeddings": 64,
    "deepstack_visual_indexes": [0, 1],
    "initializer_range": _SPREAD,
}
_EYES = {
    "patch_size": 16,
    "temporal_patch_size": 2,
    "merge_size": 2,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "size": {"shortest_edge": 65536, "longest_edge": 16777216},
    "processor_class": "Qwen3VLProcessor",
}


def build_tiny(
    folder: Path, *, kind: Kind = "dense", style: Style = "instruct", seed: int = 0, inner: int = 96
) -> Path:
    """Write a checkpoint with random weights, the same for the same seed, and return its folder.

    Args:
        folder: is made if need be; holds what a published checkpoint holds.
        kind: Qwen3VLForConditionalGeneration, or its mixture of experts.
        style: the chat template of an Instruct or a Thinking checkpoint.
        seed: of the weights.
        inner: width inside a layer of the dense one; 4 bits want a multiple of 64.
    """
    import torch
    from transformers import AutoModelForImageTextToText
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(style)
    tokenizer.save_pretrained(folder)
    _write(folder / "preprocessor_config.json", {**_EYES, "image_processor_type": "Qwen2VLImageProcessorFast"})
    _write(folder / "video_preprocessor_config.json", {**_EYES, "video_processor_type": "Qwen3VLVideoProcessor"})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = AutoModelForImageTextToText.from_config(_config(kind, tokenizer, inner))
    ends = [tokenizer.convert_tokens_to_ids(name) for name in (END, "<|endoftext|>")]
    model.generation_config.eos_token_id = ends
    model.generation_config.pad_token_id = ends[1]
    model.save_pretrained(folder)
    return folder


def _tokenizer(style: Style) -> PreTrainedTokenizerBase:
    """Bytes and a few merges, with Qwen's normaliser, splitting and special tokens."""
    from tokenizers import AddedToken, pre_tokenizers
    from transformers import Qwen2Tokenizer

    vocabulary = {letter: number for number, letter in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    for left, right in MERGES:
        vocabulary[left + right] = len(vocabulary)
    tokenizer = Qwen2Tokenizer(vocab=vocabulary, merges=cast("list[str]", list(MERGES)), eos_token=END)
    tokenizer.add_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL], special_tokens=True)
    tokenizer.add_tokens([AddedToken(text, special=False, normalized=False) for text in MARKS])
    tokenizer.chat_template = chat_template(style)
    return tokenizer


def _config(kind: Kind, tokenizer: PreTrainedTokenizerBase, inner: int) -> PretrainedConfig:
    from transformers import AutoConfig

    text, vision = {**_TEXT, "intermediate_size": inner}, dict(_SIGHT)
    if kind == "moe":
        text.update(num_experts=4, num_experts_per_tok=2, moe_intermediate_size=48)
    return AutoConfig.for_model(
        "qwen3_vl" if kind == "dense" else "qwen3_vl_moe",
        text_config=text,
        vision_config=vision,
        image_token_id=tokenizer.convert_tokens_to_ids("<|image_pad|>"),
        video_token_id=tokenizer.convert_tokens_to_ids("<|video_pad|>"),
        vision_start_token_id=tokenizer.convert_tokens_to_ids("<|vision_start|>"),
        vision_end_token_id=tokenizer.convert_tokens_to_ids("<|vision_end|>"),
    )


def _write(path: Path, content: dict[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
