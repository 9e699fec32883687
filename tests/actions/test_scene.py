"""What has moved since it was seen is not acted on: monitors, resolution, scale, windows."""

from dataclasses import replace

import pytest
from PIL import Image

from actions.action import Answer, Click, Drag, Move, PressKeys, Scroll, Terminate, TypeText, Wait
from actions.backends.dry_run import DryScreen, dry_desktop
from actions.desktop import Window
from actions.execute import execute, same_target
from actions.geometry import GridPoint, Monitor, Point, Rect
from actions.look import CaptureTarget, look

DESK = Window(7, "Desk", "desk", Rect(100, 50, 200, 200))
BEHIND = Window(8, "Behind", "mail", Rect(50, 20, 300, 260))
LEFT, RIGHT = Monitor("left", Rect(0, 0, 200, 300), primary=True), Monitor("right", Rect(200, 0, 200, 200))
AT = GridPoint(500, 500)
HANDS = [Click(at=AT), Click(), Move(AT), Drag(AT), Scroll(1), Scroll(1, at=AT), PressKeys(("enter",)), TypeText("a")]
CAPTURES = [CaptureTarget(), CaptureTarget("monitor", "left"), CaptureTarget("window", "Desk")]


class TwoMonitors(DryScreen):
    """One plain picture, on monitors that a test can change."""

    shown = (LEFT, RIGHT)

    def monitors(self):
        return self.shown


@pytest.fixture
def desktop():
    plain = dry_desktop(None, [DESK, BEHIND])
    return replace(plain, screen=TwoMonitors(Image.new("RGB", (400, 300), "gray")))


@pytest.mark.parametrize("capture", CAPTURES, ids=lambda capture: capture.kind)
@pytest.mark.parametrize(
    "now",
    [
        (LEFT,),
        (LEFT, replace(RIGHT, scale=2.0)),
        (LEFT, replace(RIGHT, rect=Rect(200, 50, 200, 200))),
        (LEFT, replace(RIGHT, rect=Rect(200, 0, 200, 150))),
        (LEFT, RIGHT, Monitor("third", Rect(400, 0, 100, 100))),
        (replace(LEFT, primary=False), replace(RIGHT, primary=True)),
    ],
    ids=["gone", "scale", "place", "resolution", "more", "primary"],
)
@pytest.mark.parametrize("action", HANDS, ids=lambda action: type(action).__name__)
def test_hands_rest_when_the_monitors_are_others(desktop, capture, now, action):
    frame = look(desktop, capture)
    assert same_target(action, frame, desktop)
    desktop.screen.shown = now
    assert not same_target(action, frame, desktop)


@pytest.mark.parametrize("action", [Wait(1), Answer("42"), Terminate("success")])
def test_what_touches_nothing_needs_nothing_to_stand(desktop, action):
    frame = look(desktop, CaptureTarget())
    desktop.screen.shown = (LEFT,)
    assert same_target(action, frame, desktop)


def move(desktop, window: Window, rect: Rect) -> None:
    windows = desktop.windows.windows
    windows[windows.index(window)] = replace(window, rect=rect)


@pytest.mark.parametrize("rect", [Rect(101, 50, 200, 200), Rect(100, 50, 200, 201), Rect(500, 50, 200, 200)])
@pytest.mark.parametrize("action", HANDS, ids=lambda action: type(action).__name__)
def test_hands_rest_when_the_window_that_was_seen_moved_or_was_resized(desktop, action, rect):
    frame = look(desktop, CaptureTarget("window", "Desk"))
    move(desktop, DESK, rect)
    assert not same_target(action, frame, desktop)


def test_hands_rest_when_the_window_that_was_seen_went_away(desktop):
    frame = look(desktop, CaptureTarget("window", "Desk"))
    desktop.windows.windows.remove(DESK)
    assert not same_target(Move(AT), frame, desktop)


@pytest.mark.parametrize("capture", CAPTURES[:2], ids=lambda capture: capture.kind)
def test_a_window_that_slid_beneath_the_place_is_noticed_though_it_looks_the_same(desktop, capture):
    frame = look(desktop, capture)
    move(desktop, DESK, Rect(95, 50, 200, 200))
    assert not same_target(Click(at=GridPoint(600, 500)), frame, desktop)


def test_a_window_that_came_over_the_place_is_noticed_though_it_looks_the_same(desktop):
    frame = look(desktop, CaptureTarget())
    desktop.windows.windows.insert(0, Window(9, "Offer", "advert", Rect(180, 130, 50, 50)))
    assert not same_target(Click(at=AT), frame, desktop)
    assert same_target(Click(at=GridPoint(300, 700)), frame, desktop)


def test_a_window_elsewhere_may_move(desktop):
    frame = look(desktop, CaptureTarget())
    move(desktop, BEHIND, Rect(40, 10, 300, 260))
    assert same_target(Click(at=AT), frame, desktop)


def test_a_new_title_is_no_new_place(desktop):
    frame = look(desktop, CaptureTarget("window", "Desk"))
    desktop.windows.windows[0] = replace(DESK, title="Mail")
    assert same_target(Click(at=AT), frame, desktop)


def test_a_place_that_no_monitor_shows_is_not_clicked(desktop):
    frame = look(desktop, CaptureTarget())
    outcome = execute(Click(at=GridPoint(900, 900)), frame, desktop, lambda: False)
    assert (outcome.status, outcome.at) == ("failed", Point(360, 270))
    assert outcome.words == "No monitor shows that place: choose one that can be seen."
    assert desktop.input.deeds == []
