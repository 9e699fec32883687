import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QInputDialog, QMenu

from app.settings import Settings
from app.widgets.prompt_bar import PromptBar


@pytest.fixture
def bar(qtbot):
    bar = PromptBar()
    qtbot.addWidget(bar)
    bar.resize(800, 120)
    bar.show()
    bar.show_settings(Settings())
    bar.asked, bar.changes = [], []
    bar.run_asked.connect(bar.asked.append)
    bar.settings_changed.connect(bar.changes.append)
    return bar


def choose(chip, words):
    menu = QMenu()
    chip.fill(menu)
    next(action for action in menu.actions() if action.text() == words).trigger()


def answer(text):
    (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QInputDialog) and w.isVisible()]
    dialog.setTextValue(text)
    dialog.accept()


def test_enter_runs_and_shift_enter_makes_a_line(bar, qtbot):
    qtbot.keyClicks(bar.edit, "one")
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(bar.edit, "two")
    assert bar.asked == []
    qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
    assert bar.asked == ["one\ntwo"]


def test_nothing_is_run_without_words(bar, qtbot):
    for text in ("", "  \n "):
        bar.edit.setPlainText(text)
        qtbot.keyClick(bar.edit, Qt.Key.Key_Return)
        assert not bar.run.isEnabled()
    assert bar.asked == []


def test_nothing_is_run_before_there_are_settings(qtbot):
    bar = PromptBar()
    qtbot.addWidget(bar)
    bar.edit.setPlainText("press Save")
    with qtbot.assertNotEmitted(bar.run_asked):
        qtbot.keyClick(bar.edit, Qt.Key.Key_Return)


def test_the_field_grows_with_its_lines(bar):
    one = bar.edit.height()
    bar.edit.setPlainText("a\nb\nc")
    three = bar.edit.height()
    bar.edit.setPlainText("\n" * 40)
    assert one < three < bar.edit.height() < 4 * three


def test_a_model_by_name(bar, qtbot):
    model = bar.choices[0]
    choose(model, "A model of the hub by name …")
    answer(" Qwen/Qwen3-VL-4B-Instruct ")
    assert bar.changes[-1].models.name == "Qwen/Qwen3-VL-4B-Instruct"
    qtbot.waitUntil(lambda: model.text() == "Qwen3-VL-4B-Instruct")
    choose(model, "nano (built in)")
    assert bar.changes[-1].models.name == "nano"
    assert bar.changes[-1].models.recent == ("nano", "Qwen/Qwen3-VL-4B-Instruct")


def test_a_model_on_a_server_says_where_the_screen_goes(bar, qtbot):
    model = bar.choices[0]
    choose(model, "A model on a server …")
    answer(" https://models.example/v1#Qwen/Qwen3-VL-8B-Instruct ")
    assert bar.changes[-1].models.name == "openai:https://models.example/v1#Qwen/Qwen3-VL-8B-Instruct"
    warning = "Your screen leaves this machine: pictures of it go to models.example."
    assert model.accessibleDescription() == f"Qwen3-VL-8B-Instruct at models.example. {warning}"
    qtbot.waitUntil(lambda: model.toolTip().endswith(warning))
    for here in ("openai:http://localhost:8000/v1#m", "nano", "openai:nonsense"):
        model.choose(here)
        assert "leaves" not in model.toolTip()


def test_free_hands_need_a_window(bar):
    _, view, mode = bar.choices
    choose(mode, "Acts freely in one window")
    assert bar.changes == []
    answer("Editor & more")
    runs = bar.changes[-1].runs
    assert (runs.mode, runs.capture.kind, runs.capture.name) == ("free", "window", "Editor & more")
    choose(view, "The whole desktop")
    assert bar.changes[-1].runs.mode == "watch"


def test_asking_before_consequences_goes_on_whatever_is_shown(bar):
    view, mode = bar.choices[1], bar.choices[2]
    choose(mode, "Asks before consequences")
    assert bar.changes[-1].runs.mode == "guarded"
    choose(view, "The whole desktop")
    assert bar.changes[-1].runs.mode == "guarded"


def test_a_window_without_a_name_is_none(bar):
    choose(bar.choices[2], "Acts freely in one window")
    answer("  ")
    assert bar.changes == []


def test_only_pretending(bar):
    choose(bar.choices[2], "Only pretends")
    assert bar.changes[-1].runs.dry_run
    choose(bar.choices[2], "Asks before each action")
    assert not bar.changes[-1].runs.dry_run


def test_the_model_can_be_let_go(bar, qtbot):
    with qtbot.waitSignal(bar.unload_wanted):
        choose(bar.choices[0], "Free the model's memory")
    assert bar.changes == []
