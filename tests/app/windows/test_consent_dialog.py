import pytest
from PySide6.QtCore import Qt

from agent.mind.address import read_address
from app.windows.consent_dialog import ConsentDialog, host_to_ask_about

MODEL = "openai:http://models.example:8000/v1#Qwen/Qwen3-VL-8B-Instruct"


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def dialog(qtbot):
    dialog = ConsentDialog(read_address(MODEL))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_it_says_where_the_screen_goes(dialog):
    assert "models.example:8000" in dialog.text()
    assert "not encrypted" in dialog.informativeText()
    assert dialog.defaultButton() is dialog.decline


def test_agreeing_is_kept(dialog, qtbot):
    with qtbot.waitSignal(dialog.agreed):
        dialog.agree.click()
    assert host_to_ask_about(MODEL) is None


@pytest.mark.parametrize(
    "decline", [lambda d, bot: d.decline.click(), lambda d, bot: bot.keyClick(d, Qt.Key.Key_Escape)]
)
def test_declining_keeps_nothing(dialog, qtbot, decline):
    with qtbot.assertNotEmitted(dialog.agreed):
        decline(dialog, qtbot)
    assert host_to_ask_about(MODEL) == read_address(MODEL)


def test_what_cannot_be_kept_is_said(dialog, qtbot, folder):
    (folder / "deskhand").write_text("in the way")
    with qtbot.waitSignal(dialog.failed) as failed:
        dialog.agree.click()
    assert failed.args[0].startswith("Your consent cannot be kept")


@pytest.mark.parametrize("model", ["nano", "openai:http://localhost:8000/v1#m", "openai:nonsense"])
def test_nobody_is_asked_about_this_machine(model):
    assert host_to_ask_about(model) is None
