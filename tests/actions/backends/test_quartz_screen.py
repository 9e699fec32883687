"""The picture of a Mac's screens, every pixel in its place, whatever their scales; mss's answers are computed."""

from types import SimpleNamespace

import pytest

from actions.backends.points import Display, Place, monitors_of
from actions.backends.quartz_screen import QuartzScreen
from actions.errors import CaptureError
from actions.geometry import Point, Rect, Size, monitor_at

RETINA = Display(1, Place(0, 0, 60, 40), Size(120, 80), main=True)
BESIDE = Display(2, Place(60, -10, 50, 50), Size(50, 50))


def colour(number: int, x: int, y: int) -> tuple[int, int, int]:
    """What a screen shows at one of its own pixels."""
    return number, x, y


class ComputedScreen(QuartzScreen):
    """Eyes whose mss sees two screens."""

    def __init__(self, found=(RETINA, BESIDE), shrink: int = 0) -> None:
        super().__init__(lambda: found)
        self.found, self.shrink, self.asked = found, shrink, []

    def _shot(self, place):
        self.asked.append(place)
        (shown,) = [
            one
            for one in self.found
            if one.place.left <= place.left < one.place.left + one.place.width
            and one.place.top <= place.top < one.place.top + one.place.height
        ]
        scale = int(shown.scale)
        left, top = int(place.left - shown.place.left) * scale, int(place.top - shown.place.top) * scale
        width, height = place.width * scale - self.shrink, place.height * scale
        pixels = (colour(shown.number, left + x, top + y) for y in range(height) for x in range(width))
        raw = b"".join(bytes((blue, green, red, 0)) for red, green, blue in pixels)
        return SimpleNamespace(width=width, height=height, raw=bytearray(raw))


@pytest.mark.parametrize(
    "view",
    [
        *(Rect(0, 0, 120, 80), Rect(3, 5, 1, 1), Rect(7, 9, 10, 13), Rect(120, -20, 50, 50), Rect(131, 1, 3, 3)),
        *(Rect(0, -20, 170, 100), Rect(110, -5, 20, 20)),
    ],
)
def test_every_pixel_is_that_of_its_screen_and_black_where_there_is_none(view):
    eyes, monitors = ComputedScreen(), monitors_of([RETINA, BESIDE])
    image = eyes.grab(view).image()
    for y in range(view.height):
        for x in range(view.width):
            at = Point(view.left + x, view.top + y)
            shown = monitor_at(at, monitors)
            wanted = (0, 0, 0)
            if shown:
                wanted = colour(int(shown.name), at.x - shown.rect.left, at.y - shown.rect.top)
            assert image.getpixel((x, y)) == wanted


def test_each_screen_is_asked_for_no_more_than_its_part():
    eyes = ComputedScreen()
    eyes.grab(Rect(110, -5, 20, 20))
    assert eyes.asked == [Rect(55, 0, 5, 8), Rect(60, 5, 10, 20)]


def test_what_is_on_no_screen_is_told():
    with pytest.raises(CaptureError, match="not all on the screen"):
        ComputedScreen().grab(Rect(165, 0, 10, 10))


def test_a_picture_of_another_size_is_no_picture():
    with pytest.raises(CaptureError, match="macOS gave 9×10 pixels"):
        ComputedScreen(shrink=1).grab(Rect(0, 0, 10, 10))


def test_a_screen_that_came_meanwhile_is_seen():
    found = [RETINA]
    eyes = QuartzScreen(lambda: tuple(found))
    assert len(eyes.monitors()) == 1
    found.append(BESIDE)
    assert [monitor.rect for monitor in eyes.monitors()] == [Rect(0, 0, 120, 80), Rect(120, -20, 50, 50)]
