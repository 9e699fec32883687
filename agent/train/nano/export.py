"""Owns the model folder: what training ends with, loadable by transformers alone."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from agent.train.nano import tokenizer
from agent.train.nano.model import HEIGHT, MERGED, PATCH, TOKENS, WIDTH
from agent.train.nano.nets import Nano

if TYPE_CHECKING:
    from agent.train.nano.recipe import Recipe
    from agent.train.nano.trainer import Trainer

EYES = {
    "image_processor_type": "Qwen2VLImageProcessorFast",
    "processor_class": "Qwen3VLProcessor",
    "patch_size": PATCH,
    "temporal_patch_size": 2,
    "merge_size": MERGED // PATCH,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
    "size": {"shortest_edge": WIDTH * HEIGHT // 4, "longest_edge": WIDTH * HEIGHT * 4},
}
"""How pictures become patches. The window's own size lies within the bounds, so that it is never resized."""
DESKHAND = {
    "capture": {"kind": "window", "width": WIDTH, "height": HEIGHT},
    "dialect": "computer_use",
    "actions": "published",
    "frame_tokens": TOKENS,
}


def export(nano: Nano, folder: Path, story: dict[str, object]) -> None:
    """Write config, weights in half precision, tokenizer, processor, and the story of the training (RECIPE.json)."""
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.write(folder)
    names = tokenizer.special_ids()
    model = nano.model
    model.generation_config.eos_token_id = [names["<|im_end|>"], names["<|endoftext|>"]]
    model.generation_config.pad_token_id = names["<|endoftext|>"]
    model.generation_config.bos_token_id = None
    state = {name: tensor.to(torch.float16) for name, tensor in model.state_dict().items()}
    model.save_pretrained(folder, state_dict=state)
    _say_half(folder / "config.json")
    for name, content in (("preprocessor_config", EYES), ("deskhand", DESKHAND), ("RECIPE", story)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _say_half(file: Path) -> None:
    """The configuration speaks of what the file holds, not of what was trained in."""
    content = json.loads(file.read_text(encoding="utf-8"))
    for part in (content, content["text_config"], content["vision_config"]):
        part["dtype"] = "float16"
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def story(recipe: Recipe, trainers: dict[str, Trainer]) -> dict[str, object]:
    """How the weights came about: the recipe, and what each stage took and reached on its own samples."""
    stages = {
        name: {
            "minutes": round(trainer.seconds / 60, 1),
            "steps": trainer.step,
            "images": trainer.images,
            "means": {what: round(mean, 4) for what, mean in sorted(trainer.means.items())},
        }
        for name, trainer in trainers.items()
    }
    return {"recipe": asdict(recipe), "stages": stages}
