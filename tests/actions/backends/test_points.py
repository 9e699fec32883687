"""macOS's points and our pixels: no screen overlaps another, no pixel is lost, and each goes there and back."""

from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.backends.points import Display, Place, cover, monitors_of, rect_of, rects_of
from actions.geometry import Point, Rect, Size, logical_to_screen, screen_to_logical

RETINA = Display(1, Place(0, 0, 1440, 900), Size(2880, 1800), main=True)
BESIDE = Display(2, Place(1440, -90, 1920, 1080), Size(1920, 1080))
LEFT = Display(3, Place(-1280, 100, 1280, 720), Size(2560, 1440))


def placed(*displays):
    return [(monitor.rect, monitor.scale, monitor.primary) for monitor in monitors_of(displays)]


def test_one_retina_screen_has_all_its_pixels():
    assert placed(RETINA) == [(Rect(0, 0, 2880, 1800), 2.0, True)]


def test_screens_of_points_alone_lie_where_the_system_has_them():
    main = Display(1, Place(0, 0, 1920, 1080), Size(1920, 1080), main=True)
    other = Display(2, Place(-1024, 12, 1024, 768), Size(1024, 768))
    assert placed(main, other) == [(Rect(0, 0, 1920, 1080), 1.0, True), (Rect(-1024, 12, 1024, 768), 1.0, False)]


def test_a_screen_of_another_scale_lies_beside_and_not_under():
    assert placed(LEFT, RETINA, BESIDE) == [
        (Rect(0, 0, 2880, 1800), 2.0, True),
        (Rect(-2560, 200, 2560, 1440), 2.0, False),
        (Rect(2880, -180, 1920, 1080), 1.0, False),
    ]


@st.composite
def rows_of_screens(draw):
    """Screens side by side, of any scale that macOS has and some that it has not, the main one anywhere."""
    count = draw(st.integers(1, 4))
    main = draw(st.integers(0, count - 1))
    left, displays = 0, []
    for _ in range(count):
        width, height = draw(st.integers(300, 3000)), draw(st.integers(300, 2000))
        scale = draw(st.sampled_from([Fraction(1), Fraction(2), Fraction(3), Fraction(3, 2)]))
        pixels = Size(int(width * scale), int(height * scale))
        displays.append((left, draw(st.integers(-900, 900)), width, height, pixels))
        left += width
    origin = displays[main][0], displays[main][1]
    return tuple(
        Display(number, Place(x - origin[0], y - origin[1], width, height), pixels, main=number == main)
        for number, (x, y, width, height, pixels) in enumerate(displays)
    )


@given(rows_of_screens())
def test_no_two_screens_overlap_and_the_main_one_is_at_the_origin(displays):
    monitors = monitors_of(displays)
    assert monitors[0].primary
    assert (monitors[0].rect.left, monitors[0].rect.top) == (0, 0)
    for index, one in enumerate(monitors):
        assert not any(one.rect.intersection(other.rect) for other in monitors[index + 1 :])


@given(rows_of_screens(), st.data())
def test_every_pixel_goes_to_points_and_back(displays, data):
    monitors = monitors_of(displays)
    shown = data.draw(st.sampled_from(monitors)).rect
    x = data.draw(st.integers(shown.left, shown.right - 1))
    y = data.draw(st.integers(shown.top, shown.bottom - 1))
    assert logical_to_screen(screen_to_logical(Point(x, y), monitors), monitors) == Point(x, y)


@given(rows_of_screens().filter(lambda found: all(one.scale in {1, 2, 3} for one in found)), st.data())
def test_what_is_captured_covers_what_is_wanted_and_little_more(displays, data):
    monitor = data.draw(st.sampled_from(monitors_of(displays)))
    left = data.draw(st.integers(monitor.rect.left, monitor.rect.right - 1))
    top = data.draw(st.integers(monitor.rect.top, monitor.rect.bottom - 1))
    width = data.draw(st.integers(1, monitor.rect.right - left))
    height = data.draw(st.integers(1, monitor.rect.bottom - top))
    found, scale = cover(Rect(left, top, width, height), monitor), int(monitor.scale)
    # The picture's own first pixel, on the desktop: an independent way from points to pixels.
    first = (
        monitor.rect.left + (found.points.left - monitor.corner.x) * scale,
        monitor.rect.top + (found.points.top - monitor.corner.y) * scale,
    )
    assert (first[0] + found.cut.left, first[1] + found.cut.top) == (left, top)
    assert (found.cut.width, found.cut.height) == (width, height)
    assert found.size == Size(found.points.width * scale, found.points.height * scale)
    assert Rect(0, 0, found.size.width, found.size.height).intersection(found.cut) == found.cut
    assert found.points.width <= ceil(width / scale) + 1
    assert found.points.height <= ceil(height / scale) + 1


@pytest.mark.parametrize(
    "part, points, cut",
    [
        (Rect(0, 0, 2880, 1800), Rect(0, 0, 1440, 900), Rect(0, 0, 2880, 1800)),
        (Rect(3, 5, 1, 1), Rect(1, 2, 1, 1), Rect(1, 1, 1, 1)),
        (Rect(3, 5, 2, 2), Rect(1, 2, 2, 2), Rect(1, 1, 2, 2)),
    ],
)
def test_a_pixel_is_cut_out_of_its_point(part, points, cut):
    found = cover(part, monitors_of([RETINA])[0])
    assert (found.points, found.cut) == (points, cut)


def test_a_window_on_one_screen_is_its_pixels():
    monitors = monitors_of([RETINA, BESIDE])
    place = Place(10, 20.5, 100, 50)
    assert rects_of(place, monitors) == (Rect(20, 41, 200, 100),)
    assert rect_of(place, monitors) == Rect(20, 41, 200, 100)


def test_a_window_on_two_screens_is_in_the_pixels_of_both():
    monitors = monitors_of([RETINA, BESIDE])
    place = Place(1400, 0, 100, 50)
    assert rects_of(place, monitors) == (Rect(2800, 0, 80, 100), Rect(2880, -90, 60, 50))
    # Most of its pixels are on the first screen, as if that went on.
    assert rect_of(place, monitors) == Rect(2800, 0, 200, 100)


def test_a_window_that_hangs_over_the_edge_keeps_its_size_and_one_beyond_it_has_none():
    monitors = monitors_of([RETINA])
    assert rect_of(Place(-50, 0, 100, 50), monitors) == Rect(-100, 0, 200, 100)
    assert rects_of(Place(-50, 0, 100, 50), monitors) == (Rect(0, 0, 100, 100),)
    assert rect_of(Place(-500, 0, 100, 50), monitors) is None
    assert rects_of(Place(-500, 0, 100, 50), monitors) == ()
