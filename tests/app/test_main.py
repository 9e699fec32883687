"""The shell as a whole, over the real runner with a scripted model and a desktop that is only pretended."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication, QMenu

from agent.intents import Capture, StartRun
from agent.mind import consent
from agent.mind.address import read_address
from agent.store import RunFolder
from app import resources, translate
from app.main import EXIT_WHEN_SHOWN, Shell
from app.settings import Appearance, Settings, load
from app.windows.consent_dialog import ConsentDialog

ROOT = Path(__file__).resolve().parents[2]


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


REPLIES = [
    "I click Save.\n" + call(action="left_click", coordinate=[500, 500]),
    "It is saved.\n" + call(action="terminate", status="success"),
]


@pytest.fixture
def shell(qapp, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    before = resources.current()
    shell = Shell(qapp, tmp_path / "settings.json")
    shell.window.show()
    shell.furnish()
    yield shell
    shell.close()
    shell.window.closed.disconnect()
    shell.window.close()
    shell.window.deleteLater()
    shell.deleteLater()
    translate.use("en")
    resources.use(before)


@pytest.fixture
def scripted(tmp_path):
    script = tmp_path / "replies.json"
    script.write_text(json.dumps(REPLIES), encoding="utf-8")
    return StartRun(task="press Save", model=f"scripted:{script}", dry_run=True)


def question(shell):
    return shell.session.question


def test_a_run_from_the_prompt_to_the_end(shell, scripted, qtbot):
    shell.session.start(scripted)
    qtbot.waitUntil(lambda: question(shell) is not None, timeout=60000)
    shell.session.approve()
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=30000)
    assert shell.session.finished.status == "success"
    assert [step.said.split("\n")[0] for step in shell.trace.trajectory.steps] == ["I click Save.", "It is saved."]
    assert shell.trace.step(0).acted[0].status == "done"
    recorded = [event.kind for event in RunFolder.read(shell.session.folder)]
    assert recorded[0] == "run_started"
    assert recorded[-1] == "run_finished"
    qtbot.waitUntil(lambda: not shell.window.view.steps.cards[0].thumb.empty)


def test_a_denial_reaches_the_model(shell, scripted, qtbot):
    shell.session.start(scripted)
    qtbot.waitUntil(lambda: question(shell) is not None, timeout=60000)
    shell.session.deny("not that one")
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=30000)
    assert shell.trace.step(0).acted[0].words == "the person said no: not that one"


def test_the_shell_lives_on_when_the_runner_is_killed(shell, scripted, qtbot):
    shell.session.start(scripted)
    qtbot.waitUntil(lambda: question(shell) is not None, timeout=60000)
    folder, killed = shell.session.folder, shell.runner.process_id
    os.kill(killed, signal.SIGKILL)
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=30000)
    assert shell.session.finished.words.startswith("The runner ended unexpectedly and is started again.")
    assert question(shell) is None
    assert RunFolder.read(folder)[-1].kind == "approval_asked"
    qtbot.waitUntil(lambda: shell.runner.process_id not in {0, killed}, timeout=30000)
    shell.session.start(scripted)
    qtbot.waitUntil(lambda: question(shell) is not None, timeout=60000)
    shell.session.stop()
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=30000)
    assert shell.session.finished.status == "stopped"


def test_what_cannot_be_done_is_said(shell, qtbot, tmp_path):
    missing = StartRun(task="x", model=f"scripted:{tmp_path / 'nothing.json'}", dry_run=True)
    shell.session.start(missing)
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=60000)
    assert shell.session.finished.status == "error"
    assert "nothing.json" in shell.session.finished.words


def test_a_choice_is_kept(shell):
    changed = Settings().model_copy(
        update={"runs": Settings().runs.model_copy(update={"capture": Capture(kind="window", name="Desk")})}
    )
    shell.window.settings_changed.emit(changed)
    assert load(shell._path).settings == changed


SERVED = "openai:http://models.example:8000/v1#Qwen/Qwen3-VL-8B-Instruct"


def consent_dialogs():
    return [widget for widget in QApplication.topLevelWidgets() if isinstance(widget, ConsentDialog)]


def test_a_screen_leaves_this_machine_with_consent_only(shell, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    shell.window.prompt.choices[0].choose(SERVED)
    started = []
    shell.session.intent_made.disconnect()
    shell.session.intent_made.connect(started.append)
    shell.window.prompt.edit.setPlainText("press Save")
    shell.window.prompt.run.click()
    (dialog,) = consent_dialogs()
    assert started == []
    dialog.decline.click()
    assert shell.window.prompt.edit.toPlainText() == "press Save"
    qtbot.waitUntil(lambda: not consent_dialogs())
    shell.window.prompt.run.click()
    (dialog,) = consent_dialogs()
    dialog.agree.click()
    assert [(intent.task, intent.model) for intent in started] == [("press Save", SERVED)]
    assert not consent.is_wanted(read_address(SERVED))
    qtbot.waitUntil(lambda: not consent_dialogs())


def free_memory(shell):
    menu = QMenu()
    shell.window.prompt.choices[0].fill(menu)
    next(action for action in menu.actions() if action.text() == "Free the model's memory").trigger()


def test_the_model_is_let_go_on_a_word(shell, scripted, qtbot):
    free_memory(shell)
    assert shell.window.notice.words.text() == "No model is loaded."
    assert not shell.runner.running
    shell.window.notice.hide()
    translate.use("zh_CN")
    shell.session.start(scripted)
    qtbot.waitUntil(lambda: question(shell) is not None, timeout=60000)
    shell.session.stop()
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=30000)
    shell.window.unload_wanted.emit()
    qtbot.waitUntil(lambda: shell.window.notice.words.text() == "没有已加载的模型。", timeout=30000)


def test_another_language_or_theme_makes_the_window_anew(shell, scripted, qtbot):
    shell.session.start(scripted)
    qtbot.waitUntil(lambda: question(shell) is not None, timeout=60000)
    old = shell.window
    look = Appearance(theme="dark", language="zh_CN")
    old.settings_changed.emit(Settings(appearance=look))
    qtbot.waitUntil(lambda: not shiboken6.isValid(old))
    assert resources.current().name == "dark"
    assert shell.window is not old
    assert shell.window.status.sentence == "等待你的决定"
    (card,) = shell.window.view.steps.cards
    assert card.approval is not None
    qtbot.waitUntil(lambda: not card.thumb.empty)
    shell.session.stop()
    qtbot.waitUntil(lambda: shell.session.state == "finished", timeout=30000)


def test_settings_that_were_broken_are_told_of(qapp, qtbot, tmp_path):
    path = tmp_path / "settings.json"
    path.write_text("{")
    shell = Shell(qapp, path)
    qtbot.addWidget(shell.window)
    shell.window.show()
    shell.furnish()
    assert "could not be understood" in shell.window.notice.words.text()
    shell.close()
    shell.deleteLater()


# What the window needs before it is seen is light: benchmarks/bench_shell_start.py says how light.
SHOWN = """
import sys
from pathlib import Path
from PySide6 import QtCore
from PySide6.QtWidgets import QApplication
from app.main import Shell
application = QApplication([])
shell = Shell(application, Path("nowhere.json"))
shell.window.show()
application.processEvents()
print([name for name in ("pydantic", "PIL", "numpy", "agent.events") if name in sys.modules], "Qt" in vars(QtCore))
"""


def test_the_window_is_there_before_anything_heavy():
    done = subprocess.run([sys.executable, "-c", SHOWN], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[] False", done.stderr


def test_it_starts_shows_and_ends():
    command = [sys.executable, "-m", "app", EXIT_WHEN_SHOWN]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=60).returncode == 0


def test_an_argument_that_means_nothing_is_one_sentence():
    command = [sys.executable, "-m", "app", "--fly"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--fly" in done.stderr
