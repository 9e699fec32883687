import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel

from agent.intents import Capture, Pause, Resume, StartRun, Stop, TakeOver
from app.settings import Appearance, Settings
from app.windows.frame_window import FrameWindow
from app.windows.slim import WIDTH


def test_a_newcomer_is_told_what_to_type(stage, qtbot):
    window = stage.window
    assert window.empty.isVisible()
    example = next(button for button in window.empty.findChildren(type(window.prompt.run)))
    qtbot.mouseClick(example, Qt.MouseButton.LeftButton)
    assert window.prompt.edit.toPlainText() == example.text()
    with qtbot.waitSignal(window.run_asked) as asked:
        qtbot.keyClick(window.prompt.edit, Qt.Key.Key_Return)
    assert asked.args == [example.text()]


def test_a_newcomer_is_told_where_the_screen_goes(stage):
    stage.window.show_settings(Settings())
    assert "A model on this computer" in spoken(stage.window.empty)
    stage.window.prompt.choices[0].choose("openai:https://models.example/v1#m")
    assert "go to models.example." in spoken(stage.window.empty)
    assert "A model on this computer" not in spoken(stage.window.empty)


def spoken(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


def test_stop_takes_the_place_of_the_prompt_while_something_runs(stage, story, qtbot):
    stage.start()
    stop = stage.window.view.bar.stop
    assert stop.isVisible()
    assert not stage.window.prompt.isVisible()
    assert stop.height() >= 48
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert stage.sent[-1:] == [Stop()]
    assert stop.text() == "End by force"
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert stage.kills == [1]
    stage.play(story.finished("stopped"))
    assert stage.window.prompt.isVisible()


def test_esc_twice_stops_and_once_does_not(stage, qtbot):
    stage.start()
    qtbot.keyClick(stage.window, Qt.Key.Key_Escape)
    assert Stop() not in stage.sent
    qtbot.keyClick(stage.window, Qt.Key.Key_Escape)
    assert stage.sent[-1:] == [Stop()]


def test_ctrl_full_stop_stops(stage, qtbot):
    stage.start()
    qtbot.keyClick(stage.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert stage.sent[-1:] == [Stop()]


def test_stop_is_in_reach_in_the_slimmest_window(stage_of, story):
    stage = stage_of(400)
    stage.start()
    stage.play(story.started(), *story.looked())
    stop = stage.window.view.bar.stop
    place = stop.mapTo(stage.window, stop.rect().bottomRight())
    assert stage.window.rect().contains(place)
    assert stop.width() >= 120


def test_a_run_can_be_held(stage, story, qtbot):
    from agent.events import StateChanged

    stage.start()
    stage.play(story.started(), *story.looked())
    bar = stage.window.view.bar
    qtbot.mouseClick(bar.pause, Qt.MouseButton.LeftButton)
    stage.play(StateChanged(at=0, state="paused"))
    assert stage.window.status.sentence == "Paused"
    qtbot.mouseClick(bar.resume, Qt.MouseButton.LeftButton)
    stage.play(StateChanged(at=0, state="running"))
    qtbot.mouseClick(bar.take_over, Qt.MouseButton.LeftButton)
    assert stage.sent[1:] == [Pause(), Resume(), TakeOver()]


def test_the_status_says_what_goes_on(stage, story):
    said = []
    for events in ([story.started(), story.looked()[0]], [story.looked()[1]], [story.judged(), story.asked()]):
        if not said:
            stage.start()
        stage.play(*events)
        said.append(stage.window.status.sentence)
    assert said == ["Looking at the screen", "Thinking", "Waiting for your word"]


def test_the_end_is_shown_with_what_to_do_next(stage, story, qtbot):
    stage.start()
    stage.play(
        story.started(), *story.looked(), story.judged("allow"), *story.acted(), story.finished(words="All saved.")
    )
    window = stage.window
    assert window.status.sentence == "The model says it is done"
    again = next(b for b in window.view.steps.findChildren(type(window.prompt.run)) if b.text() == "Run again")
    with qtbot.waitSignal(window.run_asked) as asked:
        qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert asked.args == ["press Save"]


def test_the_window_makes_room_while_the_whole_desktop_is_worked_on(stage, story):
    window = stage.window
    window.setGeometry(40, 60, 600, 500)  # well inside the small screen there is off screen
    before = window.geometry()
    stage.start(capture={"kind": "desktop"})
    assert window.width() == WIDTH
    assert window.frameGeometry().right() == window.screen().availableGeometry().right()
    stage.play(story.finished())
    assert window.geometry() == before


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_no_open_menu_takes_the_mouse_from_the_hands(stage, story, qtbot):
    stage.start()
    stage.play(story.started(), *story.looked())
    menu = stage.window.prompt.choices[2].menu()
    menu.popup(stage.window.pos())
    assert menu.isVisible()
    stage.play(story.judged("allow"))
    assert not menu.isVisible()


@pytest.mark.parametrize(
    "start, slim",
    [
        (StartRun(task="x", capture=Capture(kind="window", name="Desk")), True),
        (StartRun(task="x", dry_run=True), True),
        (StartRun(task="x"), False),
    ],
)
def test_the_window_stays_where_it_is_in_nobodys_way(stage, start, slim):
    stage.window.show_settings(Settings(appearance=Appearance(slim=slim)))
    before = stage.window.geometry()
    stage.session.start(start)
    assert stage.window.geometry() == before


def test_a_dead_runner_is_told_in_the_window(stage):
    stage.session.take_failure("The runner ended.")
    assert stage.window.notice.isVisible()
    assert stage.window.notice.words.text() == "The runner ended."


@pytest.mark.parametrize("width, wide", [(1120, True), (500, False)])
def test_the_stage_needs_room(stage_of, story, width, wide):
    stage = stage_of(width)
    stage.start()
    stage.play(story.started(), *story.looked())
    assert stage.window.view.stage.isVisible() == wide
    assert stage.window.view.steps.isVisible()


def test_pictures_come_to_stage_and_card_and_can_be_enlarged(stage, story, qtbot, tmp_path):
    image = QImage(400, 200, QImage.Format.Format_RGB32)
    image.fill(0)
    assert image.save(str(tmp_path / "d.png"))
    story._run = str(tmp_path)
    stage.start()
    stage.play(story.started(), *story.looked(file="d.png"), story.judged("allow"))
    view = stage.window.view
    qtbot.waitUntil(lambda: not view.stage.view.empty and not view.steps.cards[0].thumb.empty)
    assert view.stage.view.target == view.steps.cards[0].thumb.target == (300, 300)
    qtbot.mouseClick(view.stage.view, Qt.MouseButton.LeftButton)
    (enlarged,) = stage.window.findChildren(FrameWindow)
    qtbot.waitUntil(lambda: not enlarged.view.empty)
    with qtbot.waitSignal(enlarged.destroyed):
        qtbot.keyClick(enlarged, Qt.Key.Key_Escape)


def test_a_screen_that_did_not_change_is_marked_anew(stage, story, qtbot, tmp_path):
    assert QImage(400, 200, QImage.Format.Format_RGB32).save(str(tmp_path / "d.png"))
    story._run = str(tmp_path)
    stage.start()
    stage.play(story.started(), *story.looked(file="d.png"), story.judged("allow"))
    view = stage.window.view.stage.view
    qtbot.waitUntil(lambda: view.target == (300, 300))
    stage.play(*story.looked(2, file="d.png"))
    assert view.target is None
    stage.play(story.judged("allow", 2))
    assert view.target == (300, 300)


def test_the_newest_step_stays_in_sight_unless_one_scrolled_away(stage, story, qtbot):
    stage.start()
    stage.play(story.started())
    bar = stage.window.view.steps.verticalScrollBar()
    for step in range(1, 12):
        stage.play(*story.looked(step), story.replied("word " * 30, step), story.judged("allow", step))
    qtbot.waitUntil(lambda: bar.maximum() > 0 and bar.value() == bar.maximum())
    bar.setValue(0)
    stage.play(*story.looked(12))
    qtbot.wait(50)
    assert bar.value() == 0
