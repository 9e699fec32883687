from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from agent.step import Step
from app.widgets.step_card import StepCard
from app.widgets.thought import FOLD_AT


def card_of(qtbot, *events):
    step = Step(1)
    for event in events:
        step.add(event)
    card = StepCard(step)
    qtbot.addWidget(card)
    card.resize(400, 300)
    card.show()
    return card


def texts(card):
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]


def test_a_thought_streams_in_without_its_call(qtbot, story):
    card = card_of(qtbot)
    assert "Thinking …" in texts(card)
    for piece in ("I click ", "Save.\n", "<tool", '_call>\n{"name"'):
        card.step.add(story.said(piece))
        card.refresh()
        assert not any("<" in text for text in texts(card))
    assert "I click Save." in texts(card)


def test_what_a_step_has_become_is_shown(qtbot, story):
    card = card_of(qtbot, story.replied("It is Save."), story.judged("allow"))
    assert "It is Save." in texts(card)
    assert "Click at (500, 500)" in texts(card)
    assert "Doing it" in texts(card)
    for event in story.acted():
        card.step.add(event)
    card.refresh()
    assert "Done" in texts(card)
    assert "1.2 s" in texts(card)


def test_what_a_model_writes_is_never_markup(qtbot, story):
    card = card_of(qtbot, story.replied("<b>bold</b> <img src='file:///etc/passwd'>"))
    shown = next(label for label in card.findChildren(QLabel) if "bold" in label.text())
    assert shown.textFormat() == Qt.TextFormat.PlainText


def test_a_long_thought_is_folded_and_opens(qtbot, story):
    thought = "word " * 200
    card = card_of(qtbot, story.replied(thought))
    assert max(map(len, texts(card))) < FOLD_AT + 10
    more = next(button for button in card.thought.children() if getattr(button, "text", str)() == "More")
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert thought.strip() in texts(card)


def test_the_picture_is_asked_for_once_and_marked(qtbot, story):
    card = card_of(qtbot)
    wanted = []
    card.frame_wanted.connect(wanted.append)
    for event in (story.looked(file="frames/d.png")[1], story.judged()):
        card.step.add(event)
        card.refresh()
    assert wanted == ["frames/d.png"]
    card.show_picture(QImage(40, 20, QImage.Format.Format_RGB32))
    assert not card.thumb.empty
    assert card.thumb.target == (300, 300)


def test_a_picture_opens_when_it_is_clicked(qtbot, story):
    card = card_of(qtbot, story.looked(file="f")[1])
    card.show_picture(QImage(40, 20, QImage.Format.Format_RGB32))
    with qtbot.waitSignal(card.opened):
        qtbot.mouseClick(card.thumb, Qt.MouseButton.LeftButton)


def test_a_thought_is_shown_apart_from_the_answer(qtbot, story):
    card = card_of(qtbot)
    for text, thought in (("There is a dialog", True), (".</think>", True), ("\n\nI click ", False), ("Save.", False)):
        card.step.add(story.said(text).model_copy(update={"thought": thought}))
        card.refresh()
        assert "Thinking …" not in texts(card)
    shown = {label.text(): label.property("role") for label in card.findChildren(QLabel) if label.isVisible()}
    assert (shown["There is a dialog."], shown["I click Save."]) == ("small", "thought")
    whole = "There is a dialog.</think>\n\nI click Save.\n<tool_call>\n{}\n</tool_call>"
    card.step.add(story.replied("There is a dialog.\nI click Save.").model_copy(update={"text": whole}))
    card.refresh()
    assert {"There is a dialog.", "I click Save."} <= set(texts(card))


def test_a_model_that_does_not_muse_has_nothing_above_its_words(qtbot, story):
    card = card_of(qtbot, story.replied("It is Save."))
    assert not card.musing.isVisible()
