from PySide6.QtWidgets import QLabel

from agent.intents import Limits, Rule, Rules
from app.settings import Appearance, Runs, Settings
from app.windows.settings_dialog import SettingsDialog

SETTINGS = Settings(
    appearance=Appearance(theme="dark"), runs=Runs(limits=Limits(steps=7, seconds=90), history="rewrite")
)


def test_it_shows_what_is_set_and_changes_nothing_unasked(qtbot):
    dialog = SettingsDialog(SETTINGS)
    qtbot.addWidget(dialog)
    assert dialog.shown().appearance == SETTINGS.appearance
    assert dialog.shown().runs == SETTINGS.runs


def test_what_is_chosen_is_emitted_on_saving(qtbot):
    dialog = SettingsDialog(SETTINGS)
    dialog.open()
    dialog.theme.setCurrentIndex(dialog.theme.findData("light"))
    dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
    dialog.steps.setValue(12)
    dialog.minutes.setValue(3)
    dialog.keep.setValue(0)
    dialog.zoom.setChecked(True)
    with qtbot.waitSignal(dialog.settings_changed) as changed:
        dialog.accept()
    saved = changed.args[0]
    assert (saved.appearance.theme, saved.appearance.language) == ("light", "zh_CN")
    assert (saved.models.keep_minutes, dialog.keep.text()) == (0, "Never")
    assert (saved.runs.limits.steps, saved.runs.limits.seconds, saved.runs.zoom) == (12, 180, True)
    assert saved.start("x").zoom


def test_cancel_emits_nothing(qtbot):
    dialog = SettingsDialog(SETTINGS)
    dialog.open()
    with qtbot.assertNotEmitted(dialog.settings_changed):
        dialog.reject()


def test_applications_are_named_and_other_rules_stay_as_they_are(qtbot):
    bank, keys = Rule(title="Bank"), Rule(application="gimp", keys=("ctrl", "q"))
    rules = Rules(allow=(Rule(application="firefox"), keys), deny=(bank,), actions_per_minute=30)
    dialog = SettingsDialog(Settings(runs=Runs(rules=rules)))
    qtbot.addWidget(dialog)
    assert (dialog.only.text(), dialog.never.text(), dialog.pace.value()) == ("firefox", "", 30)
    dialog.only.setText(" gimp，  ")
    dialog.never.setText("xterm, steam; xterm")
    dialog.pace.setValue(20)
    shown = dialog.shown().runs.rules
    assert shown.allow == (keys, Rule(application="gimp"))
    assert shown.deny == (bank, Rule(application="xterm"), Rule(application="steam"))
    assert shown.actions_per_minute == 20


def test_it_says_how_many_rules_it_does_not_show(qtbot):
    def said(rules):
        dialog = SettingsDialog(Settings(runs=Runs(rules=rules)))
        qtbot.addWidget(dialog)
        return [label.text() for label in dialog.findChildren(QLabel) if "more" in label.text()]

    bank, keys = Rule(title="Bank"), Rule(application="gimp", keys=("ctrl", "q"))
    assert said(Rules(allow=(Rule(application="firefox"), keys), deny=(bank,))) == ["and 2 more in the settings file"]
    assert said(Rules(deny=(Rule(application="firefox"),))) == []
