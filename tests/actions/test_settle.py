"""When a screen counts as still."""

import types
from dataclasses import replace
from itertools import chain, repeat

from PIL import Image

from actions.backends.dry_run import DryScreen, dry_desktop
from actions.geometry import Rect
from actions.look import look_at
from actions.settle import PATIENCE, QUIET, TICKING, settle

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
    film = replace(desktop, screen=Film(*pictures))
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


def test_a_clock_or_spinner_is_not_waited_for_to_its_end():
    settled = watch(*(picture(0, 0, 20, 20), picture(4, 4, 24, 24)) * 5000)
    assert settled.reason == "still"
    assert settled.seconds >= TICKING


def test_something_large_that_keeps_changing_is_waited_for(monkeypatch):
    monkeypatch.setattr("actions.settle._TICKER", (30, 30))
    assert watch(*(picture(0, 0, 40, 20), picture(4, 4, 44, 24)) * 5000, budget=1.5).reason == "budget"


def test_a_stop_ends_the_wait():
    settled = watch(picture(), stop=lambda: True)
    assert (settled.reason, settled.frame.rgb) == ("stopped", picture().tobytes())


def test_a_screen_that_has_not_reacted_yet_is_given_time():
    before = look_at(dry_desktop(picture()), VIEW)
    assert watch(picture(), before=before).seconds >= PATIENCE
    late = watch(*(picture(),) * 6, picture(0, 0, 30, 30), before=before)
    assert late.frame.rgb == picture(0, 0, 30, 30).tobytes()


def test_a_screen_that_stays_as_it_was_shares_its_pixels_with_what_was_seen():
    before = look_at(dry_desktop(picture()), VIEW)
    settled = watch(picture(), before=before)
    assert settled.frame.rgb is before.rgb
    assert settled.frame == before
    assert settled.frame.taken_at > before.taken_at


def test_a_blinking_cursor_is_in_the_picture_as_it_was_last_seen():
    before = look_at(dry_desktop(picture()), VIEW)
    hidden = picture(5, 5, 7, 25)
    assert watch(picture(), hidden, before=before).frame.rgb == hidden.tobytes()
    assert watch(hidden, before=before).frame.rgb == hidden.tobytes()


def test_what_changes_and_changes_back_is_known_by_its_pixels():
    before = look_at(dry_desktop(picture()), VIEW)
    settled = watch(picture(), picture(0, 0, 30, 30), picture(), before=before)
    assert settled.frame == before
    assert settled.seconds >= QUIET


def test_a_process_that_gets_no_time_does_not_take_that_for_stillness(monkeypatch):
    """Each pause lasts far longer than stillness; the screen changes up to the third look."""
    clock = iter(range(1000))
    monkeypatch.setattr(
        "actions.settle.time", types.SimpleNamespace(monotonic=lambda: next(clock), sleep=lambda _: None)
    )
    settled = watch(picture(), picture(0, 0, 30, 30), picture(0, 0, 30, 60), budget=500)
    assert settled.reason == "still"
    assert settled.frame.rgb == picture(0, 0, 30, 60).tobytes()
