"""Owns the three choices beside the task: the model, the part of the screen that it sees, and who decides."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from agent.mind.address import PREFIX
from app.state.names import leaving, model_name
from app.translate import tr
from app.widgets.chip import Chip

if TYPE_CHECKING:  # they need pydantic; the chips are there before it
    from agent.events import Mode
    from agent.intents import Capture
    from app.settings import Runs, Settings


class Choice(Chip):
    """A chip that shows one part of the settings. Emits `changed` with the whole settings after a choice."""

    changed = Signal(object)

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(icon, name, self.fill, parent)
        self.settings: Settings | None = None
        self.setEnabled(False)

    def show_settings(self, settings: Settings) -> None:
        """Show what these settings say."""
        self.settings = settings
        self.setEnabled(True)
        self.say(self.words(settings), self.warning(settings))

    def fill(self, menu: QMenu) -> None:
        """Put the choices into the menu."""
        if self.settings:
            self.offer(menu, self.settings)

    def words(self, settings: Settings) -> str:
        """What is chosen."""
        raise NotImplementedError

    def warning(self, settings: Settings) -> str:
        """What the person should know of it as long as it is chosen, as a sentence; mostly nothing."""
        del settings
        return ""

    def offer(self, menu: QMenu, settings: Settings) -> None:
        """Add what can be chosen."""
        raise NotImplementedError

    def choose_runs(self, **update: object) -> None:
        """Change the settings of runs."""
        if self.settings:
            runs = self.settings.runs.model_copy(update=update)
            self._choose(self.settings.model_copy(update={"runs": runs}))

    def _choose(self, settings: Settings) -> None:
        self.show_settings(settings)
        self.changed.emit(settings)


class ModelChoice(Choice):
    """Which model thinks: the built-in one, those used before, a folder, a hub name, or one on a server.

    Emits `unload_wanted` when the one that is loaded is to be let go.
    """

    unload_wanted = Signal()

    def words(self, settings: Settings) -> str:
        return model_name(settings.models.name)

    def warning(self, settings: Settings) -> str:
        return leaving(settings.models.name)

    def offer(self, menu: QMenu, settings: Settings) -> None:
        chosen = settings.models.name
        for name in dict.fromkeys(["nano", *settings.models.recent, chosen]):
            _add(menu, model_name(name), functools.partial(self.choose, name), ticked=name == chosen)
        menu.addSeparator()
        _add(menu, tr("A folder with a Qwen3-VL checkpoint …"), self._ask_for_folder)
        _add(menu, tr("A model of the hub by name …"), self._ask_for_hub_name)
        _add(menu, tr("A model on a server …"), self._ask_for_server)
        menu.addSeparator()
        _add(menu, tr("Free the model's memory"), self.unload_wanted.emit)

    def choose(self, name: str) -> None:
        """Use this model from now on."""
        if self.settings and name.strip():
            self._choose(self.settings.model_copy(update={"models": self.settings.models.used(name.strip())}))

    def _ask_for_folder(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QFileDialog

        dialog = QFileDialog(self.window(), tr("Folder of the checkpoint"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.choose)
        dialog.open()

    def _ask_for_hub_name(self) -> None:
        ask(self, tr("Model"), tr("Name on the hub, such as Qwen/Qwen3-VL-4B-Instruct"), self.choose)

    def _ask_for_server(self) -> None:
        label = tr("Its address and #MODEL, such as http://host:8000/v1#Qwen/Qwen3-VL-8B-Instruct")
        ask(self, tr("Model"), label, self._serve)

    def _serve(self, text: str) -> None:
        if name := text.strip():
            self.choose(name if name.startswith(PREFIX) else PREFIX + name)


class ViewChoice(Choice):
    """What the model is shown. Free hands end where the one window is no longer chosen."""

    def words(self, settings: Settings) -> str:
        return view_name(settings.runs.capture)

    def offer(self, menu: QMenu, settings: Settings) -> None:
        kind = settings.runs.capture.kind
        _add(menu, tr("The whole desktop"), lambda: self.see("desktop"), ticked=kind == "desktop")
        _add(menu, tr("One window …"), self._ask_for_window, ticked=kind == "window")
        _add(menu, tr("One monitor …"), self._ask_for_monitor, ticked=kind == "monitor")

    def see(self, kind: str, name: str = "") -> None:
        """Show the model this from now on; a window or monitor needs its name."""
        from agent.intents import Capture

        if self.settings and (kind == "desktop" or name.strip()):
            capture = Capture.model_validate({"kind": kind, "name": name.strip()})
            self.choose_runs(capture=capture, mode=_kept(self.settings.runs.mode, kind))

    def _ask_for_window(self) -> None:
        ask(self, tr("One window"), tr("Part of the window's title"), lambda name: self.see("window", name))

    def _ask_for_monitor(self) -> None:
        ask(self, tr("One monitor"), tr("Name of the monitor"), lambda name: self.see("monitor", name))


class ModeChoice(Choice):
    """Who decides: the person before each action or before those with consequences, or the model inside one window."""

    def words(self, settings: Settings) -> str:
        return mode_name(settings.runs)

    def offer(self, menu: QMenu, settings: Settings) -> None:
        now = mode_name(settings.runs)
        modes: tuple[tuple[str, Callable[[], None]], ...] = (
            (tr("Asks before each action"), lambda: self.choose_runs(mode="watch", dry_run=False)),
            (tr("Asks before consequences"), lambda: self.choose_runs(mode="guarded", dry_run=False)),
            (tr("Acts freely in one window"), self.set_free),
            (tr("Only pretends"), lambda: self.choose_runs(mode="watch", dry_run=True)),
        )
        for words, choose in modes:
            _add(menu, words, choose, ticked=words == now)

    def set_free(self) -> None:
        """Let the model act unasked; it needs a window to stay in, which is asked for where none is chosen."""
        if self.settings and self.settings.runs.capture.kind == "window":
            self.choose_runs(mode="free", dry_run=False)
        else:
            ask(self, tr("One window"), tr("Part of the title of the window to stay in"), self._free_in)

    def _free_in(self, title: str) -> None:
        from agent.intents import Capture

        if title.strip():
            self.choose_runs(capture=Capture(kind="window", name=title.strip()), mode="free", dry_run=False)


def view_name(capture: Capture) -> str:
    """What the model is shown, in words."""
    match capture.kind:
        case "desktop":
            return tr("The whole desktop")
        case "window":
            return tr("Window “{name}”", name=capture.name)
        case "monitor":
            return tr("Monitor {name}", name=capture.name)
        case "region":
            return tr("A region")


def mode_name(runs: Runs) -> str:
    """Who decides, in words."""
    if runs.dry_run:
        return tr("Only pretends")
    match runs.mode:
        case "watch":
            return tr("Asks before each action")
        case "guarded":
            return tr("Asks before consequences")
        case "free":
            return tr("Acts freely in one window")


def _kept(mode: Mode, kind: str) -> Mode:
    """The mode that goes on once something else is shown: free hands need one window."""
    return "watch" if mode == "free" and kind != "window" else mode


def ask(parent: QWidget, title: str, label: str, use: Callable[[str], None]) -> None:
    """Ask the person for a line of text, without holding up anything else."""
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QInputDialog

    dialog = QInputDialog(parent.window())
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(use)
    dialog.resize(400, dialog.sizeHint().height())
    dialog.open()


def _add(menu: QMenu, words: str, choose: Callable[[], None], ticked: bool | None = None) -> None:
    action = menu.addAction(words.replace("&", "&&"))
    action.triggered.connect(lambda: choose())  # noqa: PLW0108 - the signal says whether it is ticked
    if ticked is not None:
        action.setCheckable(True)
        action.setChecked(ticked)
