"""The real shell with its real runner, in a process of its own: told by JSON lines to begin a run, telling what it asks."""

import json
import os
import sys
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QTimer, Signal
from PySide6.QtWidgets import QApplication, QPushButton

from agent.events import ApprovalAsked, ApprovalGiven, RunFinished
from agent.intents import Approve, intent_from_json
from app.main import Shell


def tell(kind: str, **what) -> None:
    print(json.dumps({"kind": kind, **what}), flush=True)


class Puppet(QObject):
    """Does what a line says. It never answers a question: that is for the pointer."""

    told = Signal(list)

    def __init__(self, app: QApplication, folder: Path) -> None:
        super().__init__()
        self.shell = Shell(app, folder / "settings.json")
        self.shell.show()
        self.told.connect(lambda line: getattr(self, f"do_{line[0]}")(*line[1:]))
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        if not hasattr(self.shell, "runner") or not self.shell.window.isActiveWindow():
            QTimer.singleShot(20, self._begin)
            return
        self.shell.runner.event_received.connect(self._on_event)
        self.shell.session.intent_made.connect(self._on_intent)
        self.shell.session.changed.connect(self._on_changed)
        tell("ready")

    def _on_event(self, event) -> None:
        match event:
            case ApprovalAsked():
                tell("asked", step=event.step, index=event.index)
            case ApprovalGiven():
                tell("given", step=event.step, index=event.index, approved=event.approved)
            case RunFinished():
                tell("finished", words=event.words)

    def _on_intent(self, intent) -> None:
        if isinstance(intent, Approve):
            tell("approve", step=intent.step, index=intent.index)

    def _on_changed(self) -> None:
        """Go on where a key has pressed Pause."""
        if self.shell.session.state == "paused":
            QTimer.singleShot(0, self.shell.session.resume)

    def do_start(self, intent: str) -> None:
        self.shell.trace.clear()
        self.shell.session.start(intent_from_json(intent))
        tell("did", word="start")

    def do_deny(self) -> None:
        self.shell.session.deny()
        tell("did", word="deny")

    def do_stop(self) -> None:
        self.shell.session.stop()
        tell("did", word="stop")

    def do_activate(self) -> None:
        self.shell.window.activateWindow()
        tell("did", word="activate")

    def do_focus(self) -> None:
        """Give Allow the keyboard, which no person and no key can."""
        for card in self.shell.window.view.steps.cards:
            if card.approval:
                card.approval.allow.setFocus()
        tell("did", word="focus")

    def do_where(self) -> None:
        """Which question is open, where its Allow and note are, and whether Allow takes an answer."""
        if dialog := QApplication.activeModalWidget():
            dialog.close()  # the keys may have pressed Settings
        if isinstance(self.shell.window.focusWidget(), QPushButton):
            self.shell.window.setFocus()  # nor shall those to come
        question = self.shell.session.question
        bar = next((card.approval for card in self.shell.window.view.steps.cards if card.approval), None)
        if bar is None or question is None:
            tell("where", question=None)
        else:
            open_one = [question.step, question.index]
            tell("where", question=open_one, allow=place(bar.allow), note=place(bar.note), armed=bar.allow.isEnabled())


def place(widget) -> list[int]:
    corner = widget.mapToGlobal(QPoint())
    return [corner.x(), corner.y(), widget.width(), widget.height()]


def _listen(puppet: Puppet) -> None:
    for line in sys.stdin:
        puppet.told.emit(json.loads(line))
    QTimer.singleShot(0, application, application.quit)


application = QApplication(["deskhand"])
puppet = Puppet(application, Path(os.environ["DESKHAND_HOME"]))
threading.Thread(target=_listen, args=(puppet,), daemon=True).start()
application.exec()
puppet.shell.close()
