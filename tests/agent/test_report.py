"""The report needs nothing beside it, hides nothing that was recorded, and lets nothing that was recorded become markup."""

import re
import stat

import pytest

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.errors import StoreError
from agent.events import (
    Acted,
    ApprovalAsked,
    ApprovalGiven,
    FrameTaken,
    Judged,
    Noted,
    Replied,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
)
from agent.report import write_report
from agent.store import RunFolder

HOSTILE = '<script>alert(1)</script><img src=x onerror="x">'


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder.create(tmp_path)
    yield folder
    folder.close()


def events(folder, words: str = "Press Save", size: tuple[int, int] = (300, 200)):
    """One step that was asked about, as a run leaves it."""
    file = folder.add_frame(frame_from_rgb(bytes(3 * size[0] * size[1]), Rect(10, 20, *size), 1.0))
    action = {"action": "left_click", "coordinate": [500, 500]}
    yield RunStarted(
        at=1,
        run=folder.name,
        task=words,
        mode="watch",
        capture={"kind": "window", "name": words},
        policy={"kind": "append"},
        limits={},
        mind={"model": words, "device": "cpu"},
        desktop={},
        version="1",
    )
    yield StepStarted(at=2, step=1)
    yield FrameTaken(at=3, step=1, digest="d", view=(10, 20, *size), file=file)
    yield Noted(at=4, words=words, level="warning")
    yield Replied(
        at=5,
        step=1,
        text=words,
        ids=[1],
        stop="call",
        prompt_tokens=9,
        cached_tokens=3,
        memory=1_234_567_890,
        thought=words,
        actions=[action],
    )
    yield Judged(at=6, step=1, index=0, action=action, words=words, target=(160, 120), verdict="ask", reason=words)
    yield ApprovalAsked(at=7, step=1, index=0, words=words, reason=words)
    yield ApprovalGiven(at=8, step=1, index=0, approved=False, note=words)
    yield Acted(at=9, step=1, index=0, status="refused", words=words)
    yield StepFinished(at=10, step=1, outcome=words, seconds={"decode": 1.5, "wait": 0.5}, wall=2.0)
    yield RunFinished(at=11, status="answered", words=words, steps=1)


def report(folder, *which, **how) -> str:
    for event in list(events(folder, **how))[slice(*which) if which else slice(None)]:
        folder.append(event)
    return write_report(folder.path).read_text(encoding="utf-8")


def test_it_tells_what_was_seen_said_judged_answered_and_how_long_it_took(folder):
    page = report(folder)
    for words in (
        "Press Save",
        "the person said no",
        "The model is told",
        "Answered",
        "1.5 s",
        "of it waiting",
        "1.2 GB held",
    ):
        assert words in page
    assert page.count("data:image/png;base64,") == 1
    # The ring is drawn on the picture's own pixels.
    assert re.search(r'<circle class="ring" cx="150\.5" cy="100\.5"', page)


def test_it_needs_nothing_beside_it(folder):
    page = report(folder)
    assert not re.findall(r"""(?:src|href)=["'](?!data:)""", page)
    assert "http" not in re.sub(r'xmlns="[^"]+"', "", page).replace("http-equiv", "")
    assert "<script" not in page


def test_nothing_recorded_becomes_markup(folder):
    page = report(folder, words=HOSTILE)
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_large_pictures_are_embedded_smaller(folder):
    page = report(folder, size=(1920, 1080))
    assert "data:image/jpeg;base64," in page
    assert 'viewBox="0 0 1920 1080"' in page


@pytest.mark.parametrize("length", range(12))
def test_a_run_that_was_cut_off_anywhere_has_a_report(folder, length):
    page = report(folder, 0, length)
    assert "<main>" in page
    assert ("Cut off" in page) == (length < 11)


@pytest.mark.parametrize("file", ["frames/none.png", "../secret.png", "/etc/hostname"])
def test_a_picture_that_is_missing_or_lies_elsewhere_is_said_to_be(folder, file):
    frame = frame_from_rgb(bytes(3 * 8 * 8), Rect(0, 0, 8, 8), 1.0)
    frame.image().save(folder.path.parent / "secret.png")
    folder.append(StepStarted(at=1, step=1))
    folder.append(FrameTaken(at=2, step=1, digest="d", view=(0, 0, 8, 8), file=file))
    page = write_report(folder.path).read_text(encoding="utf-8")
    assert "cannot be read" in page
    assert "data:image" not in page


def test_it_is_its_owners_alone_and_can_be_written_again(folder):
    report(folder)
    again = write_report(folder.path)
    assert stat.S_IMODE(again.stat().st_mode) == 0o600


def test_where_there_is_no_run_that_is_said(tmp_path):
    with pytest.raises(StoreError, match="no run in"):
        write_report(tmp_path)
