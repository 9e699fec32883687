"""Patches are those of the stock image processor, made in another way."""

import pytest
import torch
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from agent.mind.patches import form_of
from agent.mind.vision import Eyes

SIZES = [(1920, 1088), (640, 480), (32, 96), (256, 256)]
"""Sizes that are whole numbers of tokens, so that nothing is resized."""


def processor(**other):
    """With the values of the published Qwen3-VL checkpoints."""
    limits, half = {"shortest_edge": 1024, "longest_edge": 4_194_304}, [0.5, 0.5, 0.5]
    told = {"patch_size": 16, "merge_size": 2, "size": limits, "image_mean": half, "image_std": half}
    return Qwen2VLImageProcessorPil(**told | other)


@pytest.mark.parametrize("width, height", SIZES)
@pytest.mark.parametrize(
    "other",
    [
        {},
        {"patch_size": 14},
        {"temporal_patch_size": 1},
        {"merge_size": 1},
        {"image_mean": [0.48, 0.46, 0.41], "image_std": [0.27, 0.26, 0.28], "rescale_factor": 1 / 256},
    ],
)
def test_a_picture_that_keeps_its_size_becomes_the_same_numbers(picture, width, height, other):
    stock, frame = processor(**other), picture(1, width, height)
    factor = stock.patch_size * stock.merge_size
    if width % factor or height % factor:
        frame = picture(1, width // factor * factor, height // factor * factor)
    eyes = Eyes(stock, max_tokens=100_000)
    expected, made = stock(images=[frame.image()], return_tensors="pt"), eyes.look(frame)
    assert made.grid.tolist() == expected["image_grid_thw"].tolist()
    assert torch.allclose(made.patches, expected["pixel_values"], rtol=0, atol=1e-6)


@pytest.mark.parametrize("width, height", [(1920, 1080), (1366, 768), (641, 487), (2560, 1440)])
def test_a_picture_that_is_resized_is_resized_as_torchvision_does(picture, width, height):
    """Its resize of bytes is this operation of torch (torchvision.transforms.v2.functional, `resize_image`)."""
    eyes, frame = Eyes(processor()), picture(1, width, height)
    seen = eyes.seen(frame.size)
    channels = torch.frombuffer(bytearray(frame.rgb), dtype=torch.uint8).view(height, width, 3).permute(2, 0, 1)[None]
    resized = torch.nn.functional.interpolate(channels, (seen.height, seen.width), mode="bicubic", antialias=True)
    # Token by token, inside a token patch by patch: the first row is the top left corner of each channel.
    first = eyes.look(frame).patches[0].view(3, 2, 16, 16)
    assert torch.equal(first[:, 0], (resized[0, :, :16, :16].float() - 127.5) / 127.5)
    last = eyes.look(frame).patches[-1].view(3, 2, 16, 16)
    assert torch.equal(last[:, 1], (resized[0, :, -16:, -16:].float() - 127.5) / 127.5)


def test_half_precision_is_single_precision_rounded(picture):
    eyes, frame = Eyes(processor()), picture(1, 1920, 1080)
    half = eyes.look(frame, "cpu", torch.bfloat16).patches
    assert half.dtype == torch.bfloat16
    assert torch.equal(half, eyes.look(frame).patches.bfloat16())


@pytest.mark.parametrize("other", [{"resample": 2}, {"do_normalize": False}, {"do_rescale": False}])
def test_what_is_done_otherwise_is_left_to_the_processor(picture, other):
    stock, frame = processor(**other), picture(1, 300, 200)
    assert form_of(stock) is None
    expected, made = stock(images=[frame.image()], return_tensors="pt"), Eyes(stock).look(frame)
    assert made.grid.tolist() == expected["image_grid_thw"].tolist()
    assert torch.equal(made.patches, expected["pixel_values"].float())
