"""Open menus of real programs: what the right button, a drag and the keyboard do to their items."""

import sys
from pathlib import Path

import pytest

from actions.action import Click, Drag, PressKeys, TypeText
from actions.backends.atspi_controls import AtspiControls
from actions.backends.dry_run import DryScreen, dry_desktop
from actions.backends.x11_windows import X11Windows
from actions.geometry import GridPoint, Rect
from actions.safety import context_of, verdict
from agent.virtual_screen import VirtualScreen

ROOM, AT = Rect(0, 0, 1280, 900), GridPoint(0, 0)


@pytest.fixture(scope="module")
def staging():
    sys.path.insert(0, str(Path(__file__).parent))
    import stage

    yield stage
    sys.path.remove(str(Path(__file__).parent))


@pytest.fixture(params=["qt", "gtk"])
def opened(request, staging):
    """A desktop with a window whose menu is open, its stage, and where the menu's items are."""
    if lacking := staging.missing(request.param):
        pytest.skip(lacking)
    with VirtualScreen(ROOM.width, ROOM.height) as env, staging.ControlStage(env, (request.param,)) as stage:
        desktop = dry_desktop(eyes=(DryScreen(), X11Windows(), AtspiControls()))
        desktop.windows.open()
        page = next(page for page in stage.pages() if page.form == "menu" and page.language == "en")
        yield desktop, stage, page, stage.show(page)
        desktop.windows.close()
        desktop.controls.close()


def said(desktop, action, at=None):
    return verdict(action, context_of("guarded", ROOM, at, None, desktop, action)).kind


def test_a_right_click_and_a_drag_do_to_an_item_what_a_click_does(opened):
    desktop, _, page, places = opened
    judged = [control for control in page.controls if control.kind == "menu_item" and control.consequential is not None]
    assert {control.consequential for control in judged} == {True, False}
    for control in judged:
        at = places[control.id].centre
        desktop.input.move(at)
        left = said(desktop, Click(at=AT), at)
        assert said(desktop, Click("right", at=AT), at) == said(desktop, Drag(AT), at) == left
        assert left == "ask" or not control.consequential


def test_keys_go_to_the_menu_and_to_the_window_when_it_is_closed(opened):
    desktop, stage, page, _ = opened
    popup = desktop.windows.popup()
    assert popup is not None and popup.title == page.title
    assert said(desktop, TypeText("hello")) == "ask"
    assert said(desktop, PressKeys(("down",))) == "allow"
    stage.close_menu()
    assert desktop.windows.popup() is None
