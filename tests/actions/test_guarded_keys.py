"""What guarded mode asks about of the keyboard, on windows that are told of as a program would tell of them."""

import time

import pytest
from told import CANCEL, MAIL, SEND, SUBJECT, focused, judge, states, window_with

from actions.action import PressKeys, TypeText
from actions.control import Control, Reading

LETTER = Control("field", "Message", states=states("lines", "editable"))
SEARCH = Control("field", "Search", states=states("editable"))


def press(reading, *keys):
    return judge(PressKeys(keys), reading).kind


def type_(text, reading):
    return judge(TypeText(text), reading).kind


def form(*controls, role="group"):
    """A window with a form in it, in which these are."""
    top, box = Control("window", MAIL.title, rect=MAIL.rect), Control(role, "", parent=0)
    return Reading((top, box, *(Control(c.role, c.name, c.note, parent=1, states=c.states) for c in controls)))


# ------------------------------------------------------------------------------------------------------------------ texts


@pytest.mark.parametrize(
    "text, kind",
    [("hi\tyou", "allow"), ("hi\t ", "ask"), ("hi\tyou too", "ask"), ("hi\tyou\n", "ask"), ("hi you\tme", "allow")],
)
def test_what_a_text_presses_after_a_tab_is_asked_about(text, kind):
    assert type_(text, window_with(focused(SUBJECT), CANCEL)) == kind


@pytest.mark.parametrize(
    "text, control, kind",
    [
        ("a\n", SEARCH, "allow"),
        ("a\nb", SEARCH, "ask"),
        ("a\n\n y\n", SEARCH, "ask"),
        ("a\nb", LETTER, "allow"),
        ("a b\nc d", LETTER, "allow"),
    ],
)
def test_what_comes_after_a_line_end_goes_elsewhere_but_in_a_field_of_several_lines(text, control, kind):
    assert type_(text, window_with(focused(control), CANCEL)) == kind


@pytest.mark.parametrize("text, kind", [("a", "allow"), (" ", "ask"), ("a b", "ask")])
def test_a_space_presses_what_is_no_field(text, kind):
    chosen = focused(Control("choice", "Delete all data"))
    assert type_(text, window_with(chosen, CANCEL)) == kind
    assert type_(text, window_with(focused(SUBJECT), CANCEL)) == "allow"


@pytest.mark.parametrize("text", ["j", "#", "7", " "])
def test_letters_on_a_row_may_be_orders(text):
    assert type_(text, window_with(focused(Control("item", "Report")))) == "ask"
    editable = Control("item", "A1", states=states("editable"))
    assert type_(text.strip() or "a", window_with(focused(editable))) == "allow"


# ------------------------------------------------------------------------------------------------------------------ Enter


@pytest.mark.parametrize("name", ["Pickup location", "Research topic", "Finder's fee", "Refilter"])
def test_only_whole_words_make_a_search(name):
    assert press(window_with(focused(Control("field", name)), SEND), "enter") == "ask"


def test_a_search_in_a_form_that_orders_something_is_asked_about():
    searched = focused(SEARCH)
    assert press(form(searched, Control("button", "Delete")), "enter") == "ask"
    assert press(form(searched, Control("button", "Go"), Control("button", "")), "enter") == "allow"
    assert press(form(searched, SEND, role="dialog"), "enter") == "ask"
    assert press(window_with(searched, SEND), "enter") == "allow"


def test_a_secret_is_one_though_its_hint_tells_how_to_find_it():
    pin = Control("field", "PIN", note="Find it on the back of your card")
    assert type_("1234", window_with(focused(pin))) == "ask"
    assert press(window_with(focused(Control("field", "", note="Search mail")), SEND), "enter") == "allow"


@pytest.mark.parametrize("role", ["check", "choice"])
def test_enter_may_tick_what_has_the_keyboard(role):
    assert press(window_with(focused(Control(role, "Allow remote access"))), "enter") == "ask"
    assert press(window_with(focused(Control(role, "Show line numbers"))), "enter") == "allow"
    setting = window_with(focused(Control("check", "Bluetooth")), title="Privacy settings")
    assert press(setting, "enter") == "ask"


@pytest.mark.parametrize("name, kind", [("Send", "ask"), ("Delete account", "ask"), ("Inbox", "allow"), ("", "allow")])
def test_enter_on_a_place_is_judged_by_the_text_there(name, kind):
    box = Control("group", "", states=states("focused"), parent=0)
    reading = Reading((Control("window", "Mail"), box, Control("text", name, parent=1)))
    assert press(reading, "enter") == kind
    assert (
        press(Reading((Control("window", "Mail"), Control("other", name, states=states("focused")))), "enter") == kind
    )


def test_the_only_button_may_be_meant_though_it_has_no_name():
    message = focused(Control("field", "Message"))
    assert press(window_with(message, Control("button", "")), "enter") == "ask"
    assert press(window_with(message, Control("button", ""), CANCEL), "enter") == "allow"


def test_two_boxes_for_comments_make_no_letter():
    write = Control("field", "Write a comment", states=states("lines"))
    assert press(window_with(focused(write), write, SEND), "enter") == "ask"
    assert press(window_with(SUBJECT, focused(write), SEND), "enter") == "allow"
    assert press(window_with(SEARCH, focused(write), SEND), "enter") == "ask"


# ---------------------------------------------------------------------------------------------------------- what is not read


@pytest.mark.parametrize(
    "control, key, kind",
    [
        (Control("group", "Files"), "enter", "ask"),
        (SUBJECT, "enter", "ask"),
        (Control("button", "Cancel"), "enter", "allow"),
        (SUBJECT, "a", "allow"),
    ],
)
def test_where_not_all_was_read_nothing_found_is_no_answer(control, key, kind):
    reading = window_with(focused(control))
    assert press(Reading(reading.controls, whole=False), key) == kind


def test_a_key_that_is_a_shortcut_is_judged_by_the_keyboard_as_well():
    play = Control("button", "Play", keys=(frozenset({"space"}), frozenset({"enter"}), frozenset({"e"})))
    for key in ("space", "enter", "e"):
        assert press(window_with(focused(Control("button", "Delete account")), play), key) == "ask"
    assert press(window_with(focused(CANCEL), play), "space") == "allow"
    assert press(window_with(focused(CANCEL), Control("button", "Pay", keys=(frozenset({"space"}),))), "space") == "ask"


@pytest.mark.parametrize("key", ["delete", "backspace"])
def test_deleting_a_word_deletes_a_row_where_no_word_is(key):
    assert press(window_with(focused(SUBJECT)), "ctrl", key) == "allow"
    assert press(window_with(focused(Control("item", "Report"))), "ctrl", key) == "ask"


def test_many_buttons_are_not_judged_one_by_one():
    buttons = [Control("button", f"Option {number}") for number in range(3000)]
    began = time.monotonic()
    assert press(window_with(focused(SUBJECT), *buttons), "enter") == "ask"
    assert time.monotonic() - began < 1


# --------------------------------------------------------------------------------------------------------- an open menu


def menu(*items):
    """An open menu of these."""
    return Reading(
        (Control("popup"), *(Control(c.role, c.name, parent=0, states=c.states, keys=c.keys) for c in items))
    )


def test_keys_belong_to_an_open_menu():
    window = window_with(focused(LETTER))
    delete = Control("menu_item", "Delete all", keys=(frozenset({"alt", "d"}),))
    lit = {"popup": menu(delete, focused(Control("menu_item", "View")))}
    dark = {"popup": menu(delete, Control("menu_item", "View"))}
    for action in (PressKeys(("d",)), TypeText("d"), TypeText("hello")):
        assert judge(action, window).kind == "allow"
        assert judge(action, window, **lit).kind == "ask"
        assert judge(action, window, **dark).kind == "ask"
    assert judge(PressKeys(("enter",)), window, **lit).kind == "allow"
    assert judge(PressKeys(("enter",)), window, **dark).kind == "ask"
    assert judge(PressKeys(("down",)), window, **dark).kind == "allow"
    assert judge(PressKeys(("enter",)), window, popup=menu(focused(delete))).kind == "ask"


def test_a_menu_that_is_read_beside_its_window_has_the_keyboard():
    window = window_with(focused(LETTER)).controls
    popup = Control("popup")
    item = Control("menu_item", "Delete all", parent=len(window), keys=(frozenset({"alt", "d"}),))
    for action in (PressKeys(("d",)), TypeText("d"), PressKeys(("space",)), PressKeys(("delete",))):
        assert judge(action, Reading((*window, popup))).kind == "allow"
        assert judge(action, Reading((*window, popup, item))).kind == "ask"
