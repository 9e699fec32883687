"""What guarded mode asks about, on windows that are told of as a program would tell of them."""

import pytest
from told import AT, CANCEL, MAIL, SEND, SUBJECT, VIEW, click, focused, judge, place, states, window_with

from actions.action import Click, Drag, FocusApp, Move, OpenApp, PressKeys, ReadClipboard, Scroll, Secret, TypeText
from actions.backends.dry_run import dry_desktop
from actions.control import Control, Reading
from actions.desktop import Window
from actions.geometry import Point, Rect
from actions.rules import Rule, Rules
from actions.safety import context_of, verdict


def test_what_sends_is_asked_about_and_why():
    judged = click(window_with(SEND, CANCEL), "Send")
    assert (judged.kind, judged.reason) == ("ask", "“Send” sends something to others.")


def test_what_does_not_is_not():
    assert click(window_with(SEND, CANCEL), "Cancel").kind == "allow"
    assert click(window_with(SUBJECT, SEND), "Subject").kind == "allow"


@pytest.mark.parametrize("action", [Move(AT), Scroll(3), Scroll(-3, at=AT), FocusApp("Mail")])
def test_looking_around_is_never_asked_about(action):
    assert judge(action).kind == "allow"


@pytest.mark.parametrize("action", [Click(at=AT), PressKeys(("enter",)), TypeText("a"), Drag(AT)])
def test_a_window_that_tells_nothing_is_asked_about(action):
    assert judge(action).kind == "ask"


@pytest.mark.parametrize("action", [Click(at=AT), PressKeys(("enter",)), TypeText("a")])
def test_so_is_a_desktop_without_a_window(action):
    assert judge(action, window=None).kind == "ask"


@pytest.mark.parametrize(
    "control", [Control("button"), Control("button", "送信する"), Control("link", "→"), Control("picture", "x", "")]
)
def test_what_cannot_be_read_is_asked_about(control):
    named = Control(control.role, control.name or " ", rect=Rect(10, 10, 50, 20), parent=0)
    reading = Reading((Control("window", "Mail", rect=MAIL.rect), named))
    kind = judge(Click(at=AT), reading, Point(20, 20)).kind
    assert kind == ("allow" if control.role == "picture" else "ask")


def test_an_empty_place_may_be_anything():
    assert judge(Click(at=AT), window_with(SEND), Point(700, 500)).kind == "ask"


def test_a_button_of_an_unknown_word_is_asked_about_but_not_a_link():
    reading = window_with(Control("button", "Frobnicate"), Control("link", "Frobnication"))
    assert "not known" in click(reading, "Frobnicate").reason
    assert click(reading, "Frobnication").kind == "allow"


def test_a_tooltip_is_read_where_the_name_says_nothing():
    assert click(window_with(Control("button", "x1", note="Delete for good")), "x1").kind == "ask"


def test_all_that_may_get_the_click_is_judged():
    top, page = Control("window", "Mail", rect=MAIL.rect), Rect(10, 10, 100, 100)
    reading = Reading(
        (top, Control("button", "Pay", rect=page, parent=0), Control("button", "Cancel", rect=page, parent=0))
    )
    assert judge(Click(at=AT), reading, Point(20, 20)).kind == "ask"


def test_the_frame_of_a_window_can_close_it():
    desktop = dry_desktop(windows=[MAIL])
    desktop.windows.at = lambda point: MAIL
    judged = verdict(Click(at=AT), context_of("guarded", VIEW, Point(10, 700), None, desktop, Click(at=AT)))
    assert judged.kind == "ask"
    assert "frame" in judged.reason


@pytest.mark.parametrize("name", ["OK", "Yes", "Continue", "确定"])
@pytest.mark.parametrize(
    "words, kind",
    [
        (["Delete 3 files?"], "ask"),
        (["3 个文件将被删除。"], "ask"),
        (["Are you sure?"], "ask"),
        (["The report is ready."], "allow"),
    ],
)
def test_what_goes_on_is_judged_by_what_its_dialog_says(name, words, kind):
    reading = window_with(Control("button", name), CANCEL, title="Files", role="dialog", words=words)
    assert click(reading, name).kind == kind


def test_a_dialog_with_one_button_decides_nothing():
    reading = window_with(Control("button", "OK"), title="Files", role="dialog", words=["Could not delete the file?"])
    assert click(reading, "OK").kind == "allow"


def test_a_dialog_with_one_button_that_says_what_it_does_is_asked_about():
    reading = window_with(Control("button", "OK"), title="Files", role="dialog", words=["3 files will be deleted."])
    assert click(reading, "OK").kind == "ask"


def test_a_link_is_a_choice_as_well():
    choices = (Control("button", "OK"), Control("link", "Cancel"))
    reading = window_with(*choices, title="Files", role="dialog", words=["Are you sure?"])
    assert click(reading, "OK").kind == "ask"


def test_menus_open_without_asking_and_their_items_do_not():
    bar = (Control("window", "Mail", rect=MAIL.rect), Control("menu_bar", rect=Rect(0, 0, 800, 20), parent=0))
    title = Control("menu_item", "Delete", rect=Rect(0, 0, 50, 20), parent=1, states=states("opens"))
    popup = Control("popup", rect=Rect(0, 20, 90, 60), parent=2)
    item = Control("menu_item", "Delete all", rect=Rect(0, 20, 90, 20), parent=3)
    reading = Reading((*bar, title, popup, item))
    assert judge(Click(at=AT), reading, Point(10, 10)).kind == "allow"
    assert judge(Click(at=AT), reading, Point(10, 30)).kind == "ask"


@pytest.mark.parametrize("bar, kinds", [("menu_bar", ("opens",)), ("group", ("opens",)), ("menu_bar", ())])
def test_a_title_opens_a_menu_only_where_it_has_one_and_is_in_a_menu_bar(bar, kinds):
    top = (Control("window", "Mail", rect=MAIL.rect), Control(bar, rect=Rect(0, 0, 800, 20), parent=0))
    title = Control("menu_item", "Delete", rect=Rect(0, 0, 50, 20), parent=1, states=states(*kinds))
    opens = bar == "menu_bar" and kinds
    assert judge(Click(at=AT), Reading((*top, title)), Point(10, 10)).kind == ("allow" if opens else "ask")


def test_an_item_in_a_group_of_an_open_menu_is_no_title():
    room = Rect(0, 0, 100, 90)
    popup, group = Control("popup", rect=room), Control("menu_bar", rect=room, parent=0)
    item = Control("menu_item", "Delete", rect=room, parent=1, states=states("opens"))
    assert judge(Click(at=AT), Reading((popup, group, item)), Point(10, 10)).kind == "ask"


@pytest.mark.parametrize(
    "role, name, kind",
    [
        ("button", "Send", "ask"),
        ("button", "Continue", "ask"),
        ("menu_item", "Delete", "ask"),
        ("button", "Frobnicate", "allow"),
        ("choice", "Delete", "allow"),
        ("menu", "Delete", "allow"),
    ],
)
def test_what_opens_something_may_do_what_it_is_called_besides(role, name, kind):
    reading = window_with(Control(role, name, states=states("opens")), words=["You will be charged 5 €."])
    assert click(reading, name).kind == kind


def test_tabs_rows_and_fields_are_only_chosen():
    reading = window_with(Control("tab", "Transfer"), Control("item", "Trash"), Control("item", "Restart"))
    assert [click(reading, name).kind for name in ("Transfer", "Trash", "Restart")] == ["allow", "allow", "ask"]


def test_a_program_is_asked_about_at_any_click():
    reading = window_with(Control("item", "setup.exe"), Control("item", "notes.txt"))
    twice = Click(at=AT, count=2)
    assert [click(reading, name, twice).kind for name in ("setup.exe", "notes.txt")] == ["ask", "allow"]
    assert click(reading, "setup.exe").kind == "ask"  # a second click would open it


@pytest.mark.parametrize(
    "application", ["xterm", "gnome-terminal-server", "Konsole", "systemsettings", "synaptic", "keepassxc"]
)
def test_in_some_programs_everything_is_asked_about(application):
    window = Window(7, "Window", application, MAIL.rect)
    reading = window_with(CANCEL, focused(SUBJECT))
    assert click(reading, "Cancel", window=window).kind == "ask"
    for action in (PressKeys(("a",)), TypeText("ls"), Click("right", at=AT)):
        assert judge(action, reading, window=window).kind == "ask"


@pytest.mark.parametrize("button, kind", [("left", "ask"), ("middle", "ask"), ("right", "allow")])
def test_the_right_button_only_opens_a_menu(button, kind):
    assert click(window_with(SEND), "Send", Click(button, at=AT)).kind == kind


def test_in_an_open_menu_the_right_button_does_what_the_left_does():
    room, item = Rect(0, 0, 100, 60), Rect(0, 0, 100, 20)
    menu = Reading((Control("popup", rect=room), Control("menu_item", "Delete all", rect=item, parent=0)))
    assert judge(Click("right", at=AT), menu, Point(10, 10)).kind == "ask"
    harmless = Reading((Control("popup", rect=room), Control("menu_item", "View", rect=item, parent=0)))
    assert judge(Click("right", at=AT), harmless, Point(10, 10)).kind == "allow"
    assert judge(Click("right", at=AT), None, Point(10, 10)).kind == "ask"


@pytest.mark.parametrize("keys", [("alt",), ("super",), ("ctrl", "alt")])
def test_a_click_with_the_desktops_keys_is_asked_about(keys):
    assert click(window_with(CANCEL), "Cancel", Click(at=AT, keys=keys)).kind == "ask"


def press(reading, *keys):
    return judge(PressKeys(keys), reading)


@pytest.mark.parametrize("key", ["enter", "space"])
def test_keys_press_the_button_that_has_the_keyboard(key):
    assert press(window_with(focused(SEND), CANCEL), key).kind == "ask"
    assert press(window_with(SEND, focused(CANCEL)), key).kind == "allow"


def test_enter_in_a_field_presses_the_default_button():
    assert press(window_with(focused(SUBJECT), SEND), "enter").kind == "ask"
    harmless = Control("button", "Preview", states=states("default"))
    assert press(window_with(focused(SUBJECT), harmless, Control("button", "Send")), "enter").kind == "allow"


def test_without_a_default_any_of_the_window_may_be_meant():
    assert press(window_with(focused(SUBJECT), CANCEL, Control("button", "Pay now")), "enter").kind == "ask"
    assert press(window_with(focused(SUBJECT), CANCEL), "enter").kind == "allow"


def test_enter_in_a_search_only_searches():
    assert press(window_with(focused(Control("field", "Search mail")), SEND), "enter").kind == "allow"


def test_enter_in_a_chat_sends_and_in_a_letter_does_not():
    message = focused(Control("field", "Message"), "lines")
    assert press(window_with(message, SEND), "enter").kind == "ask"
    assert press(window_with(SUBJECT, message, SEND), "enter").kind == "allow"


def test_a_mnemonic_does_what_its_button_does():
    reading = window_with(focused(SUBJECT), SEND, CANCEL)
    assert press(reading, "alt", "s").kind == "ask"
    assert press(reading, "alt", "c").kind == "allow"
    assert press(reading, "alt", "x").kind == "ask"


def test_letters_go_into_fields_and_are_orders_elsewhere():
    assert press(window_with(focused(SUBJECT)), "a").kind == "allow"
    assert press(window_with(focused(Control("group", "Inbox"))), "e").kind == "ask"
    assert press(window_with(SUBJECT), "a").kind == "ask"  # nobody says that it has the keyboard


def test_a_letter_in_an_open_menu_chooses_its_item():
    letter = {"keys": (frozenset({"alt", "d"}),)}
    items = (Control("menu_item", "Delete all", **letter), Control("menu_item", "Open", states=states("focused")))
    popup = Control("popup", rect=Rect(0, 0, 9, 9))
    reading = Reading((popup, *(Control(c.role, c.name, parent=0, states=c.states, keys=c.keys) for c in items)))
    assert press(reading, "d").kind == "ask"
    assert press(reading, "z").kind == "ask"


@pytest.mark.parametrize(
    "keys", [("tab",), ("esc",), ("down",), ("shift", "tab"), ("ctrl", "c"), ("ctrl", "shift", "z"), ("shift",)]
)
def test_moving_about_and_copying_is_not_asked_about(keys):
    assert press(window_with(focused(SEND), SUBJECT), *keys).kind == "allow"


@pytest.mark.parametrize(
    "keys", [("ctrl", "enter"), ("alt", "f4"), ("super",), ("ctrl", "q"), ("f9",), ("ctrl", "alt", "t"), ("alt", "tab")]
)
def test_chords_that_are_not_known_are(keys):
    assert press(window_with(focused(SUBJECT)), *keys).kind == "ask"


def test_delete_is_for_letters_in_a_field_and_for_things_elsewhere():
    assert press(window_with(focused(SUBJECT)), "delete").kind == "allow"
    assert press(window_with(focused(Control("item", "Report"))), "delete").kind == "ask"


@pytest.mark.parametrize(
    "text, control, kind",
    [
        ("Hello", SUBJECT, "allow"),
        ("Hello\n", SUBJECT, "ask"),
        ("Hello\r", SUBJECT, "ask"),
        ("a\tb\n", Control("field", "Search"), "ask"),
        ("a\tb", SUBJECT, "allow"),
        ("hunter2", Control("password", "Password"), "ask"),
        ("1234", Control("field", "PIN"), "ask"),
        ("4242", Control("field", "卡号"), "ask"),
        ("bank", Control("field", "Search passwords"), "allow"),
        ("ls", Control("terminal", ""), "ask"),
        ("e", Control("button", "Cancel"), "ask"),
        (Secret("mail"), SUBJECT, "ask"),
    ],
)
def test_a_text_is_judged_by_where_it_goes_and_what_its_line_ends_press(text, control, kind):
    assert judge(TypeText(text), window_with(focused(control), SEND)).kind == kind


def test_after_a_tab_a_text_may_reach_a_password():
    assert judge(TypeText("me\tsecret"), window_with(focused(SUBJECT), Control("password", "Password"))).kind == "ask"


def test_what_is_typed_where_a_window_calls_itself_a_terminal_is_run():
    reading = window_with(focused(Control("field", "Input"), "lines"), title="Terminal – me@desk")
    assert judge(TypeText("ls"), reading).kind == "ask"
    assert press(reading, "enter").kind == "ask"


def test_what_is_dropped_on_the_bin_is_asked_about():
    reading = window_with(Control("item", "Report"), Control("item", "Trash"), Control("item", "Letters"))
    begun = place(reading, "Report")
    assert judge(Drag(AT), reading, place(reading, "Trash"), pointer=begun).kind == "ask"
    assert judge(Drag(AT), reading, place(reading, "Letters"), pointer=begun).kind == "allow"
    assert judge(Drag(AT), reading, Point(700, 500), pointer=begun).kind == "ask"


def test_starting_a_program_and_reading_what_was_copied_are_asked_about():
    assert judge(OpenApp("Files")).kind == judge(ReadClipboard()).kind == "ask"


def test_only_the_window_that_is_seen_may_be_worked_in_unasked():
    other = Window(9, "Bank", "bank", Rect(0, 0, 10, 10))
    judged = click(window_with(CANCEL), "Cancel", allowed=other)
    assert judged.kind == "ask" and "leaves" in judged.reason


NEVER_MAIL = Rules(deny=(Rule(application="Mail"),))


@pytest.mark.parametrize(
    "action",
    [Click(at=AT), Move(AT), Scroll(1), PressKeys(("a",)), TypeText("a"), FocusApp("Mail"), OpenApp("mail"), Drag(AT)],
)
@pytest.mark.parametrize("mode", ["watch", "guarded", "free"])
def test_what_the_rules_deny_is_refused_in_every_mode(action, mode):
    desktop = dry_desktop(windows=[MAIL])
    desktop.windows.focused = MAIL
    judged = verdict(action, context_of(mode, VIEW, Point(9, 9), MAIL, desktop, action, NEVER_MAIL))
    assert judged.kind == "refuse"
    assert "the application Mail" in judged.reason


def test_what_leaves_the_allowed_windows_is_asked_about():
    rules = Rules(allow=(Rule(title="Editor"),))
    assert "leaves" in click(window_with(CANCEL), "Cancel", rules=rules).reason
    assert click(window_with(CANCEL), "Cancel", rules=Rules(allow=(Rule(application="MAIL"),))).kind == "allow"


def test_a_region_holds_for_the_mouse_and_for_the_field_that_has_the_keyboard():
    upper = Rules(allow=(Rule(region=Rect(0, 0, 800, 45)),))
    reading = window_with(focused(SUBJECT), CANCEL)
    assert click(reading, "Subject", rules=upper).kind == "allow"
    assert click(reading, "Cancel", rules=upper).kind == "ask"
    assert judge(TypeText("a"), reading, rules=upper).kind == "allow"


def test_keys_may_be_let_through_or_denied():
    keys = frozenset({"ctrl", "enter"})
    reading = window_with(focused(SUBJECT), SEND)
    assert judge(PressKeys(("ctrl", "enter")), reading, rules=Rules(allow=(Rule(keys=keys),))).kind == "allow"
    assert judge(PressKeys(("ctrl", "enter")), reading, rules=Rules(deny=(Rule(keys=keys),))).kind == "refuse"
    assert judge(PressKeys(("a",)), reading, rules=Rules(deny=(Rule(keys=keys),))).kind == "allow"


@pytest.mark.parametrize(
    "control, kind",
    [
        (Control("menu_item", "Delete account"), "ask"),
        (Control("check", "Allow remote access"), "ask"),
        (Control("item", "Delete all"), "ask"),
        (Control("text", "Delete all"), "ask"),
        (Control("menu", "File"), "ask"),
        (Control("choice", "Size", states=states("opens")), "ask"),
        (Control("item", "Letters"), "allow"),
        (Control("slider", "Loudness"), "allow"),
        (Control("field", "Delete all"), "allow"),
    ],
)
def test_a_drag_that_ends_where_it_begins_is_a_click(control, kind):
    reading = window_with(control)
    at = place(reading, control.name)
    assert judge(Drag(AT), reading, at, pointer=at).kind == kind


def test_a_drag_from_what_is_pressed_may_press_it_and_what_it_ends_on():
    items = [Control("menu_item", name) for name in ("View", "Preview", "Delete all")]
    reading = window_with(*items)
    begun = place(reading, "View")
    assert judge(Drag(AT), reading, place(reading, "Delete all"), pointer=begun).kind == "ask"
    assert judge(Drag(AT), reading, place(reading, "View"), pointer=place(reading, "Delete all")).kind == "ask"
    assert judge(Drag(AT), reading, place(reading, "Preview"), pointer=begun).kind == "allow"
