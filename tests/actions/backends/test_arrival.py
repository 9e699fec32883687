"""What keeps eyes and hands from working is asked before each look and each event, and never keeps from letting go."""

import pytest

from actions.backends.arrival import FRESH, CheckedInput, CheckedScreen, Fresh
from actions.backends.dry_run import DryInput, DryScreen
from actions.errors import CaptureError, ExecutionError
from actions.geometry import Point, Rect


class Said:
    """A session that says what a test wants."""

    def __init__(self) -> None:
        self.unseen: str | None = None
        self.unreached: dict[bool, str] = {}
        self.closed = 0

    def sight(self):
        return self.unseen

    def reach(self, *, keyboard):
        return self.unseen or self.unreached.get(keyboard)

    def ask_for_more(self):
        pass

    def conditions(self):
        return ()

    def close(self):
        self.closed += 1


@pytest.fixture
def said():
    return Said()


@pytest.fixture
def dry():
    return DryInput()


@pytest.fixture
def hands(said, dry):
    return CheckedInput(dry, said)


KEYBOARD = {"key_down": ("a",), "write": ("a", bool)}
MOUSE = {"press": ("left",), "scroll": (1,)}


@pytest.mark.parametrize("deed, arguments", [*KEYBOARD.items(), *MOUSE.items(), ("move", (Point(1, 1),))])
def test_nothing_is_done_on_a_locked_screen(said, dry, hands, deed, arguments):
    getattr(hands, deed)(*arguments)
    made = list(dry.deeds)
    assert made
    said.unseen = "It is locked."
    with pytest.raises(ExecutionError, match="It is locked"):
        getattr(hands, deed)(*arguments)
    assert dry.deeds == made


@pytest.mark.parametrize("keyboard, kept, free", [(True, KEYBOARD, MOUSE), (False, MOUSE, KEYBOARD)])
def test_a_window_out_of_reach_gets_nothing_and_another_does(said, dry, hands, keyboard, kept, free):
    said.unreached[keyboard] = "It runs as administrator."
    for deed, arguments in kept.items():
        with pytest.raises(ExecutionError, match="administrator"):
            getattr(hands, deed)(*arguments)
    assert dry.deeds == []
    for deed, arguments in free.items():
        getattr(hands, deed)(*arguments)
    hands.move(Point(3, 3))
    assert len(dry.deeds) == 3


def test_what_is_held_is_let_go_whatever_came_meanwhile(said, dry, hands):
    for key in ("ctrl", "a"):
        hands.key_down(key)
    hands.press("left")
    hands.press("right")
    said.unseen = "It is locked."
    hands.key_up("a")
    hands.release("left")
    hands.release_all()
    assert dry.held == []


def test_a_text_ends_at_the_letter_before_which_the_screen_was_locked(said, dry, hands):
    def lock_later() -> bool:
        said.unseen = "It is locked." if len(asked) > 3 else None
        asked.append(0)
        return False

    asked: list[int] = []
    with pytest.raises(ExecutionError, match="It is locked"):
        hands.write("abcdefghij", lock_later)
    assert len(asked) == 5


def test_a_lock_screen_is_not_seen_as_the_desktop(said):
    eyes = CheckedScreen(DryScreen(), said)
    assert len(eyes.grab(Rect(0, 0, 2, 2)).rgb()) == 12
    said.unseen = "It is locked."
    with pytest.raises(CaptureError, match="It is locked"):
        eyes.grab(Rect(0, 0, 2, 2))
    assert eyes.monitors()
    eyes.close()
    assert said.closed == 1


def test_they_are_called_what_they_are_made_of(said):
    assert CheckedScreen(DryScreen(), said).capabilities() == DryScreen().capabilities()
    hands = CheckedInput(DryInput(), said)
    assert (hands.name, hands.capabilities(), hands.position()) == ("dry_run", frozenset({"dry_run"}), Point(0, 0))


def test_a_good_answer_is_kept_for_a_moment_and_a_bad_one_is_not():
    now, answers, asked = 0.0, [None, None, "locked", "locked", None], []

    def ask():
        asked.append(now)
        return answers[len(asked) - 1]

    fresh = Fresh(ask, lambda: now)
    assert (fresh(), fresh(), len(asked)) == (None, None, 1)
    now = FRESH - 0.01
    assert (fresh(), len(asked)) == (None, 1)
    now = FRESH
    assert (fresh(), len(asked)) == (None, 2)
    now = 2 * FRESH
    assert (fresh(), fresh(), fresh(), len(asked)) == ("locked", "locked", None, 5)
