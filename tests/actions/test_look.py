"""Which pixels a model is shown."""

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.desktop import Window
from actions.errors import CaptureError
from actions.geometry import Rect
from actions.look import CaptureTarget, look, view_of, window_of

EDITOR = Window(1, "Notes - Editor", "editor", Rect(10, 20, 100, 50))
ABOUT = Window(2, "About Editor", "editor", Rect(40, 30, 30, 20))
BELOW = Window(3, "Editor", "editor", Rect(150, 80, 100, 50))


@pytest.fixture
def desktop():
    picture = Image.new("RGB", (200, 100), "navy")
    picture.paste("red", (10, 20, 110, 70))
    return dry_desktop(picture, [EDITOR, ABOUT, BELOW])


@pytest.mark.parametrize(
    "target, view",
    [
        (CaptureTarget(), Rect(0, 0, 200, 100)),
        (CaptureTarget("monitor"), Rect(0, 0, 200, 100)),
        (CaptureTarget("monitor", "DRY"), Rect(0, 0, 200, 100)),
        (CaptureTarget("window", "notes"), EDITOR.rect),
        (CaptureTarget("window", "editor"), Rect(150, 80, 50, 20)),
        (CaptureTarget("region", region=Rect(-5, 90, 20, 20)), Rect(0, 90, 15, 10)),
    ],
)
def test_a_view_is_what_the_desktop_has_of_it(desktop, target, view):
    assert view_of(target, desktop) == view


@pytest.mark.parametrize(
    "target, hint",
    [
        (CaptureTarget("monitor", "HDMI-1"), "the monitors are: dry"),
        (CaptureTarget("window", "Browser"), "the windows are: “Notes - Editor”, “About Editor”, “Editor”"),
        (CaptureTarget("window", "Edito"), "could be any of 3 windows"),
        (CaptureTarget("window"), "There is no window"),
        (CaptureTarget("region", region=Rect(300, 0, 10, 10)), "Nothing of the region"),
        (CaptureTarget("region"), "Nothing of the region"),
    ],
)
def test_what_cannot_be_looked_at(desktop, target, hint):
    with pytest.raises(CaptureError) as error:
        view_of(target, desktop)
    assert hint in str(error.value)


def test_looking_makes_a_frame_of_those_pixels(desktop):
    frame = look(desktop, CaptureTarget("window", "notes"))
    assert frame.view == EDITOR.rect
    assert frame.rgb == bytes((255, 0, 0)) * 5000
    assert frame.active == EDITOR.id


def test_a_title_said_in_full_is_that_window(desktop):
    assert window_of(CaptureTarget("window", "editor"), desktop) == BELOW
