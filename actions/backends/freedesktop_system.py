"""Owns what a freedesktop session has besides its screen: the programs of its menu, and the clipboard of its X server.

Programs are those whose desktop entries the menu shows (freedesktop.org, Desktop Entry Specification 1.5); the command in
an entry is the only one that is ever run, without arguments from anybody.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from actions.backends.x11 import open_display
from actions.backends.x11_clipboard import copied_text
from actions.errors import ExecutionError

if TYPE_CHECKING:
    from xdg.DesktopEntry import DesktopEntry


class FreedesktopSystem:
    """The menu's programs and the clipboard."""

    name = "freedesktop"

    def open(self) -> None:
        """Nothing to connect to: entries are files, and the clipboard is asked when it is wanted."""

    def capabilities(self) -> frozenset[str]:
        """Programs can be started, and the clipboard can be read."""
        return frozenset({"programs", "clipboard"})

    def close(self) -> None:
        """Nothing to let go."""

    def programs(self) -> tuple[str, ...]:
        """The names of the programs that the menu shows, in the person's language."""
        return tuple(sorted(_entries()))

    def launch(self, program: str) -> None:
        """Start a program of the menu; raises ExecutionError when there is none of that name or it does not start."""
        entry = _entries().get(program)
        if entry is None:
            raise ExecutionError(f"There is no program “{program}”.")
        if entry.getTerminal():
            raise ExecutionError(f"“{program}” runs in a terminal only: open a terminal program instead.")
        try:
            subprocess.run(
                # A session and a parent of its own: it outlives us, and its Ctrl-C is not ours.
                ["setsid", "--fork", *_command(entry.getExec())],
                check=True,
                cwd=entry.getPath() or Path.home(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            )
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            raise ExecutionError(f"“{program}” does not start: {error}") from error

    def copied(self) -> str:
        """The text on the clipboard; raises ExecutionError when whoever holds it does not answer."""
        with contextlib.closing(open_display()) as display:
            return copied_text(display)


def _entries() -> dict[str, DesktopEntry]:
    """Every program that the menu shows, by its name; of two files of one name the first in the search path counts."""
    from xdg.DesktopEntry import DesktopEntry
    from xdg.Exceptions import Error

    found: dict[str, DesktopEntry] = {}
    seen: set[Path] = set()
    for folder in _folders():
        for file in sorted(folder.rglob("*.desktop")):
            if (identifier := file.relative_to(folder)) in seen:
                continue
            seen.add(identifier)
            with contextlib.suppress(Error, OSError, UnicodeDecodeError, ValueError):
                entry = DesktopEntry(str(file))
                if _is_shown(entry):
                    found.setdefault(entry.getName(), entry)
    return found


def _folders() -> list[Path]:
    own = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    shared = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    return [Path(folder) / "applications" for folder in [own, *shared.split(":")] if folder]


def _is_shown(entry: DesktopEntry) -> bool:
    if entry.getType() != "Application" or entry.getHidden() or entry.getNoDisplay() or not entry.getExec():
        return False
    needed = entry.getTryExec()
    return bool(entry.getName().strip()) and (not needed or shutil.which(needed) is not None)


def _command(line: str) -> list[str]:
    """The words of an `Exec` line, without its field codes, which stand for files that nobody names here.

    Raises:
        ValueError: it is not written as the specification says, or its program is not there.
    """
    words = [word for word in shlex.split(line) if not (len(word) == 2 and word[0] == "%" and word[1] != "%")]
    if not words:
        raise ValueError("its entry names no command")
    if not shutil.which(words[0]):
        raise ValueError(f"{words[0]} is not there")
    return [word.replace("%%", "%") for word in words]
