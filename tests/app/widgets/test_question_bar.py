"""What the model asks the person, and the answer."""

import pytest
from PySide6.QtCore import Qt

from agent.intents import Approve, Deny
from app.widgets.question_bar import QuestionBar


@pytest.fixture
def asking(stage, story, qtbot):
    stage.start()
    question = story.asked().model_copy(update={"wants": "words", "words": "Which <b>file</b>?"})
    stage.play(story.started(), *story.looked(), story.judged("allow"), question)
    (card,) = stage.window.view.steps.cards
    stage.bar = card.approval
    assert isinstance(stage.bar, QuestionBar)
    return stage


def answers(stage):
    return [intent for intent in stage.sent if isinstance(intent, Approve | Deny)]


@pytest.mark.parametrize("way", ["enter", "button"])
def test_the_answer_is_sent_once(asking, qtbot, way):
    qtbot.keyClicks(asking.bar.note, "the second")
    if way == "enter":
        qtbot.keyClick(asking.bar.note, Qt.Key.Key_Return)
    else:
        qtbot.mouseClick(asking.bar.send, Qt.MouseButton.LeftButton)
    assert answers(asking) == [Approve(step=1, index=0, note="the second")]
    (card,) = asking.window.view.steps.cards
    assert card.approval is None


def test_an_empty_answer_is_none(asking, qtbot):
    qtbot.keyClicks(asking.bar.note, "  ")
    qtbot.keyClick(asking.bar.note, Qt.Key.Key_Return)
    assert not asking.bar.send.isEnabled()
    assert answers(asking) == []


def test_the_person_need_not_answer(asking, qtbot):
    qtbot.mouseClick(asking.bar.deny, Qt.MouseButton.LeftButton)
    assert answers(asking) == [Deny(step=1, index=0)]
