"""The live window, clicked with real events on the offscreen platform."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.practice.by_hand import TaskWindow
from app.practice.protocol import Deal
from app.practice.tasks import FAMILIES
from app.practice.window import PracticeWindow

# A popup grabs the keyboard and raises itself, which the offscreen platform cannot do and says so.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def window(desk_app, qtbot):
    window = PracticeWindow(QPoint(50, 50))
    qtbot.addWidget(window)
    window.show()
    qtbot.waitExposed(window)
    return window


def click(window, target):
    """Press and release in the window system's terms, so that the whole of Qt's delivery takes part."""
    popup = window.desk.bar.lit
    point = QPoint(*target.box.centre)
    if popup is None:
        QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
        return
    inside = popup.mapFromGlobal(window.mapToGlobal(point))
    # A popup takes a click only from a mouse that has moved since it opened.
    for step in (QPoint(2, 2), QPoint(5, 5), inside):
        QTest.mouseMove(popup.windowHandle(), step)
    QTest.mouseClick(popup.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, inside)


def target(window, label):
    return next(target for target in window.desk.targets() if target.label == label)


def first(window, kind, but=()):
    return next(target for target in window.desk.targets() if target.kind == kind and target.label not in but)


def follow(window):
    """Do what the task asks, by real clicks and keys."""
    while (step := window.task.next_step(window.desk.state)) is not None:
        if step.kind is None:
            field = window.desk.fields[window.desk.state.focused]
            QTest.keyClicks(field, step.name)
        else:
            click(window, target(window, step.name))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_task_done_by_real_clicks_is_finished(window, family):
    answer = window.deal(Deal(seed=5, family=family, goals=3))
    assert answer["window"] == "Deskhand practice"
    assert answer["goals"] == 3
    assert answer["task"] == window.task.words
    assert not window.answer_state()["finished"]
    follow(window)
    truth = window.answer_state()
    assert truth["finished"]
    assert truth["spoiled"] == []
    assert all(goal["done"] for goal in truth["goals"])
    assert truth["clicks"]
    assert all(click["wanted"] for click in truth["clicks"])


def test_a_wrong_click_is_known_and_spoils(window):
    window.deal(Deal(seed=2, family="choose", goals=1))
    box = first(window, "check")
    click(window, box)
    follow(window)
    truth = window.answer_state()
    assert not truth["finished"]
    assert truth["goals"][0]["done"]
    assert truth["spoiled"] == [f"{box.label} is ticked"]
    x, y = box.box.centre
    assert truth["clicks"][0] == {"x": x, "y": y, "widget": box.label, "wanted": False}
    click(window, box)
    assert window.answer_state()["finished"]


def test_clicks_on_nothing_are_noted_as_such(window):
    window.deal(Deal(seed=2))
    QTest.mouseClick(window.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(349, 232))
    assert window.answer_state()["clicks"] == [{"x": 349, "y": 232, "widget": None, "wanted": False}]
    assert window.desk.state.status == "Ready"


def test_dealing_starts_afresh_and_equal_requests_deal_equal_desks(window):
    once = window.deal(Deal(seed=9, family="type", goals=2))
    click(window, first(window, "menu"))
    again = window.deal(Deal(seed=9, family="type", goals=2))
    assert once == again
    assert window.answer_state()["clicks"] == []
    assert window.deal(Deal(seed=10, family="type", goals=2)) != once


def test_without_a_desk_there_is_no_truth(window):
    assert "error" in window.answer_state()


def test_a_person_sees_the_task_and_how_far_it_is(window, qtbot):
    beside = TaskWindow(window, seed=1)
    qtbot.addWidget(beside)
    beside.deal()
    texts = [label.text() for label in beside.findChildren(type(window.desk.status))]
    assert texts == [window.task.words, f"0 of {len(window.task.goals)} done."]
    follow(window)
    assert "Finished." in [label.text() for label in beside.findChildren(type(window.desk.status))]
