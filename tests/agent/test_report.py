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
    LookedCloser,
    Noted,
    Replied,
    RunFinished,
    RunStarted,
    Said,
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


# ------------------------------------------------------------------------------------------------- a thought, folded

REPLY = {"ids": None, "stop": "call", "prompt_tokens": 9, "cached_tokens": 3, "actions": []}
CALL = '\n<tool_call>\n{"name": "computer_use"}\n</tool_call>'
MUSED = re.compile(r'<details class="mused">(.*?)</details>(?:<p class="thought">(.*?)</p>)?', re.DOTALL)


def page_of(folder, *told) -> str:
    """The page of a run of one step."""
    for event in (StepStarted(at=1, step=1), *told):
        folder.append(event)
    return write_report(folder.path).read_text(encoding="utf-8")


def replied(text: str, thought: str, **more) -> Replied:
    return Replied(at=3, step=1, text=text, thought=thought, **(REPLY | more))


def test_a_thought_is_folded_above_the_answer(folder):
    whole = f"There is <b>one</b> dialog.</think>\n\nI click Save.{CALL}"
    page = page_of(folder, replied(whole, "There is <b>one</b> dialog.\nI click Save."))
    ((mused, said),) = MUSED.findall(page)
    assert mused == (
        '<summary>Thought · <span lang="zh">思考</span></summary><p>There is &lt;b&gt;one&lt;/b&gt; dialog.</p>'
    )
    assert said == "I click Save."


def test_a_model_that_only_speaks_has_nothing_folded(folder):
    page = page_of(folder, replied(f"I click Save.{CALL}", "I click Save."))
    assert not MUSED.search(page)
    assert '<p class="thought">I click Save.</p>' in page


def test_a_thought_that_came_to_no_answer_is_folded_too(folder):
    said = [Said(at=2, step=1, text=text, thought=True) for text in ("<think>\nThere is ", "a dialog")]
    page = page_of(folder, *said)
    assert [mused.rpartition("<p>")[2] for mused, _ in MUSED.findall(page)] == ["There is a dialog</p>"]
    cut = replied("<think>\nThere is a dialog", "There is a dialog", stop="length", error="It was cut off.")
    assert [said for _, said in MUSED.findall(page_of(folder, *said, cut))][-1] == "It was cut off."


@pytest.mark.parametrize(
    "second, mused, said",
    [("It is small.</think>\n\nThere.", "It is far.\nIt is small.", "Here.\nThere."), (None, "It is far.", "Here.")],
)
def test_the_thoughts_of_two_looks_are_one(folder, second, mused, said):
    first = f"It is far.</think>\n\nHere.{CALL}"
    closer = LookedCloser(at=2, step=1, text=first, digest="d", view=(0, 0, 8, 8), **REPLY)
    page = page_of(folder, closer, replied(second + CALL if second else first, "all of it"))
    ((folded, open_),) = MUSED.findall(page)
    assert (folded.rpartition("<p>")[2], open_) == (f"{mused}</p>", said)


HOLO = '{"note": null, "thought": "I click Save.", "tool_call": {"tool_name": "wait", "time": 1}}'
UI_TARS = "Thought: I click Save.\nAction: wait()"


@pytest.mark.parametrize("answer", [HOLO, UI_TARS])
def test_a_call_that_stands_in_no_tag_is_not_shown_as_what_was_said(folder, answer):
    waits = [{"action": "wait", "time": 1}]
    page = page_of(folder, replied(f"It is far.</think>\n{answer}", "It is far.\nI click Save.", actions=waits))
    ((mused, said),) = MUSED.findall(page)
    assert (mused.rpartition("<p>")[2], said) == ("It is far.</p>", "I click Save.")
    more = REPLY | {"actions": waits}
    closer = LookedCloser(at=2, step=1, text=f"It is far.</think>\n{answer}", digest="d", view=(0, 0, 8, 8), **more)
    second = f"It is small.</think>\n{answer.replace('Save', 'Open')}"
    thought = "It is far.\nI click Save.\nIt is small.\nI click Open."
    page = page_of(folder, closer, replied(second, thought, actions=waits))
    assert MUSED.findall(page)[-1][1] == "I click Save.\nI click Open."


def test_what_was_said_without_a_call_after_a_thought_is_shown(folder):
    page = page_of(folder, replied("It is far.</think>\nI give up.", "It is far.", error="Nothing was called."))
    ((_, said),) = MUSED.findall(page)
    assert said == "I give up."
