"""What the guard lets through."""

import pytest

from actions.action import (
    Answer,
    Ask,
    Click,
    Drag,
    FocusApp,
    Move,
    OpenApp,
    PressKeys,
    ReadClipboard,
    Scroll,
    Terminate,
    TypeText,
    Wait,
)
from actions.backends.dry_run import dry_desktop
from actions.control import Control, Reading
from actions.desktop import Window
from actions.geometry import GridPoint, Point, Rect
from actions.keys import STOP_CHORD
from actions.rules import Rule, Rules
from actions.safety import Context, context_of, verdict

AT = GridPoint(500, 500)
DESK = Window(7, "Desk", "desk", Rect(100, 100, 200, 100))
MENU = Window(8, "", "desk", Rect(120, 120, 60, 150))
OTHER = Window(9, "Mail", "mail", Rect(0, 0, 1000, 1000))
INSIDE, OUTSIDE = Point(150, 150), Point(50, 50)
POINTING = [Click(at=AT), Click("right", 1, AT), Move(AT), Drag(AT), Scroll(3), Scroll(-3, at=AT)]
TYPING = [PressKeys(("ctrl", "s")), PressKeys(("enter",)), TypeText("a")]
HARMLESS = [Wait(1), Ask("a"), Answer("a"), Terminate("success")]
SYSTEM = [FocusApp("Desk"), OpenApp("Mail"), ReadClipboard()]


def judge(action, mode="free", at=INSIDE, allowed=DESK, under=DESK, focused=DESK, pointer=INSIDE, over=DESK):
    return verdict(action, Context(mode, Rect(0, 0, 1000, 1000), at, allowed, under, focused, pointer, over)).kind


@pytest.mark.parametrize("action", HARMLESS)
@pytest.mark.parametrize("mode", ["watch", "guarded", "free"])
def test_what_touches_nothing_is_allowed(action, mode):
    assert judge(action, mode, allowed=None, under=None, focused=None) == "allow"


@pytest.mark.parametrize("action", POINTING + TYPING + SYSTEM)
def test_watch_asks_before_everything(action):
    assert judge(action, "watch", allowed=None) == "ask"


@pytest.mark.parametrize(
    "action, kind",
    [
        *((FocusApp(name), "allow") for name in ("Desk", "desk", "es")),
        *((action, "refuse") for action in (FocusApp("Mail"), FocusApp(" "), OpenApp("Desk"))),
        (ReadClipboard(), "ask"),
    ],
)
def test_free_stays_in_its_window_and_asks_before_it_reads_what_was_copied(action, kind):
    assert judge(action) == kind
    assert judge(action, allowed=None) == ("ask" if kind == "ask" else "refuse")


@pytest.mark.parametrize(
    "keys, kind", [(("ctrl",), "allow"), (("shift",), "allow"), (("alt",), "refuse"), (("super",), "refuse")]
)
def test_a_click_with_keys_for_the_window_manager_is_refused(keys, kind):
    assert judge(Click(at=AT, keys=keys)) == kind


@pytest.mark.parametrize("action", POINTING + TYPING)
def test_free_works_inside_its_window(action):
    assert judge(action) == "allow"
    assert judge(action, allowed=None) == "refuse"


@pytest.mark.parametrize("action", POINTING)
def test_free_points_nowhere_else(action):
    assert judge(action, under=MENU) == "allow"
    assert judge(action, at=OUTSIDE) == "refuse"
    assert judge(action, at=None) == "refuse"
    assert judge(action, under=OTHER) == "refuse"
    assert judge(action, under=None) == "refuse"


@pytest.mark.parametrize("action", TYPING)
def test_free_types_nowhere_else(action):
    assert judge(action, focused=OTHER) == "refuse"
    assert judge(action, focused=None) == "refuse"


def test_windows_without_an_application_do_not_belong_together():
    nameless = [Window(number, "", "", Rect(100, 100, 200, 100)) for number in (1, 2)]
    assert judge(Click(at=AT), allowed=nameless[0], under=nameless[1]) == "refuse"


def test_a_drag_begins_inside():
    assert judge(Drag(AT), pointer=OUTSIDE) == "refuse"
    assert judge(Drag(AT), pointer=None) == "refuse"


def test_a_drag_does_not_begin_on_what_covers_the_window():
    assert judge(Drag(AT), over=OTHER) == "refuse"
    assert judge(Drag(AT), over=None) == "refuse"
    assert judge(Drag(AT), over=MENU) == "allow"
    assert judge(Click(at=AT), over=OTHER) == "allow"


@pytest.mark.parametrize(
    "keys",
    [
        ("alt", "tab"),
        ("alt", "f4"),
        ("super",),
        ("super", "r"),
        ("ctrl", "alt", "t"),
        ("alt", "space"),
        ("printscreen",),
        ("capslock",),
        ("numlock",),
    ],
)
def test_keys_that_leave_the_window(keys):
    assert judge(PressKeys(keys)) == "refuse"


@pytest.mark.parametrize("keys", [("alt", "s"), ("tab",), ("ctrl", "shift", "t"), ("f5",), ("shift", "tab")])
def test_keys_that_do_not(keys):
    assert judge(PressKeys(keys)) == "allow"


@pytest.mark.parametrize("mode", ["watch", "guarded", "free"])
@pytest.mark.parametrize(
    "keys", [STOP_CHORD, ("a", "esc", "shift", "ctrl"), ("ctrl", "+", "esc"), ("ctrl", "esc", "?")]
)
def test_the_stop_key_is_the_persons(keys, mode):
    assert judge(PressKeys(keys), mode) == "refuse"


@pytest.mark.parametrize("keys", [("ctrl", "esc"), ("shift", "esc"), ("esc",)])
def test_a_part_of_the_stop_key_is_not(keys):
    assert judge(PressKeys(keys), "watch") == "ask"


def test_the_context_is_what_the_desktop_says():
    desktop = dry_desktop(windows=[OTHER, DESK])
    desktop.input.move(INSIDE)
    context = context_of("free", DESK.rect, None, DESK, desktop)
    assert (context.at, context.under, context.focused) == (INSIDE, OTHER, OTHER)
    assert (context.pointer, context.over) == (INSIDE, OTHER)
    assert verdict(Scroll(1), context).reason == "The window “Desk” is covered there by “Mail”."


def test_what_windows_tell_of_themselves_is_asked_for_in_guarded_mode_only_and_as_far_as_needed():
    desktop = dry_desktop(windows=[OTHER, DESK])
    desktop.controls.readings[OTHER.id] = told = Reading((Control("window", "Mail"),))
    desktop.input.move(INSIDE)

    def readings(mode, action):
        context = context_of(mode, DESK.rect, None, None, desktop, action)
        return context.there, context.here, context.keys

    assert readings("guarded", Click(at=AT)) == (told, None, None)
    assert readings("guarded", Drag(AT)) == (told, told, None)
    assert readings("guarded", TypeText("a")) == (None, None, told)
    assert readings("guarded", Move(AT)) == (None, None, None)
    assert readings("free", Click(at=AT)) == readings("watch", TypeText("a")) == (None, None, None)


MODES = ["watch", "guarded", "free"]
NEVER_UP_THERE = Rules(deny=(Rule(region=Rect(0, 0, 1000, 120)),))


def with_rules(action, mode, rules, *, focused=DESK, **more):
    view = Rect(0, 0, 1000, 1000)
    return verdict(action, Context(mode, view, INSIDE, DESK, DESK, focused, INSIDE, DESK, rules, **more)).kind


@pytest.mark.parametrize("action", [*POINTING, *TYPING, FocusApp("Desk")])
def test_free_works_only_where_the_rules_let_it(action):
    assert with_rules(action, "free", Rules(allow=(Rule(application="gimp"),))) == "refuse"
    assert with_rules(action, "free", Rules(allow=(Rule(application="desk"),))) == "allow"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("action", TYPING)
def test_keys_are_denied_in_a_region_unless_it_is_known_that_they_go_elsewhere(action, mode):
    assert with_rules(action, mode, NEVER_UP_THERE) == "refuse"
    below = Reading((Control("field", "Subject", rect=Rect(100, 150, 50, 20), states=frozenset({"focused"})),))
    assert with_rules(action, mode, NEVER_UP_THERE, keys=below) != "refuse"
    assert with_rules(FocusApp("Desk"), mode, NEVER_UP_THERE) != "refuse"


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("key, text", [("enter", "rm\n"), ("enter", "rm\r"), ("tab", "a\tb"), ("space", "a b")])
def test_a_key_that_is_denied_is_so_in_texts_as_well(key, text, mode):
    rules = Rules(deny=(Rule(keys=frozenset({key})),))
    assert with_rules(TypeText(text), mode, rules) == "refuse"
    assert with_rules(TypeText("ab"), mode, rules) != "refuse"


def test_a_key_that_is_let_through_lets_no_text_through():
    rules = Rules(allow=(Rule(keys=frozenset({"enter"})),))
    assert with_rules(PressKeys(("enter",)), "guarded", rules) == "allow"
    assert with_rules(TypeText("rm\n"), "guarded", rules) == "ask"


@pytest.mark.parametrize("mode", MODES)
def test_the_rules_hold_for_the_menu_that_has_the_keyboard(mode):
    bank = Window(11, "Bank", "bank", Rect(0, 0, 50, 50))
    denied = Rules(deny=(Rule(title="Bank"),))
    assert with_rules(PressKeys(("a",)), mode, denied, popup=bank) == "refuse"
    assert with_rules(PressKeys(("a",)), "free", Rules(), popup=bank) == "refuse"
    assert with_rules(PressKeys(("a",)), "free", Rules(), popup=MENU) == "allow"
    terminal = Window(12, "", "xterm", DESK.rect)
    assert with_rules(PressKeys(("esc",)), "guarded", Rules(), focused=terminal, popup=MENU, keys=Reading(())) == "ask"
