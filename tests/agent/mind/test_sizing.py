"""A picture that is sent is what the model's own processor would have made of the frame, to the pixel."""

import base64
import io
import random

import numpy as np
import pytest
from PIL import Image

from actions.geometry import Size
from agent.errors import ModelError
from agent.mind.sizing import Sizing, picture_url, read_sizing
from agent.mind.vision import Eyes

SCREENS = [(1920, 1080), (3840, 2160), (1366, 768), (3440, 1440), (1522, 1022), (24, 24), (40, 3840), (1, 1), (200, 1)]


def eyes(max_tokens=2048, **size):
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    limits = {"shortest_edge": 65_536, "longest_edge": 16_777_216} | size
    return Eyes(Qwen2VLImageProcessorPil(patch_size=16, merge_size=2, size=limits), max_tokens)


def test_sizes_are_those_of_the_processor():
    rng = random.Random(0)
    sizes = SCREENS + [(rng.randint(1, 6000), rng.randint(1, 6000)) for _ in range(3000)]
    for tokens in (64, 2048, 100_000):
        here, there = eyes(tokens), Sizing().capped(tokens)
        for width, height in sizes:
            if max(width, height) <= 200 * min(width, height):
                assert there.seen(Size(width, height)) == here.seen(Size(width, height))


def test_a_size_that_was_made_stays_as_it_is():
    rng, sizing = random.Random(1), Sizing().capped(2048)
    for _ in range(3000):
        seen = sizing.seen(Size(rng.randint(32, 6000), rng.randint(32, 6000)))
        assert sizing.seen(seen) == seen


def test_what_is_too_thin_is_refused():
    with pytest.raises(ModelError, match="too long and thin"):
        Sizing().seen(Size(201, 1))


@pytest.mark.parametrize("width, height", [(1920, 1088), (1333, 777), (2560, 1440), (40, 30)])
def test_a_server_sees_what_its_own_processor_would_make_of_the_frame(picture, width, height):
    frame, processor = picture(1, width, height), eyes()
    expected = processor._processor(images=[frame.image()], return_tensors="pt")
    sent = picture_url(frame, Sizing().capped(2048)).removeprefix("data:image/png;base64,")
    image = Image.open(io.BytesIO(base64.b64decode(sent)))
    server = eyes(16_384)  # whose own cap is higher
    found = server._processor(images=[image], return_tensors="pt")
    assert (
        found["image_grid_thw"].tolist() == expected["image_grid_thw"].tolist() == processor.look(frame).grid.tolist()
    )
    assert np.array_equal(found["pixel_values"].numpy(), expected["pixel_values"].numpy())


def test_a_folder_says_its_sizes(tmp_path):
    assert read_sizing(tmp_path) == Sizing()
    path = tmp_path / "preprocessor_config.json"
    path.write_text('{"patch_size": 8, "merge_size": 2, "size": {"shortest_edge": 4, "longest_edge": 8000}}')
    assert read_sizing(tmp_path) == Sizing(16, 4, 8000)
    path.write_text('{"size": {}}')
    with pytest.raises(ModelError, match=r"preprocessor_config.json does not say"):
        read_sizing(tmp_path)
