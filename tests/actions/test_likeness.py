"""What belongs to a place, and which changes of it are harmless."""

import pytest
from PIL import Image, ImageDraw, ImageFont

from actions.frame import Shot
from actions.geometry import Point, Rect
from actions.likeness import REACH, alike, extent

BUTTON = Rect(100, 60, 140, 30)
FONT = ImageFont.load_default(13)


def drawn(*, label="Delete the file", button=True, clock="12:00:00", hover=False, words_at=108) -> Image.Image:
    """A button with its label at the left, and a clock beside it."""
    picture = Image.new("RGB", (400, 200), "#efefef")
    draw = ImageDraw.Draw(picture)
    if button:
        edge, face = ("#0078d7", "#e5f1fb") if hover else ("#909090", "#e1e1e1")
        draw.rectangle((BUTTON.left, BUTTON.top, BUTTON.right - 1, BUTTON.bottom - 1), fill=face, outline=edge)
    draw.text((words_at, 67), label, "black", FONT)
    draw.text((254, 67), clock, "black", FONT)
    return picture


def shot(picture: Image.Image, left: int = 0, top: int = 0) -> Shot:
    return Shot(picture.tobytes(), "RGB", Rect(left, top, *picture.size))


def same(before: Image.Image, after: Image.Image, at: Point) -> bool:
    region = extent(shot(before), at)
    return alike(shot(before).part(region), shot(after).part(region))


ANYWHERE = [Point(105, 64), Point(150, 75), Point(235, 75), Point(236, 86)]


@pytest.mark.parametrize("at", ANYWHERE)
def test_a_button_is_all_that_is_inside_its_edge(at):
    assert extent(shot(drawn()), at) == Rect(101, 61, 138, 28)


@pytest.mark.parametrize("size", [16, 20, 22, 24, 26])
def test_a_button_may_be_smaller_than_what_is_around_a_place(size):
    picture = Image.new("RGB", (400, 200), "#efefef")
    ImageDraw.Draw(picture).rectangle((100, 60, 101 + size, 61 + size), fill="white", outline="gray")
    for x in range(101, 101 + size):
        assert extent(shot(picture), Point(x, 60 + size // 2)) == Rect(101, 61, size, size)


@pytest.mark.parametrize("at", ANYWHERE)
@pytest.mark.parametrize("label", ["Delete the files", "Delete the fill", "Delete", ""])
def test_another_label_makes_another_button(at, label):
    assert not same(drawn(), drawn(label=label), at)


@pytest.mark.parametrize("at", ANYWHERE)
@pytest.mark.parametrize("other", [{}, {"clock": "12:00:01"}, {"clock": ""}, {"hover": True}])
def test_what_is_beside_it_and_the_pointer_over_it_do_not(at, other):
    assert same(drawn(), drawn(**other), at)


@pytest.mark.parametrize("at", [Point(110, 75), Point(150, 75), Point(180, 75)])
def test_words_without_an_edge_are_followed_to_their_ends(at):
    before = drawn(button=False)
    assert not same(before, drawn(button=False, label="Delete the fill"), at)
    assert not same(before, drawn(button=False, label="Select the file"), at)
    assert not same(before, drawn(button=False, label="Delete the file now"), at)
    assert same(before, drawn(button=False, clock="12:00:01"), at)


@pytest.mark.parametrize("gap, apart", [(8, True), (7, False)])
def test_a_gap_ends_words_and_what_is_beyond_is_left_out(gap, apart):
    picture = Image.new("RGB", (400, 200), "white")
    picture.paste("black", (190, 95, 211, 105))
    for left, right in ((100, 189 - gap), (211 + gap, 300)):
        picture.paste("gray", (left, 95, right + 1, 105))
    region = extent(shot(picture), Point(200, 100))
    assert (region.left >= 190 - gap, region.right <= 211 + gap) == (apart, apart)


def test_where_nothing_is_drawn_it_is_a_little_around():
    plain = shot(Image.new("RGB", (400, 200), "gray"))
    assert extent(plain, Point(200, 100)) == Rect(200 - REACH, 100 - REACH, 2 * REACH + 1, 2 * REACH + 1)
    assert extent(plain, Point(399, 0)) == Rect(399 - REACH, 0, REACH + 1, REACH + 1)


def test_places_are_the_desktops():
    assert extent(shot(drawn(), -50, 1000), Point(100, 1075)) == Rect(51, 1061, 138, 28)


@pytest.mark.parametrize(
    "box, harmless",
    [((10, 2, 11, 18), True), ((10, 2, 14, 18), True), ((10, 2, 15, 18), False), ((10, 2, 12, 5), False)],
)
def test_a_text_cursor_comes_and_goes(box, harmless):
    before = Image.new("RGB", (60, 24), "white")
    after = before.copy()
    after.paste("black", box)
    assert alike(before, after) is harmless
    assert alike(after, before) is harmless


@pytest.mark.parametrize("one, other", ["17", "il", "lI", "1l", "'|", "ft"])
def test_a_letter_is_no_text_cursor(one, other):
    assert not same(drawn(label=f"Pay {one} €"), drawn(label=f"Pay {other} €"), Point(150, 75))


def test_a_shade_is_nothing():
    before = Image.new("RGB", (25, 25), (200, 200, 200))
    assert alike(before, Image.new("RGB", (25, 25), (160, 200, 240)))
    assert not alike(before, Image.new("RGB", (25, 25), (150, 200, 200)))
