"""Where a program's own pixels lie on the desktop, and what cannot be read without a traceback."""

import pytest

from actions.backends.atspi_controls import AtspiControls, _placing
from actions.desktop import Window
from actions.geometry import Point, Rect

PLACE = Rect(300, 200, 1000, 600)


@pytest.mark.parametrize(
    "told, button, shown",
    [
        (Rect(290, 180, 1010, 620), Rect(310, 220, 10, 10), Rect(310, 220, 10, 10)),  # its frame counts as its own
        (Rect(0, 0, 1000, 600), Rect(10, 20, 10, 10), Rect(310, 220, 10, 10)),  # it counts from its own corner
        (Rect(150, 100, 500, 300), Rect(155, 110, 5, 5), Rect(310, 220, 10, 10)),  # it draws at two pixels a point
        (Rect(0, 0, 500, 300), Rect(5, 10, 5, 5), Rect(310, 220, 10, 10)),
    ],
)
def test_what_a_program_tells_is_found_on_the_desktop(told, button, shown):
    placing = _placing(PLACE, told)
    assert placing.shown(button) == shown
    assert placing.told(Point(shown.left, shown.top)) == Point(button.left, button.top)


@pytest.mark.parametrize("told", [Rect(0, 0, 1000, 300), Rect(0, 0, 9000, 5400), Rect(0, 0, 100, 60), None])
def test_what_makes_no_sense_is_not_guessed_at(told):
    assert _placing(PLACE, told) is None


@pytest.mark.parametrize("error", [ValueError, TypeError, AttributeError, ZeroDivisionError, KeyError, AssertionError])
def test_whatever_goes_wrong_it_cannot_be_read(monkeypatch, error):
    def wrong(*_):
        raise error("odd")

    controls = AtspiControls()
    monkeypatch.setattr(controls, "_owner", wrong)
    assert controls.read(Window(1, "a", "b", PLACE), None) is None
    controls.close()
