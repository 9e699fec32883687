"""Owns where shipped files lie, in a checkout, an installed wheel and a frozen program alike."""

from __future__ import annotations

import sys
from pathlib import Path


def asset(name: str) -> Path:
    """The path of a shipped file or folder, such as `prompts/system.txt`.

    Raises:
        FileNotFoundError: it was not shipped.
    """
    root = Path(getattr(sys, "_MEIPASS", Path(__file__).resolve().parent.parent))
    path = root / "assets" / name
    if not path.exists():
        raise FileNotFoundError(f"the shipped file {path} is missing; install Deskhand again")
    return path
