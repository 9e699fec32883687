"""The real shell in a process of its own, told by JSON lines what to show where, and telling whatever is done to it.

Its runner is a process that says nothing: the trials are the runner.
"""

# ruff: noqa: N802 - Qt calls its events so.

import json
import os
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QApplication, QComboBox, QToolTip

from agent.events import FrameTaken, Judged, RunStarted, StepStarted
from agent.intents import StartRun
from app.main import Shell
from app.windows.settings_dialog import SettingsDialog

SILENT = [sys.executable, "-c", "import sys; sys.stdin.read()"]
DONE_TO = {
    QEvent.Type.MouseButtonPress: "press",
    QEvent.Type.MouseButtonRelease: "release",
    QEvent.Type.Wheel: "wheel",
    QEvent.Type.KeyPress: "key",
}


def tell(kind: str, **what) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


class Puppet(QObject):
    """Does with the shell what a line says."""

    told = Signal(list)

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__()
        self._app, self._shell = app, Shell(app, folder / "settings.json", SILENT)
        self._shell.show()
        self.told.connect(self._on_told)
        app.installEventFilter(self)
        QTimer.singleShot(0, self._begin)

    def eventFilter(self, watched, event):
        if event.type() in DONE_TO and watched.isWindowType() and event.spontaneous():
            tell("hit", what=DONE_TO[event.type()])
        return False

    def _begin(self) -> None:
        if not hasattr(self._shell, "session") or not self._shell.window.isActiveWindow():
            QTimer.singleShot(20, self._begin)
            return
        self._shell.session.start(StartRun(task="press a tile"))
        self._shell.session.take_event(_started())
        tell("ready")

    def _on_told(self, line: list) -> None:
        word, *what = line
        getattr(self, f"do_{word}")(*what)
        QTimer.singleShot(0, lambda: tell("did", word=word))

    def do_place(self, left: int, top: int, width: int, height: int) -> None:
        self._shell.window.setGeometry(left, top, width, height)
        self._shell.window.show()
        self._shell.window.raise_()

    def do_hide(self) -> None:
        QToolTip.hideText()
        for window in self._app.topLevelWidgets():
            if window is not self._shell.window and window.isVisible():
                window.close()
        self._shell.window.hide()

    def do_dialog(self, left: int, top: int) -> None:
        self._shell._on_settings_wanted()
        dialog = self._dialog()
        dialog.move(left, top)

    def do_menu(self, left: int, top: int) -> None:
        """The list of a choice in the dialog, or the menu of a choice in the window."""
        self.do_dialog(left, top)
        self._dialog().findChildren(QComboBox)[1].showPopup()

    def do_tooltip(self, left: int, top: int) -> None:
        QToolTip.showText(QPoint(left, top), "Words that explain\nand take several\nlines of room", self._shell.window)

    def do_activate(self) -> None:
        self._shell.window.activateWindow()

    def do_judged(self) -> None:
        """What the runner tells right before it acts."""
        self._shell.session.take_event(StepStarted(at=0, step=1))
        self._shell.session.take_event(FrameTaken(at=0, step=1, digest="d", view=(0, 0, 9, 9)))
        self._shell.session.take_event(_judged())

    def _dialog(self) -> SettingsDialog:
        return self._shell.window.findChildren(SettingsDialog)[-1]


def _started() -> RunStarted:
    plain = {name: {} for name in ("capture", "policy", "limits", "mind", "desktop")}
    return RunStarted(at=0, run="", task="press a tile", mode="free", version="0", **plain)


def _judged() -> Judged:
    return Judged(at=0, step=1, index=0, action={}, words="Click", target=None, verdict="allow", reason="")


def _listen(puppet: Puppet) -> None:
    for line in sys.stdin:
        puppet.told.emit(json.loads(line))
    QTimer.singleShot(0, puppet._app, puppet._app.quit)


application = QApplication(["deskhand"])
puppet = Puppet(application, Path(os.environ["DESKHAND_HOME"]))
threading.Thread(target=_listen, args=(puppet,), daemon=True).start()
application.exec()
puppet._shell.close()
