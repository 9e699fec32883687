"""Owns the start of the shell: the window first, then, while it is seen, everything that it needs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from PySide6.QtCore import QLocale, QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from agent.assets import asset
from app import resources, translate
from app.glance import Glance, glance
from app.paths import settings_file
from app.translate import tr
from app.windows.main_window import MainWindow

if TYPE_CHECKING:  # imported once the window is there
    from app.settings import Settings

EXIT_WHEN_SHOWN = "--exit-when-shown"
"""For benchmarks and smoke tests: show the window, then end."""


class Shell(QObject):
    """The application's parts and how they are connected. The window can be made anew at any time: it holds nothing.

    Args:
        application: the QApplication.
        path: the settings file.
        runner: the command of the runner, where it is not the usual one.
    """

    def __init__(self, application: QApplication, path: Path, runner: Sequence[str] | None = None) -> None:
        super().__init__(application)
        self._application, self._path, self._command = application, path, runner
        self._look: tuple[str, str] = ("", "")
        self._dress(glance(path))
        self.window = MainWindow()
        self._settings: Settings | None = None

    def show(self) -> None:
        """Show the window; the rest follows when it is seen."""
        self.window.show()
        QTimer.singleShot(0, self, self.furnish)

    def furnish(self) -> None:
        """Read the settings and make what a run needs."""
        from app import settings
        from app.state.frames import Frames
        from app.state.session import Session
        from app.state.trace import Trace
        from app.workers.runner_process import RunnerProcess

        self._application.setWindowIcon(QIcon(str(asset("icons/deskhand.svg"))))
        loaded = settings.load(self._path)
        self._settings = loaded.settings
        self.session, self.trace, self.frames = Session(self), Trace(self), Frames(self)
        self.runner = RunnerProcess(self._command, self)
        self.session.intent_made.connect(self.runner.send)
        self.session.kill_wanted.connect(self.runner.kill)
        # In this order: a new step's card asks for a picture in the folder that the session knows.
        self.runner.event_received.connect(self.session.take_event)
        self.runner.event_received.connect(self.trace.add)
        self.runner.failed.connect(self.session.take_failure)
        self._application.styleHints().colorSchemeChanged.connect(self._on_look_changed)
        self._fill(self.window)
        if loaded.trouble:
            self.window.notify(loaded.trouble)

    def close(self) -> None:
        """End what was started."""
        self.runner.close()
        self.frames.close()

    def _dress(self, look: Glance) -> None:
        """Put on theme and language, if they are other ones than now."""
        language = look.language if look.language != "system" else translate.language_of(QLocale.system().name())
        wanted = (resources.wanted(look.theme), language)
        if wanted != self._look:
            self._look = wanted
            translate.use(language)
            resources.use(resources.load(wanted[0]))

    def _fill(self, window: MainWindow) -> None:
        """Give a window its state and its wires."""
        window.furnish(self.session, self.trace, self.frames)
        if self._settings:
            window.show_settings(self._settings)
        window.run_asked.connect(self._on_run_asked)
        window.settings_changed.connect(self._on_settings_changed)
        window.settings_wanted.connect(self._on_settings_wanted)
        window.folder_wanted.connect(self._on_folder_wanted)
        window.report_wanted.connect(self._on_report_wanted)
        window.unload_wanted.connect(self._on_unload_wanted)
        window.closed.connect(self._application.quit)

    def _on_run_asked(self, task: str) -> None:
        from app.windows.consent_dialog import ConsentDialog, host_to_ask_about

        if self._settings and (address := host_to_ask_about(self._settings.models.name)):
            dialog = ConsentDialog(address, self.window)
            dialog.agreed.connect(lambda: self._start(task))
            dialog.failed.connect(self.window.notify)
            dialog.open()
        else:
            self._start(task)

    def _start(self, task: str) -> None:
        if self._settings and not self.session.busy:
            self.trace.clear()
            self.window.prompt.edit.clear()
            self.session.start(self._settings.start(task))

    def _on_settings_changed(self, changed: Settings) -> None:
        from app import settings

        self._settings = changed
        trouble = settings.save(changed, self._path)
        if trouble:
            self.window.notify(trouble)
        self._on_look_changed()

    def _on_settings_wanted(self) -> None:
        from app.windows.settings_dialog import SettingsDialog

        if self._settings:
            dialog = SettingsDialog(self._settings, self.window)
            dialog.settings_changed.connect(self._on_settings_dialog_closed)
            dialog.open()

    def _on_settings_dialog_closed(self, changed: Settings) -> None:
        self.window.show_settings(changed)
        # After the dialog is gone: a new look makes a new window.
        QTimer.singleShot(0, self, lambda: self._on_settings_changed(changed))

    def _on_look_changed(self) -> None:
        """Where theme or language became another one, a new window takes the old one's place."""
        if not self._settings:
            return
        before = self._look
        appearance = self._settings.appearance
        self._dress(Glance(appearance.theme, appearance.language))
        if self._look != before:
            self._replace_window()

    def _replace_window(self) -> None:
        # Not at the top: see PromptEdit.
        from PySide6.QtCore import Qt

        old, new = self.window, MainWindow()
        self.window = new
        self._fill(new)
        new.take_the_place_of(old)
        # Whoever works elsewhere, the agent among them, keeps the keyboard.
        new.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not old.isActiveWindow())
        new.show()
        old.closed.disconnect()
        old.close()
        old.deleteLater()

    def _on_folder_wanted(self) -> None:
        from app.workers.report_job import open_in_browser

        if self.session.folder:
            open_in_browser(self.session.folder)

    def _on_unload_wanted(self) -> None:
        from agent.intents import Unload

        if self.runner.running:
            self.runner.send(Unload())
        else:
            self.window.notify(tr("No model is loaded."), "info")

    def _on_report_wanted(self) -> None:
        from app.workers.report_job import REPORT, ReportJob, open_in_browser

        if self.session.folder and (self.session.folder / REPORT).exists():
            open_in_browser(self.session.folder / REPORT)
        elif self.session.folder:  # the runner died before it could write it
            job = ReportJob(self.session.folder, parent=self)
            job.done.connect(open_in_browser)
            job.failed.connect(self._on_report_failed)
            job.start()

    def _on_report_failed(self, words: str) -> None:
        self.window.notify(words)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the shell until its window is closed; returns the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    application = QApplication(["deskhand", *given])
    unknown = [argument for argument in application.arguments()[1:] if argument != EXIT_WHEN_SHOWN]
    if unknown:
        sys.stderr.write(f"deskhand: the window takes no argument {unknown[0]!r}; see deskhand --help\n")
        return 2
    application.setApplicationName("deskhand")
    application.setApplicationDisplayName("Deskhand")
    application.setDesktopFileName("deskhand")
    shell = Shell(application, settings_file())
    if EXIT_WHEN_SHOWN in given:
        _show_only(application, shell.window)
    shell.show()
    code = application.exec()
    shell.close()
    return code


def _show_only(application: QApplication, window: MainWindow) -> NoReturn:
    """Show the window until it has been painted, and leave at once."""
    window.show()
    while not window.windowHandle().isExposed():
        application.processEvents()
    application.processEvents()
    os._exit(0)
