"""The model folder loads through transformers alone, and says the same as what was trained."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from agent.mind.profile import read_profile
from agent.train.nano.export import export
from agent.train.nano.model import COLUMNS, HEIGHT, ROWS, TOKENS, WIDTH
from agent.train.nano.nets import Nano
from agent.train.nano.vision import patches


@pytest.fixture(scope="module")
def nano() -> Nano:
    return Nano(4)


@pytest.fixture(scope="module")
def folder(nano: Nano, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nano")
    export(nano, folder, {"seed": 4})
    return folder


def test_it_loads_and_speaks_as_it_was_trained(nano: Nano, folder: Path):
    from transformers import AutoModelForImageTextToText

    model = AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32)
    ids = torch.arange(40)[None]
    with torch.no_grad():
        torch.testing.assert_close(model(input_ids=ids).logits, nano.model(input_ids=ids).logits, atol=2e-2, rtol=2e-2)


def test_the_window_is_taken_unresized(folder: Path):
    from transformers import AutoImageProcessor

    pixels = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    processor = AutoImageProcessor.from_pretrained(folder, backend="pil")
    seen = processor(images=[Image.fromarray(pixels)], return_tensors="pt")
    assert seen["image_grid_thw"].tolist() == [[1, 2 * ROWS, 2 * COLUMNS]]
    still = seen["pixel_values"].view(-1, 3, 2, 256)[:, :, 0].flatten(1)
    torch.testing.assert_close(still, patches(pixels[None])[0], atol=1e-5, rtol=1e-5)


def test_it_is_small_and_in_half_precision(folder: Path):
    assert (folder / "model.safetensors").stat().st_size < 30_000_000
    assert json.loads((folder / "config.json").read_text("utf-8"))["dtype"] == "float16"


def test_its_profile_says_what_it_wants_to_see(folder: Path):
    profile = read_profile(folder)
    assert profile.capture is not None
    assert (profile.capture.kind, profile.capture.width, profile.capture.height) == ("window", WIDTH, HEIGHT)
    assert profile.frame_tokens == TOKENS


def test_its_story_lies_beside_it(folder: Path):
    assert json.loads((folder / "RECIPE.json").read_text("utf-8")) == {"seed": 4}
