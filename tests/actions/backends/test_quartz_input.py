"""What a Mac is sent for what the hands do."""

import pytest
from fake_mac import FLAGS, FakeMac, Screen

from actions.backends.quartz_input import KEYS, QuartzEvents, quartz_hands
from actions.errors import ExecutionError
from actions.geometry import Point
from actions.keys import NAMED_KEYS

LAYOUT = {"a": (0x0C, False), "+": (0x18, True)}


@pytest.fixture
def mac():
    return FakeMac()


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def events(mac, clock):
    events = QuartzEvents(mac.frameworks, lambda: LAYOUT, clock)
    events.open()
    return events


def told(mac):
    return [(event.kind, event.at, event.count) for event in mac.sent]


def click(events, button="left"):
    events.send(f"button {button}", down=True)
    events.send(f"button {button}", down=False)


@pytest.mark.parametrize(
    "pixel, place", [((0, 0), (0.25, 0.25)), ((3, 4), (1.75, 2.25)), ((2879, 1799), (1439.75, 899.75))]
)
def test_the_pointer_goes_to_the_middle_of_the_pixel(mac, events, pixel, place):
    events.move(Point(*pixel))
    assert told(mac) == [("MouseMoved", place, 0)]
    assert events.position() == Point(*pixel)


def test_a_system_that_keeps_whole_points_is_near_enough(mac, events):
    events.move(Point(3, 4))
    mac.pointer = (1, 2)
    at = events.position()
    assert max(abs(at.x - 3), abs(at.y - 4)) <= events.near == 2
    click(events)
    assert mac.sent[-1].at == (1.75, 2.25)


def test_a_place_on_no_screen_is_not_gone_to(mac, events):
    mac.screens.append(Screen((1440, 0, 800, 600), (800, 600)))
    events.move(Point(2880, 599))
    assert mac.sent[-1].at == (1440.5, 599.5)
    with pytest.raises(ExecutionError, match="no monitor shows"):
        events.move(Point(2880, 600))


def test_with_a_button_held_a_move_is_a_drag_of_that_button(mac, events):
    for button, name in [("left", "Left"), ("right", "Right"), ("middle", "Other")]:
        events.send(f"button {button}", down=True)
        events.move(Point(10, 10))
        events.send(f"button {button}", down=False)
        assert [event.kind for event in mac.sent[-3:]] == [f"{name}MouseDown", f"{name}MouseDragged", f"{name}MouseUp"]
    events.move(Point(20, 20))
    assert mac.sent[-1].kind == "MouseMoved"


def test_clicks_in_a_row_are_counted_as_the_system_does(mac, events, clock):
    events.move(Point(10, 10))
    for _ in range(3):
        clock.now += 0.1
        click(events)
    assert [event.count for event in mac.sent[1:]] == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize("button, wait, to", [("right", 0, (10, 10)), ("left", 0.6, (10, 10)), ("left", 0, (20, 10))])
def test_another_button_a_pause_or_another_place_begins_anew(mac, events, clock, button, wait, to):
    events.move(Point(10, 10))
    click(events)
    clock.now += wait
    events.move(Point(*to))
    click(events, button)
    assert mac.sent[-1].count == mac.sent[-2].count == 1


@pytest.mark.parametrize(
    "amount, horizontal, along, across", [(1, False, 3, 0), (-2, False, -6, 0), (1, True, 0, -3), (-1, True, 0, 3)]
)
def test_the_wheel_turns_up_and_right(mac, events, amount, horizontal, along, across):
    events.wheel(amount, horizontal=horizontal)
    assert [(event.along, event.across) for event in mac.sent] == [(along, across)]


def test_modifiers_are_said_of_what_comes_while_they_are_held(mac, events):
    for what, down in [("key 59", True), ("key 56", True), ("key 12", True), ("button left", True)]:
        events.send(what, down=down)
    assert [event.flags for event in mac.sent] == [
        FLAGS["Control"],
        *(3 * [FLAGS["Control"] | FLAGS["Shift"]]),
    ]
    mac.held_flags = FLAGS["Control"] | FLAGS["Shift"]  # as the system has it until they are released
    events.send("key 56", down=False)
    events.send("key 59", down=False)
    assert [event.flags for event in mac.sent[4:]] == [FLAGS["Control"], 0]


def test_keys_keep_the_flags_that_are_their_own(mac, events):
    events.send(f"key {KEYS['left']}", down=True)
    assert mac.sent[0].flags == FLAGS["SecondaryFn"]


@pytest.mark.parametrize("character", ["é", "你", "😀"])
def test_a_letter_is_sent_as_itself_whatever_is_held(mac, events, character):
    mac.held_flags = FLAGS["Command"]
    events.letter(character)
    assert [(event.text, event.down, event.flags) for event in mac.sent] == [
        (character, True, 0),
        (character, False, 0),
    ]


def test_every_named_key_that_a_mac_has_is_known():
    assert set(NAMED_KEYS) - set(KEYS) == {"f21", "f22", "f23", "f24"}
    assert set(KEYS) <= set(NAMED_KEYS)


def test_characters_are_where_the_layout_has_them(events):
    assert events.names("a") == ("key 12",)
    assert events.names("+") == ("key 56", "key 24")
    assert events.names("enter") == ("key 36",)
    for key in ("f24", "你"):
        with pytest.raises(ExecutionError, match="no key"):
            events.names(key)


def test_a_mac_that_makes_no_events_is_told(mac, events):
    mac.makes_events = False
    with pytest.raises(ExecutionError, match="log in at the screen"):
        events.wheel(1, horizontal=False)


def test_what_a_lifter_releases_is_released_where_the_pointer_is(mac, events):
    mac.pointer = (7.0, 8.0)
    events.send("button left", down=False)
    assert told(mac) == [("LeftMouseUp", (7.0, 8.0), 1)]


def test_hands_that_were_not_opened_say_so():
    with pytest.raises(ExecutionError, match="not opened"):
        QuartzEvents().letter("a")
    assert quartz_hands().name == "quartz"
