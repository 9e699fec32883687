"""What is read of a window, and what may have its keyboard."""

import time

from actions.control import Control, Reading
from actions.geometry import Point, Rect

WHOLE, LEFT = Rect(0, 0, 200, 100), Rect(10, 10, 50, 20)


def has(*states):
    return frozenset(states)


def test_what_is_at_a_pixel_is_told_the_innermost_first():
    window = Control("window", "Mail", rect=WHOLE)
    button = Control("button", "Send", rect=LEFT, parent=0)
    unseen = Control("button", "Delete", rect=None, parent=0)
    reading = Reading((window, button, unseen))
    assert reading.at(Point(10, 10)) == (button, window)
    assert reading.at(Point(60, 10)) == (window,)
    assert reading.at(Point(200, 0)) == ()


def test_a_control_belongs_to_the_nearest_dialog_and_to_its_window():
    window, dialog = Control("window", "Mail"), Control("dialog", "Sure?", parent=0)
    group = Control("group", parent=1)
    button = Control("button", "OK", parent=2)
    reading = Reading((window, dialog, group, button))
    assert list(reading.around(button)) == [button, group, dialog, window]
    assert reading.box(button) is dialog
    assert reading.top(button) is window
    assert reading.within(dialog) == (dialog, group, button)


def test_nothing_has_the_keyboard_where_nothing_says_so():
    assert Reading((Control("window", "Mail"),)).focused == ()


def test_what_is_in_front_of_its_window_has_the_keyboard():
    window, field = Control("window", states=has("focused")), Control("field", parent=0, states=has("focused"))
    assert Reading((window, field)).focused == (field,)


def test_the_inner_part_of_a_field_stands_for_the_field():
    field = Control("field", "Message", states=has("focused", "editable"))
    part = Control("group", parent=0, states=has("focused"))
    assert Reading((field, part)).focused == (field,)


def test_a_field_has_the_keyboard_before_a_tab_that_says_so_too():
    tab, field = Control("tab", "Inbox", states=has("focused")), Control("field", states=has("focused"))
    assert Reading((tab, field)).focused == (field,)


def test_where_two_buttons_say_so_both_may_have_it():
    both = tuple(Control("button", name, states=has("focused")) for name in ("Send", "Cancel"))
    assert Reading(both).focused == both


def test_the_chosen_item_of_an_open_menu_has_the_keyboard():
    field = Control("field", states=has("focused"))
    items = tuple(
        Control("menu_item", name, states=has(*states)) for name, states in (("Open", ()), ("Delete", ("selected",)))
    )
    assert Reading((field, *items)).focused == (items[1],)


def test_what_a_control_is_in_is_told_outwards_with_what_is_new_in_each():
    window, group = Control("window", "Mail"), Control("group", parent=0)
    text, inner = Control("text", "To", parent=0), Control("group", parent=1)
    button, picture = Control("button", "Send", parent=3), Control("picture", "sign", parent=4)
    reading = Reading((window, group, text, inner, button, picture))
    layers = list(reading.layers(button))
    assert layers == [(button, (button, picture)), (inner, (inner,)), (group, (group,)), (window, (window, text))]
    assert reading.within(group) == (group, inner, button, picture)


def test_a_deep_window_is_looked_through_in_proportion():
    def seconds(depth):
        reading = Reading(tuple(Control("group", f"{n}", parent=n - 1) for n in range(depth)))
        began = time.process_time()
        assert sum(len(within) for _, within in reading.layers(reading.controls[-1])) == depth
        return time.process_time() - began

    seconds(100)
    assert seconds(8000) < 60 * max(seconds(1000), 0.001)
