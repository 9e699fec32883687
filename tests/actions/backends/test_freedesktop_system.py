"""Programs of the menu and the clipboard: real desktop entries, real processes, a real X selection."""

import subprocess
import sys
import time

import pytest

from actions.backends.freedesktop_system import FreedesktopSystem
from actions.errors import ExecutionError


@pytest.fixture
def entries(tmp_path, monkeypatch):
    """Writes desktop entries into the person's own folder, the only one there is."""
    folder = tmp_path / "share" / "applications"
    folder.mkdir(parents=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.setenv("XDG_DATA_DIRS", str(tmp_path / "nowhere"))
    monkeypatch.setenv("LANG", "C")

    def write(file: str, **keys: str) -> None:
        said = {"Type": "Application", "Name": file, "Exec": "true"} | keys
        (folder / file).with_suffix(".desktop").write_text(
            "[Desktop Entry]\n" + "".join(f"{key}={value}\n" for key, value in said.items())
        )

    return write


def test_the_programs_are_those_that_the_menu_shows(entries):
    entries("shown", Name="Shown")
    entries("hidden", Hidden="true")
    entries("helper", NoDisplay="true")
    entries("link", Type="Link", URL="https://example.org")
    entries("gone", TryExec="no-such-program-anywhere")
    entries("broken", Exec="")
    assert FreedesktopSystem().programs() == ("Shown",)


def test_a_file_that_is_no_entry_hides_no_other(entries, tmp_path):
    entries("shown", Name="Shown")
    (tmp_path / "share/applications/bad.desktop").write_bytes(b"\xff\xfe no entry at all")
    assert FreedesktopSystem().programs() == ("Shown",)


def test_a_program_is_started_with_its_own_words_and_no_others(entries, tmp_path):
    told = tmp_path / "told"
    script = tmp_path / "say it.py"
    script.write_text("import sys, pathlib; pathlib.Path(sys.argv[1]).write_text(repr(sys.argv[2:]))")
    entries("say", Name="Say", Exec=f'{sys.executable} "{script}" {told} %U --share=50%% "two words" %i')
    FreedesktopSystem().launch("Say")
    end = time.monotonic() + 30
    while not (told.exists() and told.read_text()) and time.monotonic() < end:
        time.sleep(0.02)
    assert told.read_text() == "['--share=50%', 'two words']"


@pytest.mark.parametrize(
    "name, keys, sentence",
    [
        ("Other", {}, "There is no program “Other”."),
        ("Shell", {"Name": "Shell", "Terminal": "true"}, "runs in a terminal only"),
        ("Lost", {"Name": "Lost", "Exec": "/no/such/program"}, "does not start"),
        ("Odd", {"Name": "Odd", "Exec": '"unended'}, "does not start"),
        ("Empty", {"Name": "Empty", "Exec": "%U"}, "does not start"),
    ],
)
def test_what_cannot_be_started_is_said(entries, name, keys, sentence):
    entries("it", **keys)
    with pytest.raises(ExecutionError, match=sentence):
        FreedesktopSystem().launch(name)


_HOLDER = """
import sys
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
app = QApplication([])
data = QMimeData()
if sys.argv[1] == "image":
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
else:
    data.setText(sys.argv[2] * int(sys.argv[1]))
app.clipboard().setMimeData(data)
app.processEvents()
print("ready", flush=True)
if sys.argv[-1] == "silent":
    sys.stdin.read()
else:
    app.exec()
"""


@pytest.fixture
def copied(screen, go_to):
    """Copies something, by another program, and tells what is read."""
    go_to(screen)
    holders = []

    def read(*words: str) -> str:
        env = {**screen, "QT_QPA_PLATFORM": "xcb"}
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, *words], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        holders.append(holder)
        assert holder.stdout.readline() == "ready\n"
        return FreedesktopSystem().copied()

    yield read
    for holder in holders:
        holder.kill()
        holder.communicate()


@pytest.mark.parametrize("times", [1, 40_000])
def test_what_another_program_copied_is_read_to_the_letter(copied, times):
    text = "Grüße, 你好 😀\n"
    assert copied(str(times), text) == (text * times).encode()[: 1 << 20].decode("utf-8", "replace")


def test_a_picture_is_no_text(copied):
    assert copied("image") == ""


def test_an_owner_that_does_not_answer_is_not_waited_for_long(copied, monkeypatch):
    monkeypatch.setattr("actions.backends.x11_clipboard._ANSWER", 0.2)
    with pytest.raises(ExecutionError, match="does not answer"):
        copied("1", "x", "silent")


def test_an_empty_clipboard_is_empty(screen, go_to):
    go_to(screen)
    assert FreedesktopSystem().copied() == ""


def test_it_needs_nothing_to_be_opened():
    system = FreedesktopSystem()
    system.open()
    assert system.capabilities() == {"programs", "clipboard"}
    system.close()
    system.close()
