"""Which keys type a character, on a server of its own whose layout a test chooses."""

import subprocess
import time

import pytest

from actions.backends import x11
from actions.backends.x11 import KEY, fake, open_display
from actions.backends.x11_keyboard import Keyboard
from actions.backends.x11_keymap import read
from actions.errors import ExecutionError, Stopped
from actions.geometry import Rect
from agent.virtual_screen import VirtualScreen

MANY = "".join(chr(0x4E00 + number) for number in range(100))
NEXT_GROUP = 0xFE08


class Notes:
    """Hears what a watchdog is told."""

    def __init__(self) -> None:
        self.held: list[str] = []

    def down(self, what: str) -> None:
        assert what not in self.held
        self.held.append(what)

    def up(self, what: str) -> None:
        self.held.remove(what)


@pytest.fixture(scope="module")
def server():
    with VirtualScreen(400, 300, window_manager=False) as env:
        yield env


@pytest.fixture
def display(server, go_to):
    go_to(server)
    connected = open_display()
    yield connected
    connected.close()


@pytest.fixture
def notes():
    return Notes()


@pytest.fixture
def keyboard(display, notes):
    keyboard = Keyboard(display, notes)
    yield keyboard
    keyboard.restore()
    assert notes.held == []


@pytest.fixture
def use(server):
    """Changes the layout."""

    def layout(*words: str) -> None:
        subprocess.run(["setxkbmap", *words], env=server, check=True)

    yield layout
    layout("us", "-option", "")


def never() -> bool:
    return False


def typed_by(keyboard, display, text):
    """What is pressed for a text: for each character the first keysyms of its keys."""
    keyboard.expect(text)
    pressed = [keyboard.place(index, never) for index in range(len(text))]
    keys = read(display)
    return [[keys[code].levels(0)[0] for code in codes] for codes in pressed]


@pytest.mark.parametrize(
    "layout, text, pressed",
    [
        ("us", "aA\n", [[ord("a")], [0xFFE1, ord("a")], [0xFF0D]]),
        ("de", "yZ@€", [[ord("y")], [0xFFE1, ord("z")], [0xFE03, ord("q")], [0xFE03, ord("e")]]),
        ("fr", "a1#", [[ord("a")], [0xFFE1, ord("&")], [0xFE03, ord('"')]]),
        ("ru", "ж", [[0x6D6]]),
    ],
)
def test_a_key_of_the_layout_is_pressed_where_there_is_one(keyboard, display, notes, use, layout, text, pressed):
    use(layout)
    assert typed_by(keyboard, display, text) == pressed
    assert notes.held == []


def test_dead_keys_are_not_the_characters_that_they_look_like(keyboard, display, notes, use):
    use("de")
    assert typed_by(keyboard, display, "^") == [[ord("^")]]
    assert len(notes.held) == 1


def test_the_layout_that_a_person_has_switched_to_is_the_one_that_counts(keyboard, display, notes, use):
    use("us,de,gr", "-option", "grp:menu_toggle")
    code = next(code for code, key in read(display).items() if key.keysyms[:1] == (NEXT_GROUP,))
    letters = read(display)
    for group, text in enumerate(("[z", "öy", "λω")):
        keyboard.expect(text)
        for index, character in enumerate(text):
            (key,) = keyboard.place(index, never)
            assert letters[key].levels(group)[0] in {ord(character), {"λ": 0x7EB, "ω": 0x7F9}.get(character)}
        fake(display, KEY, code, down=True)
        fake(display, KEY, code, down=False)
    assert notes.held == []


def test_lent_keys_mean_what_was_asked_and_nothing_is_left_of_it(keyboard, display, notes):
    before = read(display)
    text = MANY[:12]
    assert typed_by(keyboard, display, text) == [[0x01000000 | ord(character)] for character in text]
    assert len(notes.held) == 12
    keyboard.restore()
    assert read(display) == before


def test_programs_are_told_once_however_many_keys_are_lent(keyboard, display):
    from Xlib import X

    program = open_display()
    try:
        keyboard.expect(MANY[:15])
        keyboard.place(0, never)
        program.sync()
        assert [program.next_event().type for _ in range(program.pending_events())] == [X.MappingNotify]
    finally:
        program.close()


def test_keys_are_lent_anew_when_there_are_too_few(keyboard, display, notes):
    for start in (0, 50, 0):
        text = MANY[start : start + 50]
        keyboard.expect(text)
        for index, character in enumerate(text):
            (code,) = keyboard.place(index, never)
            assert read(display)[code].levels(0)[0] == 0x01000000 | ord(character)
    assert len(notes.held) == len(set(notes.held)) < 50


def test_a_layout_that_takes_lent_keys_back_is_noticed(keyboard, display, notes, use):
    keyboard.expect(MANY[:3])
    keyboard.place(0, never)
    use("de")
    assert typed_by(keyboard, display, MANY[:3]) == [[0x01000000 | ord(character)] for character in MANY[:3]]
    assert len(notes.held) == 3


@pytest.fixture
def hanging(painter, until):
    """A window that has the keyboard and never answers."""
    window = painter.window(Rect(50, 50, 200, 100), title="hanging")
    window.set_wm_protocols([painter.display.get_atom("_NET_WM_PING")])
    active = painter.display.get_atom("_NET_ACTIVE_WINDOW")
    until(lambda: (now := painter.root.get_full_property(active, 0)) and now.value[0] == window.id)
    yield window
    window.destroy()
    painter.display.sync()


@pytest.fixture
def at_hanging(hanging, notes):
    display = open_display()
    keyboard = Keyboard(display, notes)
    keyboard.expect(MANY)
    yield keyboard
    display.close()


def place_all(keyboard, stop=never):
    for index in range(len(MANY)):
        keyboard.place(index, stop)


def test_a_program_that_reads_nothing_gets_no_more(at_hanging, monkeypatch):
    monkeypatch.setattr(x11, "_READING", 0.2)
    with pytest.raises(ExecutionError, match="does not read what is typed"):
        place_all(at_hanging)
    at_hanging.restore()


def test_a_stop_does_not_wait_for_a_program_that_reads_nothing(at_hanging, monkeypatch):
    started = time.monotonic()
    with pytest.raises(Stopped):
        place_all(at_hanging, lambda: time.monotonic() > started + 0.3)
    assert time.monotonic() - started < 2
    monkeypatch.setattr(x11, "_READING", 0.1)
    at_hanging.restore()
