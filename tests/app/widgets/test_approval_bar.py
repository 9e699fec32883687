"""Only a person's pointer can say yes: no key, no mnemonic, no program in this process."""

import time

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtWidgets import QApplication

from agent.intents import Approve, Deny, Stop
from app.widgets.pointer_button import ARMING_MS

KEYS = [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Select, Qt.Key.Key_Y, Qt.Key.Key_A]


@pytest.fixture
def open_stage(stage, story, qtbot):
    stage.start()
    stage.play(story.started(), *story.looked(), story.judged(), story.asked())
    (card,) = stage.window.view.steps.cards
    stage.bar = card.approval
    qtbot.waitUntil(stage.bar.allow.isEnabled)
    return stage


def answers(stage):
    return [intent for intent in stage.sent if isinstance(intent, Approve | Deny)]


def test_keys_do_not_approve_wherever_they_go(open_stage, qtbot):
    window, bar = open_stage.window, open_stage.bar
    modifiers = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier)
    for receiver in (window, QApplication.focusWidget() or window, bar, bar.allow, bar.deny, window.view.bar):
        for key in KEYS:
            for modifier in modifiers:
                qtbot.keyClick(receiver, key, modifier)
    assert answers(open_stage) == []


def test_tab_never_reaches_a_button_of_consent(open_stage, qtbot):
    reached = set()
    for _ in range(30):
        qtbot.keyClick(QApplication.focusWidget() or open_stage.window, Qt.Key.Key_Tab)
        reached.add(QApplication.focusWidget())
        if QApplication.focusWidget() is not open_stage.bar.note:
            qtbot.keyClick(QApplication.focusWidget() or open_stage.window, Qt.Key.Key_Space)
    assert not reached & {open_stage.bar.allow, open_stage.bar.deny}
    assert not [intent for intent in open_stage.sent if isinstance(intent, Approve)]


def test_a_program_in_this_process_does_not_approve(open_stage):
    allow = open_stage.bar.allow
    allow.click()
    allow.animateClick()
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        left, at = Qt.MouseButton.LeftButton, QPointF(5, 5)
        QApplication.sendEvent(allow, QMouseEvent(kind, at, at, left, left, Qt.KeyboardModifier.NoModifier))
    QAccessible.queryAccessibleInterface(allow).actionInterface().doAction("Press")
    QApplication.processEvents()
    assert answers(open_stage) == []


def test_a_pointer_approves_once(open_stage, qtbot):
    allow = open_stage.bar.allow
    qtbot.mouseClick(allow, Qt.MouseButton.RightButton)
    assert answers(open_stage) == []
    qtbot.mouseClick(allow, Qt.MouseButton.LeftButton)
    assert answers(open_stage) == [Approve(step=1, index=0)]
    assert open_stage.window.view.steps.cards[0].approval is None


def test_a_press_that_ends_elsewhere_does_not_count(open_stage, qtbot):
    allow = open_stage.bar.allow
    qtbot.mousePress(allow, Qt.MouseButton.LeftButton)
    qtbot.mouseRelease(allow, Qt.MouseButton.LeftButton, pos=allow.rect().bottomRight() * 3)
    assert answers(open_stage) == []


def test_a_click_meant_for_what_was_there_before_does_not_count(stage, story, qtbot):
    stage.start()
    stage.play(story.started(), *story.looked(), story.judged(), story.asked())
    bar = stage.window.view.steps.cards[0].approval
    assert not bar.allow.isEnabled()
    qtbot.mouseClick(bar.allow, Qt.MouseButton.LeftButton)
    assert answers(stage) == []


def test_a_click_does_not_count_where_the_button_has_just_come(open_stage, qtbot):
    window, allow = open_stage.window, open_stage.bar.allow
    window.move(window.pos() + QPoint(60, 40))
    qtbot.mouseClick(allow, Qt.MouseButton.LeftButton)
    assert answers(open_stage) == []
    qtbot.waitUntil(allow.isEnabled)
    qtbot.mouseClick(allow, Qt.MouseButton.LeftButton)
    assert answers(open_stage) == [Approve(step=1, index=0)]


def test_time_in_which_nothing_was_read_does_not_count(stage, story, qtbot):
    stage.start()
    stage.play(story.started(), *story.looked(), story.judged(), story.asked())
    allow = stage.window.view.steps.cards[0].approval.allow
    qtbot.wait(50)
    time.sleep(ARMING_MS / 1000 + 0.2)  # held up, with all that was clicked meanwhile still to be read
    QApplication.processEvents()
    assert not allow.isEnabled()
    qtbot.waitUntil(allow.isEnabled)


def test_keys_for_the_note_reach_no_button_once_it_is_closed(open_stage, story, qtbot):
    note = open_stage.bar.note
    note.setFocus()
    qtbot.keyClick(note, Qt.Key.Key_Return)
    assert open_stage.window.focusWidget() is open_stage.window


def test_deny_takes_the_note(open_stage, qtbot):
    qtbot.keyClicks(open_stage.bar.note, "another button")
    qtbot.mouseClick(open_stage.bar.deny, Qt.MouseButton.LeftButton)
    assert answers(open_stage) == [Deny(step=1, index=0, note="another button")]


def test_enter_in_the_note_denies(open_stage, qtbot):
    qtbot.keyClicks(open_stage.bar.note, "no")
    qtbot.keyClick(open_stage.bar.note, Qt.Key.Key_Return)
    assert answers(open_stage) == [Deny(step=1, index=0, note="no")]


def test_stop_is_in_reach_meanwhile(open_stage, qtbot):
    qtbot.mouseClick(open_stage.window.view.bar.stop, Qt.MouseButton.LeftButton)
    assert open_stage.sent[-1:] == [Stop()]
    assert open_stage.window.view.steps.cards[0].approval is None
