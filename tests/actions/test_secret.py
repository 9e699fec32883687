"""Secrets come from the keyring as they are typed, and trouble with them tells nothing of them."""

import sys
import traceback

import pytest

from actions.action import Secret, TypeText
from actions.backends.dry_run import dry_desktop
from actions.desktop import Window
from actions.errors import ExecutionError, Stopped
from actions.execute import execute
from actions.look import CaptureTarget, look

BANK, TEXT = TypeText(Secret("bank")), "Tr0ub4dor&é鍵"
DESK = Window(7, "Desk", "desk", dry_desktop().screen.monitors()[0].rect)


@pytest.fixture(autouse=True)
def held(keyring):
    keyring["bank"] = TEXT
    return keyring


@pytest.fixture
def desktop():
    return dry_desktop(windows=[DESK])


def done(desktop, stop=lambda: False):
    return execute(BANK, look(desktop, CaptureTarget("window", "Desk")), desktop, stop)


def raising(error):
    def get():
        raise error

    return get


def test_a_secret_is_typed_as_the_keyring_has_it(desktop):
    outcome = done(desktop)
    assert (outcome.status, outcome.words) == ("done", "Done.")
    assert desktop.input.deeds == [("write", TEXT)]


@pytest.mark.parametrize("text", [None, ""])
def test_a_name_that_the_keyring_lacks_is_told(desktop, held, text):
    held["bank"] = text
    outcome = done(desktop)
    assert outcome.status == "failed"
    assert "no secret “bank”" in outcome.words
    assert desktop.input.deeds == []


@pytest.mark.parametrize(
    "name, words", [("NoKeyringError", "has no keyring"), ("KeyringError", "unlock it, then try again.")]
)
def test_a_keyring_that_cannot_be_read_is_told(desktop, held, name, words):
    held["bank"] = raising(getattr(sys.modules["keyring.errors"], name)("it is locked"))
    outcome = done(desktop)
    assert outcome.status == "failed"
    assert words in outcome.words
    assert desktop.input.deeds == []


def test_a_missing_library_is_told(desktop, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    outcome = done(desktop)
    assert outcome.status == "failed"
    assert "“keyring”" in outcome.words


def test_a_secret_is_not_typed_where_the_keyboard_went_meanwhile(desktop, held):
    other = Window(8, "Ask", "ask", DESK.rect)

    def unlocking():
        desktop.windows.windows.insert(0, other)
        return TEXT

    held["bank"] = unlocking
    outcome = done(desktop)
    assert outcome.status == "failed"
    assert "another window" in outcome.words
    assert desktop.input.deeds == []


def test_trouble_in_its_midst_tells_nothing_of_it(desktop, monkeypatch):
    def write(text, stop):
        raise ExecutionError(f"No key types {text[3]!r} of {text!r}.")

    monkeypatch.setattr(desktop.input, "write", write)
    assert done(desktop).words == "Not all of the secret “bank” could be typed."


def test_a_stop_in_its_midst_tells_not_even_its_length(desktop, monkeypatch):
    def write(text, stop):
        raise Stopped(f"Stopped after 3 of {len(text)} letters of {text}.")

    monkeypatch.setattr(desktop.input, "write", write)
    with pytest.raises(Stopped) as caught:
        done(desktop)
    told = "".join(traceback.format_exception(caught.value))
    assert "Stopped before all of a secret was typed." in told
    assert TEXT not in told
    assert str(len(TEXT)) not in str(caught.value)
