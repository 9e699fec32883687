"""Windows on a real screen: which there are, where, and whose the keyboard is, also while they come and go."""

import pytest

from actions.backends.x11_windows import X11Windows
from actions.errors import CaptureError, ExecutionError
from actions.geometry import Point, Rect
from agent.virtual_screen import VirtualScreen

PLACE = Rect(500, 400, 120, 80)
GONE = 0x1FFFFF


def titles(windows) -> list[str]:
    return [window.title for window in windows.all()]


def named(windows, title):
    return next((window for window in windows.all() if window.title == title), None)


def test_windows_are_listed_with_title_and_application_the_topmost_first(windows, painter, until):
    for number, title in enumerate(("Kupfer – 铜", "Gold")):
        painter.window(Rect(500 + 40 * number, 400, 120, 80), title=title)
        until(lambda title=title: title in titles(windows))
    assert titles(windows)[:2] == ["Gold", "Kupfer – 铜"]
    assert named(windows, "Gold").application == "Painter"


def test_a_popup_is_no_window_of_the_list_but_covers_what_it_covers(windows, painter, until):
    painter.window(PLACE, title="Below")
    until(lambda: named(windows, "Below"))
    below = named(windows, "Below")
    popup = painter.window(Rect(below.rect.left + 10, below.rect.top + 10, 20, 20), managed=False)
    assert len([window for window in windows.all() if window.id == popup.id]) == 0
    assert windows.at(below.rect.centre.moved(40, 20)).id == below.id
    covering = windows.at(Point(below.rect.left + 15, below.rect.top + 15))
    assert (covering.id, covering.application) == (popup.id, "Painter")
    popup.unmap()
    painter.display.sync()
    assert windows.at(Point(below.rect.left + 15, below.rect.top + 15)).id == below.id


def test_a_rectangle_is_the_content_and_the_frame_belongs_to_the_window(windows, painter, until):
    window = painter.window(PLACE, title="Framed")
    until(lambda: named(windows, "Framed"))
    framed = named(windows, "Framed")
    assert (framed.rect.width, framed.rect.height) == (PLACE.width, PLACE.height)
    corner = painter.root.translate_coords(window, 0, 0)
    assert (framed.rect.left, framed.rect.top) == (corner.x, corner.y)
    title_bar = Point(framed.rect.centre.x, framed.rect.top - 5)
    assert not framed.rect.contains(title_bar)
    assert windows.at(title_bar) == framed
    for corner in (Point(framed.rect.left, framed.rect.top), Point(framed.rect.right - 1, framed.rect.bottom - 1)):
        assert windows.at(corner) == framed


def test_a_window_that_moves_or_changes_its_title_is_where_and_what_it_is_now(windows, painter, until):
    window = painter.window(PLACE, title="Wanderer")
    until(lambda: named(windows, "Wanderer"))
    before = named(windows, "Wanderer")
    window.configure(x=900, y=100, width=200, height=90)
    painter.display.sync()
    until(lambda: named(windows, "Wanderer").rect.size == Rect(0, 0, 200, 90).size)
    after = named(windows, "Wanderer")
    assert after.id == before.id
    assert abs(after.rect.left - 900) <= 40
    assert abs(after.rect.top - 100) <= 40
    utf8 = painter.display.get_atom("UTF8_STRING")
    window.change_property(painter.display.get_atom("_NET_WM_NAME"), utf8, 8, b"Settler")
    painter.display.sync()
    until(lambda: "Settler" in titles(windows))
    assert "Wanderer" not in titles(windows)


def test_a_window_without_the_newer_title_has_its_old_one(windows, painter, until):
    window = painter.window(PLACE)
    window.set_wm_name("Caf\xe9")
    painter.display.sync()
    until(lambda: "Caf\xe9" in titles(windows))


def test_a_minimised_window_is_not_shown_until_it_is_activated(windows, painter, until):
    from Xlib import X
    from Xlib.protocol.event import ClientMessage

    window = painter.window(PLACE, title="Sleeper")
    until(lambda: named(windows, "Sleeper"))
    number, iconic = named(windows, "Sleeper").id, 3
    change = painter.display.get_atom("WM_CHANGE_STATE")
    message = ClientMessage(window=window, client_type=change, data=(32, [iconic, 0, 0, 0, 0]))
    painter.root.send_event(message, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
    painter.display.sync()
    until(lambda: named(windows, "Sleeper") is None)
    at = windows.at(PLACE.centre)
    assert at is None or at.id != number
    windows.activate(number)
    until(lambda: (active := windows.active()) and active.id == number)
    assert named(windows, "Sleeper").id == number


def test_the_keyboard_goes_to_the_window_that_is_activated(windows, painter, until):
    for number, title in enumerate(("One", "Two")):
        painter.window(Rect(400 + 300 * number, 400, 120, 80), title=title)
        until(lambda title=title: named(windows, title))
    for title in ("One", "Two", "One"):
        wanted = named(windows, title)
        windows.activate(wanted.id)
        until(lambda wanted=wanted: windows.active() == wanted)
        assert windows.all()[0] == wanted


def test_a_window_that_closes_is_gone(windows, painter, until):
    window = painter.window(PLACE, title="Brief")
    until(lambda: named(windows, "Brief"))
    number = named(windows, "Brief").id
    window.destroy()
    painter.display.sync()
    until(lambda: "Brief" not in titles(windows))
    windows.activate(number)
    assert all(found.id != number for found in windows.all())


def test_without_a_window_manager_there_are_only_popups(bare, listed):
    assert bare.all() == ()
    assert bare.active() is None
    assert bare.at(Point(5, 5)) is None
    alone = listed("_NET_CLIENT_LIST").window(Rect(10, 10, 50, 50), managed=False)
    assert bare.at(Point(15, 15)).id == alone.id
    assert bare.at(Point(5, 5)) is None


def test_what_closed_between_the_list_and_the_look_is_left_out(bare, listed):
    shown = listed("_NET_CLIENT_LIST").window(Rect(10, 10, 50, 50), title="Here", managed=False)
    for name in ("_NET_CLIENT_LIST", "_NET_CLIENT_LIST_STACKING"):
        listed(name, GONE, shown.id, GONE + 1)
    listed("_NET_ACTIVE_WINDOW", GONE)
    assert titles(bare) == ["Here"]
    assert bare.active() is None
    assert bare.at(Point(15, 15)).title == "Here"


def test_a_screen_that_is_gone_is_an_error_of_the_house(go_to):
    with VirtualScreen(200, 150, window_manager=False) as env:
        go_to(env)
        windows = X11Windows()
        windows.open()
    for look in (windows.all, windows.active, lambda: windows.at(Point(1, 1))):
        with pytest.raises(CaptureError):
            look()
    with pytest.raises(ExecutionError):
        windows.activate(1)
    windows.close()


def kind_of(painter, window, kind):
    display = painter.display
    names = [display.get_atom(f"_NET_WM_WINDOW_TYPE_{kind}")]
    window.change_property(display.get_atom("_NET_WM_WINDOW_TYPE"), display.get_atom("ATOM"), 32, names)
    display.sync()


def test_an_open_menu_may_have_the_keyboard_and_is_its_windows(windows, painter, until):
    assert windows.popup() is None
    painter.window(PLACE, title="Letter")
    until(lambda: named(windows, "Letter"))
    menu = painter.window(Rect(300, 200, 60, 40), title="painter", managed=False)
    found = windows.popup()
    assert (found.id, found.title, found.application) == (menu.id, "Letter", "Painter")
    assert windows.at(Point(310, 210)) == found
    for kind in ("TOOLTIP", "NOTIFICATION", "DND", "DOCK"):
        kind_of(painter, menu, kind)
        assert windows.popup() is None
    kind_of(painter, menu, "POPUP_MENU")
    assert windows.popup() == found
    menu.unmap()
    painter.display.sync()
    assert windows.popup() is None


def test_a_menu_is_the_one_windows_that_it_says(windows, painter, until):
    first = painter.window(PLACE, title="First")
    until(lambda: named(windows, "First"))
    painter.window(PLACE, title="Second")
    until(lambda: named(windows, "Second"))
    menu = painter.window(Rect(300, 200, 60, 40), managed=False)
    assert windows.popup().title == "Second"
    menu.set_wm_transient_for(first)
    painter.display.sync()
    assert windows.popup().title == "First"


@pytest.mark.parametrize("place", [Rect(0, 0, 1, 1), Rect(-500, -500, 100, 100), Rect(10, 10, 300, 2)])
def test_what_nobody_sees_is_no_menu(windows, painter, place):
    painter.window(place, managed=False)
    assert windows.popup() is None
