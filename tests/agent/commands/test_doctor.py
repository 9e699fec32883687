"""`deskhand doctor` on machines that have a desktop, a virtual screen, or neither."""

import json
import os
import re
import subprocess
import sys

import pytest

from actions.backends.arrival import Condition
from agent.cli import main
from agent.commands import doctor


@pytest.fixture
def no_tools(tmp_path, monkeypatch):
    """A machine without Xvfb and openbox."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def on(monkeypatch, tmp_path):
    def go(display, authority=""):
        monkeypatch.setenv("DISPLAY", display)
        if not authority:
            authority = tmp_path / "Xauthority"
            authority.touch()
        monkeypatch.setenv("XAUTHORITY", str(authority))

    return go


def findings(capsys):
    """The exit code, and the findings by name."""
    code = main(["doctor", "--json"])
    return code, {finding["what"]: finding for finding in json.loads(capsys.readouterr().out)}


def test_without_a_display_it_says_how_to_mend_that_and_that_deskhand_can_run(capsys):
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "– Desktop " in said
    assert "There is no screen: start Deskhand in a desktop session, or set DISPLAY.\n" in said
    assert "✓ Virtual screen       ready\n" in said
    assert "✓ Embedded model " in said
    assert "✗" not in said


def test_without_any_screen_deskhand_cannot_run(no_tools, capsys):
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "✗ Desktop " in said
    assert "✗ Virtual screen       needs xvfb, openbox\n" in said
    assert "make setup" in said


def test_a_desktop_is_enough(screen, on, no_tools, capsys):
    on(screen["DISPLAY"], screen["XAUTHORITY"])
    code, found = findings(capsys)
    assert code == 0
    assert found["Desktop"]["well"]
    assert (found["Virtual screen"]["well"], found["Virtual screen"]["needed"]) == (False, False)


def test_a_lock_that_nobody_knows_of_is_told_as_such(screen, on, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/no-bus")
    on(screen["DISPLAY"], screen["XAUTHORITY"])
    code, found = findings(capsys)
    assert (code, found["Screen lock"]["well"]) == (0, True)
    assert found["Screen lock"]["found"] == "not known: no screen saver answers on D-Bus"


def test_what_the_session_does_not_allow_is_told_with_what_to_do(no_tools, monkeypatch, capsys):
    missing = Condition("Accessibility", "not allowed", well=False, advice="Open System Settings.")
    monkeypatch.setattr(doctor, "conditions", lambda: (missing,))
    assert main(["doctor"]) == 1
    assert (
        "✗ Accessibility        not allowed\n                       Open System Settings.\n" in capsys.readouterr().out
    )


def test_a_display_where_nothing_answers_is_no_desktop(on, no_tools, capsys):
    on(":4321")
    code, found = findings(capsys)
    assert code == 1
    assert not found["Desktop"]["well"]
    assert ":4321" in found["Desktop"]["advice"]


def test_a_model_that_cannot_be_tried_is_one_sentence_and_code_2(capsys):
    assert main(["doctor", "--try", "/no/such/model"]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("deskhand doctor: there is no folder /no/such/model")
    assert said.err.count("\n") == 1


def test_two_looks_are_tried_with_a_model_only(capsys):
    assert main(["doctor", "--zoom"]) == 2
    assert "--try" in capsys.readouterr().err


@pytest.mark.slow
def test_a_model_is_tried_in_one_look_and_in_two_on_a_large_screen(tmp_path):
    command = [sys.executable, "-m", "agent.cli", "doctor", "--try", "nano", "--zoom", "--json"]
    said = subprocess.check_output(command, env=os.environ | {"DESKHAND_HOME": str(tmp_path)}, text=True)
    found = {finding["what"]: finding["found"] for finding in json.loads(said)}
    assert found["Finds widgets"] == "10 of 10"
    one, two = (
        re.fullmatch(r"\d+ of 10, (\d+) tokens a step", found[f"On 4K, {n}"]) for n in ("one look", "two looks")
    )
    assert int(one[1]) < int(two[1])
