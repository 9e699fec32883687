"""Owns what the mind's tests share: tiny checkpoints, frames and runs of a few steps."""

import functools
import json
import shutil

import numpy as np
import pytest

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.load import load
from agent.mind.tiny import build_tiny
from agent.prompt import PastStep


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """The folder of a tiny checkpoint, built once a kind and style."""
    root = tmp_path_factory.mktemp("tiny")
    build = functools.cache(lambda kind, style: build_tiny(root / f"{kind}-{style}", kind=kind, style=style))
    return lambda kind="dense", style="instruct": build(kind, style)


@pytest.fixture(scope="session")
def endless(tiny, tmp_path_factory):
    """The folder of a tiny checkpoint that never ends a turn by itself: it does not score its end marks."""
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny(), tmp_path_factory.mktemp("endless") / "model")
    weights = load_file(folder / "model.safetensors")
    for end in json.loads((folder / "generation_config.json").read_text())["eos_token_id"]:
        weights["lm_head.weight"][end] = 0
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


@pytest.fixture(scope="session")
def loaded(tiny):
    """A tiny checkpoint in memory, loaded once a kind and style."""
    read = functools.cache(lambda kind, style: load(str(tiny(kind, style))))
    return lambda kind="dense", style="instruct": read(kind, style)


@pytest.fixture(scope="session")
def picture():
    """A frame of noise, the same for the same seed."""

    def make(seed, width=96, height=64):
        pixels = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
        return frame_from_rgb(pixels.tobytes(), Rect(0, 0, width, height), 0.0)

    return make


@pytest.fixture(scope="session")
def past(picture):
    """Finished steps of a run, the same for the same number."""

    def make(steps, tokenizer=None):
        said = [f"Press the {n}th.\n<tool_call>\n{{}}\n</tool_call>" for n in range(steps)]
        ids = [tuple(tokenizer.encode(text, add_special_tokens=False)) if tokenizer else None for text in said]
        return [PastStep(picture(n), said[n], ids[n], f"Done {n}.") for n in range(steps)]

    return make
