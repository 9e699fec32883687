"""When a screen counts as still."""

from itertools import chain, repeat

from PIL import Image

from actions.backends.dry_run import DryScreen, dry_desktop
from actions.geometry import Rect
from actions.look import look_at
from actions.settle import PATIENCE, QUIET, settle

VIEW = Rect(0, 0, 64, 64)


def picture(*box: int) -> Image.Image:
    image = Image.new("RGB", (64, 64), "white")
    if box:
        image.paste("black", box)
    return image


class Film(DryScreen):
    """A screen that shows its pictures one after another; the last one stays."""

    def __init__(self, *pictures: Image.Image) -> None:
        super().__init__(pictures[0])
        self._pictures = chain(pictures, repeat(pictures[-1]))

    def grab(self, view):
        self.picture = next(self._pictures)
        return super().grab(view)


def watch(*pictures, budget=20.0, stop=lambda: False, before=None):
    desktop = dry_desktop()
    film = type(desktop)(Film(*pictures), desktop.input, desktop.windows, desktop.listener)
    return settle(film, VIEW, stop, budget, before=before)


def test_the_last_picture_is_the_one_that_stays():
    settled = watch(*(picture(0, 0, 4 + 3 * step, 10) for step in range(20)))
    assert settled.reason == "still"
    assert settled.frame.rgb == picture(0, 0, 61, 10).tobytes()
    assert settled.seconds >= QUIET


def test_a_text_cursor_may_blink():
    shown, hidden = picture(), picture(5, 5, 7, 25)
    assert watch(*(shown, hidden) * 500).reason == "still"


def test_something_larger_than_a_text_cursor_may_not():
    shown, hidden = picture(), picture(5, 5, 13, 25)
    assert watch(*(shown, hidden) * 500, budget=0.5).reason == "budget"


def test_a_stop_ends_the_wait():
    settled = watch(picture(), stop=lambda: True)
    assert (settled.reason, settled.frame.rgb) == ("stopped", picture().tobytes())


def test_a_screen_that_has_not_reacted_yet_is_given_time():
    before = look_at(dry_desktop(picture()), VIEW)
    assert watch(picture(), before=before).seconds >= PATIENCE
    late = watch(*(picture(),) * 6, picture(0, 0, 30, 30), before=before)
    assert late.frame.rgb == picture(0, 0, 30, 30).tobytes()
