"""What an action changed, told by two pictures."""

import pytest
from PIL import Image

from actions.effect import NEAR, effect
from actions.frame import frame_from_rgb
from actions.geometry import Point, Rect

VIEW, AT = Rect(100, 50, 600, 400), Point(200, 150)


def frame(*box: int):
    picture = Image.new("RGB", (VIEW.width, VIEW.height), "white")
    if box:
        picture.paste("black", box)
    return frame_from_rgb(picture.tobytes(), VIEW, 0.0)


@pytest.mark.parametrize(
    "box, changed",
    [
        ((), "nothing"),
        ((100, 100, 102, 118), "nothing"),
        ((100, 100, 130, 118), "near"),
        ((96 + NEAR, 100, 300, 110), "near"),
        ((101 + NEAR, 100, 300, 110), "elsewhere"),
        ((400, 300, 420, 310), "elsewhere"),
        ((0, 0, 600, 400), "near"),
    ],
)
def test_it_is_nothing_near_the_place_or_elsewhere(box, changed):
    assert effect(frame(), frame(*box), AT) == changed
    assert effect(frame(*box), frame(), AT) == changed


def test_what_changes_elsewhere_too_is_near():
    picture = Image.new("RGB", (VIEW.width, VIEW.height), "white")
    picture.paste("black", (100, 100, 120, 120))
    picture.paste("black", (500, 300, 520, 320))
    assert effect(frame(), frame_from_rgb(picture.tobytes(), VIEW, 0.0), AT) == "near"


def test_without_a_place_everything_is_near():
    assert effect(frame(), frame(500, 300, 520, 320), None) == "near"
    assert effect(frame(), frame(500, 300, 502, 318), None) == "nothing"
