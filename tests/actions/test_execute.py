"""What hands do for an action, on a desktop that writes it down."""

import pytest
from PIL import Image

from actions.action import Answer, Ask, Click, Drag, Move, PressKeys, Scroll, Terminate, TypeText, Wait
from actions.backends.dry_run import dry_desktop
from actions.desktop import Window
from actions.errors import ExecutionError, Stopped
from actions.execute import execute, notches, same_target, target
from actions.geometry import GridPoint, Point, Rect
from actions.look import CaptureTarget, look, look_at

AT, PIXEL = GridPoint(500, 250), Point(200, 100)
DESK = Window(7, "Desk", "desk", Rect(100, 50, 200, 200))


@pytest.fixture
def desktop():
    return dry_desktop(Image.new("RGB", (400, 300), "gray"), [DESK])


@pytest.fixture
def frame(desktop):
    return look(desktop, CaptureTarget("window", "Desk"))


def never() -> bool:
    return False


def after(count: int):
    """A stop that comes when it was asked about `count` times."""
    asked = iter(range(count))
    return lambda: next(asked, None) is None


@pytest.mark.parametrize(
    "action, deeds",
    [
        (Click(at=AT), [("move", PIXEL), ("press", "left"), ("release", "left")]),
        (Click("right", at=AT), [("move", PIXEL), ("press", "right"), ("release", "right")]),
        (Click("left", 2, AT), [("move", PIXEL), *[("press", "left"), ("release", "left")] * 2]),
        (Click(), [("press", "left"), ("release", "left")]),
        (Move(AT), [("move", PIXEL)]),
        (Scroll(-3, at=AT), [("move", PIXEL), *[("scroll", -1)] * 3]),
        (Scroll(2, horizontal=True), [("hscroll", 1)] * 2),
        (Scroll(0), []),
        (PressKeys(("ctrl", "s")), [("key_down", "ctrl"), ("key_down", "s"), ("key_up", "s"), ("key_up", "ctrl")]),
        (TypeText("Grüße"), [("write", "Grüße")]),
        (
            Click(at=AT, keys=("ctrl", "shift")),
            [
                *[("move", PIXEL), ("key_down", "ctrl"), ("key_down", "shift"), ("press", "left"), ("release", "left")],
                *[("key_up", "shift"), ("key_up", "ctrl")],
            ],
        ),
        (Click(at=AT, seconds=0.01), [("move", PIXEL), ("press", "left"), ("release", "left")]),
        (PressKeys(("a",), 0.01), [("key_down", "a"), ("key_up", "a")]),
        (Ask("Which?"), []),
        (Wait(0.01), []),
        (Answer("42"), []),
        (Terminate("success"), []),
    ],
)
def test_an_action_is_these_events(desktop, frame, action, deeds):
    outcome = execute(action, frame, desktop, never)
    assert (outcome.status, outcome.words, outcome.at) == ("done", "Done.", target(action, frame))
    assert desktop.input.deeds == deeds


def test_a_drag_goes_from_the_pointer_in_several_moves(desktop, frame):
    desktop.input.move(Point(110, 60))
    execute(Drag(AT), frame, desktop, never)
    first, *moves, last = desktop.input.deeds[1:]
    assert (first, last) == (("press", "left"), ("release", "left"))
    assert len(moves) >= 3
    assert moves[-1] == ("move", PIXEL)
    assert [point.x for _, point in moves] == sorted(point.x for _, point in moves)


def test_a_drag_goes_through_the_places_on_its_way(desktop, frame):
    desktop.input.move(Point(110, 60))
    execute(Drag(AT, (GridPoint(0, 0), GridPoint(1000, 1000))), frame, desktop, never)
    moves = [what for verb, what in desktop.input.deeds[1:] if verb == "move"]
    assert [moves.index(place) for place in (Point(100, 50), Point(299, 249), PIXEL)] == sorted(
        moves.index(place) for place in (Point(100, 50), Point(299, 249), PIXEL)
    )
    assert [verb for verb, _ in desktop.input.deeds if verb != "move"] == ["press", "release"]


@pytest.mark.parametrize("action", [Click(at=AT, keys=("ctrl",), seconds=30), PressKeys(("ctrl", "a"), 30)])
def test_a_stop_lets_go_of_what_is_held_for_long(desktop, frame, action):
    with pytest.raises(Stopped):
        execute(action, frame, desktop, after(6))
    assert desktop.input.deeds[-1] == ("key_up", "ctrl")
    assert desktop.input.held == []


def test_where_the_view_is_counts_in(frame):
    assert target(Click(at=GridPoint(0, 1000)), frame) == Point(100, 249)
    assert target(Scroll(1), frame) is None
    assert target(TypeText("a"), frame) is None


@pytest.mark.parametrize("amount, turns", [(0, 0), (1, 1), (-5, 5), (10, 5), (100, 6), (-500, 10), (100_000, 30)])
def test_small_scrolls_are_notches_and_large_ones_pixels(amount, turns):
    assert notches(amount) == turns


# --------------------------------------------------------------------------------------------------- trouble, and stops


def test_what_the_machine_cannot_do_is_an_outcome(desktop, frame):
    outcome = execute(PressKeys(("ctrl", "hyper")), frame, desktop, never)
    assert (outcome.status, outcome.words) == ("failed", "There is no key “hyper”.")
    assert desktop.input.deeds == [("key_down", "ctrl"), ("key_up", "ctrl")]


@pytest.mark.parametrize(
    "action, back",
    [(Click(), True), (Drag(AT), True), (Scroll(1), True), (Click(at=AT), False), (Move(AT), False), (Wait(0), False)],
)
def test_what_begins_at_the_pointer_begins_where_that_was_when_it_was_judged(desktop, frame, action, back):
    judged = Point(120, 70)
    desktop.input.move(Point(390, 290))
    desktop.input.deeds.clear()
    assert execute(action, frame, desktop, never, judged).status == "done"
    assert (desktop.input.deeds[:1] == [("move", judged)]) is back


@pytest.mark.parametrize(
    "action", [Click(at=AT), Drag(AT), Scroll(5), PressKeys(("ctrl", "shift", "t")), TypeText("abcdef"), Wait(60)]
)
@pytest.mark.parametrize("count", range(4))
def test_a_stop_ends_everything_and_nothing_stays_held(desktop, frame, action, count):
    stop = after(count)
    try:
        execute(action, frame, desktop, stop)
    except Stopped:
        done = len(desktop.input.deeds)
        assert done <= 4 * (count + 1)
    else:
        assert isinstance(action, Click)
        assert count > 1
    assert desktop.input.held == []


def test_no_press_follows_a_stop(desktop, frame):
    with pytest.raises(Stopped):
        execute(Click("left", 2, AT), frame, desktop, after(2))
    assert [verb for verb, _ in desktop.input.deeds] == ["move", "press", "release"]


def test_a_text_stops_between_two_letters(desktop, frame):
    with pytest.raises(Stopped):
        execute(TypeText("abcdef"), frame, desktop, after(4))
    assert desktop.input.deeds == [("write", "abc")]


def test_an_unforeseen_error_lets_go_too(desktop, frame, monkeypatch):
    def broken(to: Point) -> None:
        raise RuntimeError("the cable")

    monkeypatch.setattr(desktop.input, "move", broken)
    with pytest.raises(RuntimeError):
        execute(Drag(AT), frame, desktop, never)
    assert desktop.input.deeds == [("press", "left"), ("release", "left")]


def test_a_failed_release_is_tried_again(desktop, frame, monkeypatch):
    release = desktop.input.release

    def once(button):
        monkeypatch.setattr(desktop.input, "release", release)
        raise ExecutionError("The screen is gone.")

    monkeypatch.setattr(desktop.input, "release", once)
    assert execute(Click(at=AT), frame, desktop, never).status == "failed"
    assert desktop.input.held == []


# ------------------------------------------------------------------------------------------- is it still what was seen?


def paint(desktop, colour, left, top, width, height):
    desktop.screen.picture.paste(colour, (left, top, left + width, top + height))


@pytest.mark.parametrize(
    "box, same",
    [
        ((0, 0, 90, 90), True),
        ((190, 95, 2, 20), True),
        ((190, 95, 12, 12), False),
        ((208, 100, 40, 40), False),
        ((214, 100, 40, 40), True),
    ],
)
def test_only_what_is_around_the_place_matters(desktop, frame, box, same):
    paint(desktop, "white", *box)
    assert same_target(Click(at=AT), frame, desktop) is same


def test_the_shade_of_a_hovering_pointer_does_not_matter(desktop, frame):
    paint(desktop, (150, 150, 160), 150, 80, 100, 40)
    assert same_target(Click(at=AT), frame, desktop)


def test_a_place_at_the_edge_has_less_around_it(desktop):
    frame = look_at(desktop, Rect(0, 0, 400, 300))
    assert same_target(Click(at=GridPoint(1000, 1000)), frame, desktop)
    paint(desktop, "white", 390, 290, 10, 10)
    assert not same_target(Click(at=GridPoint(1000, 1000)), frame, desktop)


@pytest.mark.parametrize("action", [TypeText("a"), PressKeys(("enter",))])
def test_the_keyboard_must_be_with_the_same_window(desktop, frame, action):
    assert same_target(action, frame, desktop)
    desktop.windows.focused = Window(8, "Mail", "mail", DESK.rect)
    assert not same_target(action, frame, desktop)
    desktop.windows.windows.clear()
    desktop.windows.focused = None
    assert not same_target(action, frame, desktop)


def test_what_names_no_place_is_always_the_same(desktop, frame):
    paint(desktop, "white", 0, 0, 400, 300)
    assert same_target(Wait(1), frame, desktop)
    assert same_target(Scroll(1), frame, desktop)
