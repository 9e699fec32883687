"""The coordinate contract over the whole space, against an oracle that shares nothing with it but the facts."""

import random
from dataclasses import replace
from fractions import Fraction

import arithmetic
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle import pixel_meant, pixel_of_logical

from actions.execute import execute
from actions.geometry import (
    Coordinates,
    GridPoint,
    LogicalPoint,
    Monitor,
    Point,
    Rect,
    Size,
    grid_to_screen,
    logical_to_screen,
    regrid,
    screen_to_grid,
    screen_to_logical,
)

lengths = st.integers(1, 20_000)
places = st.integers(-30_000, 30_000)
scales = st.sampled_from(["1", "1.1", "1.25", "1.5", "1.75", "2", "2.25", "2.6", "3"])
decimals = st.decimals(0, 1, allow_nan=False, places=5).map(lambda number: float(str(number)))


def pixel(view: Rect, coordinates: Coordinates, x, y) -> Point:
    return grid_to_screen(coordinates.grid_point(x, y), view)


@settings(deadline=None)
@given(st.builds(Rect, places, places, lengths, lengths), st.integers(0, 1000), st.integers(0, 1000))
@example(Rect(-1920, 40, 1920, 1080), 1000, 0)
@example(Rect(0, 0, 1, 1), 1000, 1000)
def test_the_grid_means_the_pixel_that_the_oracle_says(view, x, y):
    at = pixel(view, Coordinates(), x, y)
    meant = (pixel_meant(str(x), "grid", 0, view.width), pixel_meant(str(y), "grid", 0, view.height))
    assert (at.x - view.left, at.y - view.top) == meant
    assert view.contains(at)


@settings(deadline=None)
@given(st.builds(Rect, places, places, lengths, lengths), decimals, decimals)
@example(Rect(0, 0, 100, 1000), 0.29, 0.001)
@example(Rect(0, 0, 100, 1000), 1, 1e-05)
def test_fractions_mean_the_decimals_that_were_written(view, x, y):
    at = pixel(view, Coordinates("unit"), x, y)
    meant = (pixel_meant(repr(x), "unit", 0, view.width), pixel_meant(repr(y), "unit", 0, view.height))
    assert (at.x - view.left, at.y - view.top) == meant


@settings(deadline=None)
@given(st.builds(Rect, places, places, lengths, lengths), st.builds(Size, lengths, lengths), st.data())
def test_a_pixel_of_the_resized_picture_means_its_middle(view, seen, data):
    x, y = data.draw(st.integers(0, seen.width - 1)), data.draw(st.integers(0, seen.height - 1))
    at = pixel(view, Coordinates("pixel", seen), x, y)
    meant = (
        pixel_meant(str(x), "pixel", seen.width, view.width),
        pixel_meant(str(y), "pixel", seen.height, view.height),
    )
    assert (at.x - view.left, at.y - view.top) == meant


@settings(deadline=None)
@given(st.builds(Rect, places, places, lengths, lengths), st.data())
def test_a_pixel_of_a_picture_that_was_not_resized_is_that_pixel(view, data):
    x, y = data.draw(st.integers(0, view.width - 1)), data.draw(st.integers(0, view.height - 1))
    assert pixel(view, Coordinates("pixel", view.size), x, y) == Point(view.left + x, view.top + y)


@settings(deadline=None)
@given(st.builds(Rect, places, places, st.integers(1, 1000), st.integers(1, 1000)), st.data())
def test_the_way_to_the_grid_and_back_is_the_same_pixel(view, data):
    at = Point(data.draw(st.integers(view.left, view.right - 1)), data.draw(st.integers(view.top, view.bottom - 1)))
    assert grid_to_screen(screen_to_grid(at, view), view) == at


@settings(deadline=None)
@given(st.builds(Rect, places, places, lengths, lengths), scales, st.builds(Point, places, places), st.data())
def test_the_middle_of_a_pixel_survives_logical_points(rect, scale, origin, data):
    monitors = (Monitor("only", rect, float(scale), origin=origin),)
    at = Point(data.draw(st.integers(rect.left, rect.right - 1)), data.draw(st.integers(rect.top, rect.bottom - 1)))
    place = screen_to_logical(at, monitors)
    assert pixel_of_logical(place.x, origin.x, Fraction(scale), rect.left) == at.x
    assert pixel_of_logical(place.y, origin.y, Fraction(scale), rect.top) == at.y
    assert logical_to_screen(place, monitors) == at


def test_each_monitor_has_its_own_scale_and_origin():
    retina = Monitor("retina", Rect(0, 0, 2880, 1800), 2.0, origin=Point(0, 0))
    plain = Monitor("plain", Rect(-1920, -100, 1920, 1080), 1.0, origin=Point(-1920, -50))
    assert screen_to_logical(Point(2879, 0), (retina, plain)) == LogicalPoint(1439.75, 0.25)
    assert screen_to_logical(Point(-1, 0), (retina, plain)) == LogicalPoint(-0.5, 50.5)
    assert logical_to_screen(LogicalPoint(-1920, -50), (retina, plain)) == Point(-1920, -100)


def test_where_no_monitor_is_there_is_no_logical_place():
    monitors = (Monitor("left", Rect(0, 0, 100, 100)), Monitor("right", Rect(100, 50, 100, 100)))
    with pytest.raises(ValueError, match=r"no monitor shows the pixel \(150, 20\)"):
        screen_to_logical(Point(150, 20), monitors)
    with pytest.raises(ValueError, match="no monitor shows the place"):
        logical_to_screen(LogicalPoint(200, 60), monitors)


PIXELS = Coordinates("pixel", Size(640, 480))


@pytest.mark.parametrize(
    "coordinates, x, y, words",
    [
        (Coordinates(), 1001, 0, "1001 is none of two whole numbers from 0 to 1000"),
        (Coordinates(), 0, -1, "-1 is none of"),
        (Coordinates(), 0.5, 0, "0.5 is none of"),
        (PIXELS, 640, 0, r"640 is none of whole numbers from \[0, 0\] to \[639, 479\]"),
        (PIXELS, 0, 480, "480 is none of"),
        (PIXELS, 1.5, 1, "1.5 is none of"),
        (Coordinates("unit"), 1.0000001, 0, "none of two numbers from 0 to 1"),
        (Coordinates("unit"), 0, -1e-9, "none of two numbers"),
        (Coordinates("unit"), float("nan"), 0, "nan"),
        (Coordinates("unit"), 0, float("inf"), "inf"),
    ],
)
def test_what_lies_outside_is_refused(coordinates, x, y, words):
    with pytest.raises(ValueError, match=words):
        coordinates.grid_point(x, y)


def test_pixels_need_the_picture_that_was_seen():
    with pytest.raises(ValueError, match="without the size of the picture"):
        Coordinates("pixel")


@pytest.mark.parametrize("point", [GridPoint(1001, 0), GridPoint(0, -1), GridPoint(Fraction(2001, 2), 0)])
def test_a_grid_point_outside_the_grid_is_no_pixel(point):
    with pytest.raises(ValueError, match="outside 0–1000"):
        grid_to_screen(point, Rect(0, 0, 100, 100))


def test_a_place_of_a_part_is_none_of_a_view_that_does_not_show_it():
    assert regrid(GridPoint(1000, 0), Rect(5, 5, 10, 10), Rect(0, 0, 20, 20)) == GridPoint(725, 275)
    with pytest.raises(ValueError, match=r"pixel \(14, 5\) lies outside the view"):
        regrid(GridPoint(1000, 0), Rect(5, 5, 10, 10), Rect(0, 0, 14, 20))


# ------------------------------------------------------------------------------------------------- the whole way, at random


def test_random_layouts_are_exact_from_words_to_hands():
    counts, errors, exact = arithmetic.matrix(seed=5, count=400)
    assert exact == counts.total() == 400
    assert set(errors.values()) == {0}
    assert {key[2] for key in counts} == {"desktop", "monitor", "window", "region"}


def test_the_matrix_can_fail(monkeypatch):
    monkeypatch.setattr(arithmetic, "execute", _execute_off)
    _, errors, exact = arithmetic.matrix(seed=5, count=60)
    assert exact < 60
    assert max(errors.values()) > 0


def _execute_off(action, frame, desktop, stop):
    moved = replace(frame, view=replace(frame.view, left=frame.view.left + random.Random(1).choice((-1, 1))))
    return execute(action, moved, desktop, stop)
