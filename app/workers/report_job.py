"""Owns the making of a run's report, in a process of its own, and the showing of it in the browser."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.translate import tr
from app.workers.child import deskhand_command, environment

REPORT = "report.html"


class ReportJob(QObject):
    """Writes `report.html` into a run's folder. Emits `done` with its path, or `failed` with a sentence."""

    done = Signal(Path)
    failed = Signal(str)

    def __init__(self, folder: Path, command: Sequence[str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._command = list(command or deskhand_command("report", str(folder)))
        self._process = QProcess(self)
        self._process.setProcessEnvironment(environment())
        self._process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self._process.finished.connect(self._on_finished)
        self._process.errorOccurred.connect(self._on_error)

    def start(self) -> None:
        """Begin; one of the signals follows."""
        self._process.start(self._command[0], self._command[1:])

    def _on_finished(self, code: int, how: QProcess.ExitStatus) -> None:
        report = self._folder / REPORT
        if code == 0 and how == QProcess.ExitStatus.NormalExit and report.exists():
            self.done.emit(report)
        else:
            self._fail(bytes(self._process.readAllStandardOutput().data()).decode("utf-8", "replace").strip())
        self.deleteLater()

    def _on_error(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._fail(self._process.errorString())
            self.deleteLater()

    def _fail(self, words: str) -> None:
        last = words.splitlines()[-1] if words else ""
        self.failed.emit(tr("The report cannot be made. {reason}", reason=last))


def open_in_browser(page: Path) -> None:
    """Show a file with what the person's desktop uses for it."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(page)))
