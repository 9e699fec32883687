"""Shots and frames: the same pixels in every order, and where two of them differ."""

import pytest
from PIL import Image

from actions.frame import Shot, changed_region, frame_from_rgb, is_blink
from actions.geometry import Rect

VIEW = Rect(-10, 20, 7, 5)
PIXELS = bytes(range(3 * 7 * 5))


def bgrx(rgb: bytes, x: int = 0) -> bytearray:
    return bytearray(byte for at in range(0, len(rgb), 3) for byte in (rgb[at + 2], rgb[at + 1], rgb[at], x))


SHOTS = [Shot(PIXELS, "RGB", VIEW), Shot(bgrx(PIXELS, 9), "BGRX", VIEW)]


@pytest.mark.parametrize("shot", SHOTS)
def test_a_shot_is_the_same_picture_in_every_order(shot):
    assert shot.rgb() == PIXELS
    assert shot.image().tobytes() == PIXELS


@pytest.mark.parametrize("shot", SHOTS)
@pytest.mark.parametrize("region", [VIEW, Rect(-8, 21, 3, 2), Rect(-4, 24, 1, 1), Rect(-10, 20, 1, 1)])
def test_a_part_is_what_the_picture_has_there(shot, region):
    left, top = region.left - VIEW.left, region.top - VIEW.top
    whole = Image.frombytes("RGB", (7, 5), PIXELS)
    expected = whole.crop((left, top, left + region.width, top + region.height))
    part = shot.part(region)
    assert (part.size, part.tobytes()) == (expected.size, expected.tobytes())


@pytest.mark.parametrize(
    "changes, region",
    [
        ([], None),
        ([(0, 0)], Rect(-10, 20, 1, 1)),
        ([(6, 4)], Rect(-4, 24, 1, 1)),
        ([(2, 1), (5, 3)], Rect(-8, 21, 4, 3)),
        ([(5, 1), (2, 3)], Rect(-8, 21, 4, 3)),
    ],
)
@pytest.mark.parametrize("order", ["RGB", "BGRX"])
def test_the_region_that_changed_is_as_small_as_can_be(changes, region, order):
    after = bytearray(PIXELS)
    for x, y in changes:
        after[3 * (y * 7 + x) + 1] ^= 1
    shots = [Shot(bgrx(raw) if order == "BGRX" else raw, order, VIEW) for raw in (PIXELS, bytes(after))]
    assert changed_region(*shots) == region


def test_bytes_that_mean_nothing_are_no_change():
    assert changed_region(Shot(bgrx(PIXELS, 0), "BGRX", VIEW), Shot(bgrx(PIXELS, 255), "BGRX", VIEW)) is None


@pytest.mark.parametrize("size, blink", [((4, 48), True), ((5, 1), False), ((1, 49), False)])
def test_a_blink_is_no_larger_than_a_text_cursor(size, blink):
    assert is_blink(Rect(0, 0, *size)) is blink


def test_a_frame_is_named_after_its_size_and_its_pixels():
    names = {
        frame_from_rgb(PIXELS, VIEW, 1.0).digest,
        frame_from_rgb(PIXELS, Rect(0, 0, 7, 5), 2.0).digest,
        frame_from_rgb(PIXELS, Rect(0, 0, 5, 7), 1.0).digest,
        frame_from_rgb(PIXELS[::-1], VIEW, 1.0).digest,
    }
    assert len(names) == 3
    with pytest.raises(ValueError, match="104 bytes cannot be 7×5 RGB pixels"):
        frame_from_rgb(PIXELS[1:], VIEW, 1.0)
