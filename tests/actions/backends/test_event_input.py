"""The hands of systems that take events by number: the order of presses, their notes, and that nothing stays held."""

import subprocess
import sys

import pytest

from actions.backends.event_input import EventInput
from actions.errors import ExecutionError, NoDesktop, Stopped
from actions.geometry import Point

_LIFTER = """
import sys
from actions.backends.event_input import stand_by
class Events:
    def send(self, what, *, down):
        if what == "key 13":
            from actions.errors import ExecutionError
            raise ExecutionError("not this one")
        print(what, down, file=sys.stderr, flush=True)
stand_by(Events())
"""


class Recorder:
    """Events and watchdog in one, so that their order can be seen."""

    near = 0

    def __init__(self, carrier: str | None = None) -> None:
        self.carrier = carrier
        self.said: list[object] = []
        self.at = Point(0, 0)
        self.stuck = 0
        self.broken = ""

    def open(self):
        self.said.append("open")

    def start(self):
        self.said.append("start")

    def stop(self):
        self.said.append("stop")

    def down(self, what):
        self.said.append(f"note {what}")

    def up(self, what):
        self.said.append(f"strike {what}")

    def position(self):
        return self.at

    def move(self, to):
        self.stuck -= 1
        if self.stuck < 0:
            self.at = to

    def send(self, what, *, down):
        if what == self.broken:
            raise ExecutionError("broken")
        self.said.append(f"{'press' if down else 'release'} {what}")

    def names(self, key):
        if key == "f24":
            raise ExecutionError("The keyboard has no key “f24”.")
        return ("key 16", "key 187") if key == "+" else (f"key {key}",)

    def wheel(self, amount, *, horizontal):
        self.said.append((amount, horizontal))

    def letter(self, character):
        self.said.append(f"letter {character}")


@pytest.fixture
def made():
    return Recorder()


@pytest.fixture
def hands(made):
    hands = EventInput("test", made, made)
    hands.open()
    made.said.clear()
    return hands


def test_a_press_is_noted_before_it_is_made_and_struck_after_it_is_let_go(hands, made):
    hands.press("left")
    hands.release("left")
    hands.release("left")
    assert made.said == [f"{verb} button left" for verb in ("note", "press", "release", "strike")]


def test_a_key_that_needs_shift_gets_it_around_it(hands, made):
    hands.key_down("+")
    hands.key_up("+")
    made_of = [word for word in made.said if word.split()[0] in {"press", "release"}]
    assert made_of == ["press key 16", "press key 187", "release key 187", "release key 16"]


def test_what_is_held_is_lifted_the_last_first_also_when_one_does_not_lift(hands, made):
    for key in ("ctrl", "alt", "x"):
        hands.key_down(key)
    made.said.clear()
    made.broken = "key alt"
    hands.release_all()
    assert made.said == ["release key x", "strike key x", "release key ctrl", "strike key ctrl"]
    made.broken = ""
    hands.close()
    assert made.said[4:] == ["release key alt", "strike key alt", "stop"]


def test_a_press_that_fails_stays_noted_and_is_lifted(hands, made):
    made.broken = "button left"
    with pytest.raises(ExecutionError):
        hands.press("left")
    made.broken = ""
    hands.release_all()
    assert made.said == ["note button left", "release button left", "strike button left"]


def test_a_text_is_letters_and_keys(hands, made):
    hands.write("a\r\n你\t😀", lambda: False)
    made_of = [word for word in made.said if word.split()[0] not in {"note", "strike"}]
    assert made_of == [
        *("letter a", "press key enter", "release key enter", "letter 你", "press key tab", "release key tab"),
        "letter 😀",
    ]


def test_what_carries_a_letter_is_noted_where_it_could_be_left_down(made):
    made.carrier = "key 0"
    hands = EventInput("test", made, made)
    hands.open()
    made.said.clear()
    hands.write("a", lambda: False)
    assert made.said == ["note key 0", "letter a", "strike key 0"]


@pytest.mark.parametrize("text", ["a\x07", "a\ud83d", "\x1b[A"])
def test_what_no_key_can_be_is_told_before_anything_is_typed(hands, made, text):
    with pytest.raises(ExecutionError, match="No key types the character"):
        hands.write(text, lambda: False)
    assert made.said == []


def test_a_stop_ends_a_text(hands, made):
    stops = iter([False, False, True])
    with pytest.raises(Stopped, match="after 2 of 3"):
        hands.write("abc", lambda: next(stops))
    assert made.said == ["letter a", "letter b"]


def test_a_key_that_is_not_there_is_told(hands, made):
    with pytest.raises(ExecutionError, match="no key “f24”"):
        hands.key_down("f24")
    hands.key_up("f24")
    assert made.said == []


def test_a_pointer_that_goes_late_is_sent_again(hands, made):
    made.stuck = 3
    hands.move(Point(-1920, 5))
    assert hands.position() == Point(-1920, 5)


def test_a_pointer_that_does_not_go_is_told_before_anything_is_clicked(hands, made):
    made.stuck = 1_000_000
    with pytest.raises(ExecutionError, match=r"stays at \(0, 0\) instead of going to \(9, 9\)"):
        hands.move(Point(9, 9))


def test_the_wheel_turns(hands, made):
    hands.scroll(-2)
    hands.scroll(1, horizontal=True)
    hands.scroll(0)
    assert made.said == [(-2, False), (1, True)]


def test_hands_that_were_not_opened_do_nothing(made):
    hands = EventInput("test", made, made)
    for deed in (lambda: hands.press("left"), lambda: hands.write("a", bool), hands.position):
        with pytest.raises(NoDesktop, match="not opened"):
            deed()
    assert made.said == []


def test_the_lifter_lifts_what_is_left_whatever_does_not_lift():
    notes = "+key 16\n+button left\n+key 13\n+key 65\n-button left\n"
    ended = subprocess.run(
        [sys.executable, "-c", _LIFTER], input=notes, capture_output=True, text=True, timeout=30, check=True
    )
    assert ended.stdout == "ready\n"
    assert ended.stderr.splitlines() == 2 * ["key 65 False", "key 16 False"]
