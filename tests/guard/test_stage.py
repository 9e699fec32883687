"""The labelled controls: enough of them, and a sample found true in the toolkits that are here."""

import itertools
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CHECK = [sys.executable, str(HERE / "check_labels.py")]
TOOLKITS = ("gtk", "qt", "chromium")


@pytest.fixture(scope="module")
def labels():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        import labels

        yield labels


@pytest.fixture(scope="module")
def checks():
    """What a check of each toolkit says, each on a screen of its own, side by side."""
    said = {}
    for toolkit in TOOLKITS:
        words = [*CHECK, "--seed", "4", "--count", "8", "--toolkits", toolkit]
        said[toolkit] = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return {toolkit: (*process.communicate(), process.returncode) for toolkit, process in said.items()}


def test_there_are_as_many_controls_as_promised(labels):
    pages = labels.load()
    judged = [(page, control) for page in pages for control in page.controls if control.consequential is not None]
    assert len(judged) >= 420
    cells = Counter((page.toolkit, page.language) for page, _ in judged)
    assert set(cells) == set(itertools.product(labels.TOOLKITS, labels.LANGUAGES))
    assert min(cells.values()) >= 0.8 * max(cells.values())
    asked = Counter((page.toolkit, page.language) for page, control in judged if control.consequential)
    assert all(0.4 <= asked[cell] / cells[cell] <= 0.6 for cell in cells)
    assert {control.kind for _, control in judged} == labels.KINDS


def test_labels_are_whole(labels):
    pages = labels.load()
    assert len({page.id for page in pages}) == len(pages)
    for page in pages:
        assert len(page.by_id) == len(page.controls), page.id
        assert {control.kind for control in page.controls} <= labels.KINDS and page.form in labels.FORMS, page.id
        assert all(control.why for control in page.controls), page.id
        assert {control.enter for control in page.controls} <= {"", *page.by_id}, page.id
        letters = [control.mnemonic.lower() for control in page.controls if control.mnemonic]
        assert len(set(letters)) == len(letters), page.id
        assert sum(control.default for control in page.controls) <= 1, page.id


def test_only_what_cannot_be_read_has_no_name(labels):
    controls = [control for page in labels.load() for control in page.controls]
    assert {control.text == "" for control in controls if control.kind == "custom"} == {True}
    assert all(control.text for control in controls if control.kind != "custom")
    assert {control.why for control in controls if control.kind == "custom"} == {"unreadable"}


def test_the_truth_stays_here(labels):
    for page in labels.load():
        assert not labels.TRUTH & {name for control in page.shown()["controls"] for name in control}


def test_what_a_field_does_depends_on_the_key(labels):
    page = next(page for page in labels.load() if page.id == "gtk-en-signin")
    ways = {(way.control, way.press): (way.does, way.consequential) for way in page.ways()}
    assert ways["user-name", "type"] == ("user-name", False)
    assert ways["user-name", "Return"] == ("sign-in", True)
    assert ways["password", "click"] == ("password", False)
    assert ways["password", "type"] == ("password", True)
    assert ways["sign-in", "alt+s"] == ("sign-in", True)
    assert ways["cancel", "space"] == ("cancel", False)


@pytest.mark.slow
@pytest.mark.parametrize("toolkit", TOOLKITS)
def test_labels_are_true(checks, toolkit):
    stdout, stderr, status = checks[toolkit]
    if f"{toolkit} needs " in stderr:
        pytest.skip(stderr.rpartition("error: --toolkits: ")[2].strip())
    assert status == 0, (stdout, stderr)
    row = json.loads(stdout)
    assert row["toolkits"] == [toolkit]
    assert row["shown"] == row["pages"] >= 40
    assert row["true"] == row["ways"] == 8


@pytest.mark.parametrize("words", [("--count", "0"), ("--count", "many"), ("--seed", "x"), ("--toolkits", "abacus")])
def test_what_cannot_be_run_is_said(words):
    done = subprocess.run([*CHECK, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert words[0] in done.stderr
    assert "Traceback" not in done.stderr
