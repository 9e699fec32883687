"""What a frame costs and what the vision tower gets to see of it."""

import numpy as np
import pytest

from actions.frame import frame_from_rgb
from actions.geometry import Rect, Size
from agent.errors import ModelError
from agent.mind.vision import load_eyes


@pytest.fixture(scope="module")
def eyes(tiny):
    return load_eyes(tiny())


@pytest.mark.parametrize(
    "width, height, tokens",
    [(1920, 1080, 2040), (3840, 2160, 1980), (2560, 1440, 1980), (1366, 768, 1032), (352, 256, 88), (24, 24, 64)],
)
def test_a_screen_costs_what_qwen_says_and_never_more_than_the_cap(eyes, width, height, tokens):
    assert eyes.tokens(Size(width, height)) == tokens


def test_what_is_counted_is_what_is_seen(eyes, picture):
    for frame in (picture(1, 640, 480), picture(2, 97, 31), picture(3, 2000, 1200)):
        seen = eyes.look(frame)
        assert seen.patches.shape[0] == int(seen.grid.prod()) == 4 * eyes.tokens(frame.size)


def test_the_size_that_is_told_is_the_size_that_is_seen(eyes, picture):
    for frame in (picture(1, 640, 480), picture(2, 97, 31), picture(3, 2000, 1200), picture(4, 2560, 1440)):
        _, height, width = eyes.look(frame).grid[0].tolist()
        assert eyes.seen(frame.size) == Size(16 * width, 16 * height)
        assert eyes.grid(frame.size) == (1, height, width)


def test_a_smaller_cap_shrinks_the_frame(tiny, picture):
    eyes = load_eyes(tiny(), max_tokens=32)
    assert eyes.tokens(Size(1920, 1080)) <= 32
    assert eyes.look(picture(1, 640, 480)).patches.shape[0] <= 4 * 32


def test_colours_arrive_as_they_are(eyes):
    pixels = np.zeros((256, 256, 3), np.uint8)
    pixels[:, :, 0] = 255
    patches = eyes.look(frame_from_rgb(pixels.tobytes(), Rect(0, 0, 256, 256), 0.0)).patches
    channels = patches.reshape(-1, 3, 2, 16, 16)
    assert channels[:, 0].unique().tolist() == [1.0]
    assert channels[:, 1:].unique().tolist() == [-1.0]


def test_a_strip_that_no_model_can_see_is_refused_in_words(eyes):
    with pytest.raises(ModelError, match="6000×20 pixels is too long and thin"):
        eyes.tokens(Size(6000, 20))
