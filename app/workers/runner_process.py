"""Owns the client of the runner process: intents go out and events come in as JSON lines, without ever blocking."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QObject, QProcess, QTimer, Signal

from agent.errors import ProtocolError
from agent.events import event_from_json
from agent.intents import Intent, Quit, intent_to_json
from app.translate import tr
from app.workers.child import environment, runner_command

SOON_MS = 3000
"""A runner that ends so soon after it began has not worked."""
TRIES = 3
"""So many runners in a row that have not worked are enough."""
LAST_WORDS = 2000
"""So much of what the runner printed is kept, in letters."""
LAST_LINE = 200
"""So much of that is shown."""
PARTING_MS = 2000


class RunnerProcess(QObject):
    """Starts the runner when it is first needed, and again when it died.

    Signals:
        event_received: an Event of the runner.
        failed: the runner is gone, or cannot be had; one sentence for the person.
        ended: the process is gone, for whatever reason.
    """

    event_received = Signal(object)
    failed = Signal(str)
    ended = Signal()

    def __init__(self, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = list(command or runner_command())
        self._process: QProcess | None = None
        self._rest = bytearray()
        self._last_words = ""
        self._age = QElapsedTimer()
        self._early_ends = 0
        self._forced = False
        self._closing = False

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    @property
    def process_id(self) -> int:
        """The process's id; 0 where there is none."""
        return self._process.processId() if self._process else 0

    def send(self, intent: Intent) -> None:
        """Tell the runner something; it is started if need be."""
        if self._process is None:
            self._start()
        if self._process is not None:
            self._process.write(intent_to_json(intent).encode() + b"\n")

    def kill(self) -> None:
        """End the process by force, as when it does not answer any more. The system frees what it held."""
        if self._process is not None:
            self._forced = True
            self._process.kill()

    def close(self) -> None:
        """Ask the runner to end, and see to it that it does."""
        self._closing = True
        process = self._process
        if process is None:
            return
        self.send(Quit())
        process.closeWriteChannel()
        if not process.waitForFinished(PARTING_MS):
            process.kill()
            process.waitForFinished(PARTING_MS)

    def _start(self) -> None:
        process = QProcess(self)
        process.setProgram(self._command[0])
        process.setArguments(self._command[1:])
        process.setProcessEnvironment(environment())
        process.readyReadStandardOutput.connect(self._on_output)
        process.readyReadStandardError.connect(self._on_words)
        process.finished.connect(self._on_finished)
        process.errorOccurred.connect(self._on_error)
        self._rest.clear()
        self._last_words, self._forced = "", False
        self._age.start()
        self._process = process
        process.start()

    def _on_output(self) -> None:
        if self._process is None:
            return
        self._rest += self._process.readAllStandardOutput().data()
        *lines, rest = bytes(self._rest).split(b"\n")
        self._rest = bytearray(rest)
        for line in lines:
            if line.strip():
                self._take(line)

    def _take(self, line: bytes) -> None:
        """A line that is no event is kept as last words: it tells more in an error than nothing does."""
        try:
            event = event_from_json(line)
        except ProtocolError:
            self._keep(line.decode("utf-8", "replace") + "\n")
        else:
            self._early_ends = 0
            self.event_received.emit(event)

    def _on_words(self) -> None:
        if self._process is not None:
            self._keep(bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace"))

    def _keep(self, words: str) -> None:
        self._last_words = (self._last_words + words)[-LAST_WORDS:]

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            reason = self._process.errorString()
            self._forget()
            self.failed.emit(tr("The runner cannot be started: {reason}", reason=reason))
            self.ended.emit()

    def _on_finished(self) -> None:
        self._on_output()
        self._on_words()
        forced = self._forced
        self._forget()
        if self._closing:
            self.ended.emit()
            return
        early = not forced and self._age.elapsed() < SOON_MS
        self._early_ends = self._early_ends + 1 if early else 0
        again = self._early_ends < TRIES
        if again:
            QTimer.singleShot(0, self, self._start_again)
        self.failed.emit(self._obituary(forced, again))
        self.ended.emit()

    def _start_again(self) -> None:
        if self._process is None and not self._closing:
            self._start()

    def _obituary(self, forced: bool, again: bool) -> str:
        if forced:
            return tr("The runner was ended by force, as you asked, and is started again.")
        what = (
            tr("The runner ended unexpectedly and is started again.")
            if again
            else tr("The runner ends as soon as it is started, and is left alone until the next run.")
        )
        last = self._last_words.strip().splitlines()[-1:]
        return f"{what} {tr('Its last words: {words}', words=last[0][:LAST_LINE])}" if last else what

    def _forget(self) -> None:
        if self._process is not None:
            self._process.deleteLater()
            self._process = None
