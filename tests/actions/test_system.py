"""What the desktop itself is asked for."""

from dataclasses import replace

import pytest

from actions.action import FocusApp, OpenApp, ReadClipboard
from actions.backends.dry_run import DrySystem, dry_desktop
from actions.desktop import Window
from actions.errors import ExecutionError, Stopped
from actions.geometry import Rect
from actions.system import ask_system

MAIL = Window(1, "Inbox - Mail", "thunderbird", Rect(0, 0, 100, 100))
NOTES = Window(2, "notes.txt - Editor", "gedit", Rect(0, 0, 100, 100))
PROGRAMS = ("Files", "Text Editor", "Text Viewer", "Web")


class Starting(DrySystem):
    """Whose programs show a window."""

    def __init__(self, windows, shown=None, **more):
        super().__init__(PROGRAMS, **more)
        self.windows, self.shown = windows, shown

    def launch(self, program):
        super().launch(program)
        self.windows.windows += self.shown or []


def desktop(shown=None, copied=""):
    dry = dry_desktop(windows=[MAIL, NOTES])
    return replace(dry, system=Starting(dry.windows, shown, copied=copied))


def never():
    return False


@pytest.mark.parametrize("name, found", [("gedit", NOTES), ("Editor", NOTES), ("inbox", MAIL), (" Mail ", MAIL)])
def test_a_window_is_found_by_its_application_or_a_part_of_its_title(name, found):
    desk = desktop()
    assert ask_system(FocusApp(name), desk, never) == f"The window “{found.title}” is in front."
    assert desk.windows.active() == found


def test_a_window_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(ExecutionError, match="no window “Paint”; the windows are: “Inbox - Mail”, “notes"):
        ask_system(FocusApp("Paint"), desktop(), never)


def test_a_window_that_does_not_come_is_no_success(monkeypatch):
    desk = desktop()
    monkeypatch.setattr(desk.windows, "activate", lambda number: None)
    monkeypatch.setattr("actions.system._FRONT", 0.05)
    with pytest.raises(ExecutionError, match="does not come to the front"):
        ask_system(FocusApp("gedit"), desk, never)


@pytest.mark.parametrize("name, program", [("Files", "Files"), ("web", "Web"), ("viewer", "Text Viewer")])
def test_a_program_is_started_by_its_name(name, program):
    desk = desktop([Window(3, "New", "new", Rect(0, 0, 10, 10))])
    assert ask_system(OpenApp(name), desk, never) == f"“{program}” was started."
    assert desk.system.launched == [program]


@pytest.mark.parametrize(
    "name, sentence",
    [
        ("text", "could be any of: “Text Editor”, “Text Viewer”"),
        ("rm -rf /", "no program “rm -rf /”; the programs are: “Files”"),
        ("/usr/bin/gedit", "no program"),
    ],
)
def test_nothing_is_started_that_is_not_one_program_of_the_menu(name, sentence):
    desk = desktop()
    with pytest.raises(ExecutionError, match=sentence):
        ask_system(OpenApp(name), desk, never)
    assert desk.system.launched == []


def test_a_program_without_a_window_is_said_to_have_none(monkeypatch):
    monkeypatch.setattr("actions.system._START", 0.05)
    assert "has not shown a new window" in ask_system(OpenApp("Files"), desktop(), never)


def test_a_stop_ends_the_wait_for_a_window():
    with pytest.raises(Stopped):
        ask_system(OpenApp("Files"), desktop(), lambda: True)


@pytest.mark.parametrize(
    "copied, words",
    [
        ("", "No text was copied."),
        ("42 €", "What was copied is: 42 €"),
        ("a" * 4001, f"What was copied is: {'a' * 4000} (and 1 letters more)"),
    ],
)
def test_what_was_copied_is_told(copied, words):
    assert ask_system(ReadClipboard(), desktop(copied=copied), never) == words
