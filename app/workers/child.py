"""Owns how the shell starts the other processes of Deskhand: which command, in which environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QProcessEnvironment

_ROOT = Path(__file__).resolve().parents[2]


def runner_command() -> list[str]:
    """The runner: a module of this Python, or this program's own verb where it is frozen. It is told whose windows to pass."""
    command = [sys.executable, "runner"] if _frozen() else [sys.executable, "-m", "agent.runner"]
    return [*command, "--shell", str(os.getpid())]


def deskhand_command(*arguments: str) -> list[str]:
    """The `deskhand` command line with these arguments."""
    return [sys.executable, *arguments] if _frozen() else [sys.executable, "-m", "agent.cli", *arguments]


def environment() -> QProcessEnvironment:
    """This process's own, with the checkout or installation it came from first on the path, and UTF-8 everywhere."""
    inherited = QProcessEnvironment.systemEnvironment()
    path = inherited.value("PYTHONPATH")
    inherited.insert("PYTHONPATH", os.pathsep.join([str(_ROOT), *([path] if path else [])]))
    inherited.insert("PYTHONUTF8", "1")
    return inherited


def _frozen() -> bool:
    return bool(getattr(sys, "frozen", False))
