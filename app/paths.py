"""Owns where the shell keeps what belongs to the person: the settings file."""

from __future__ import annotations

from pathlib import Path

import platformdirs

APPLICATION = "deskhand"


def settings_file() -> Path:
    """The settings as JSON; the file may be missing."""
    return Path(platformdirs.user_config_dir(APPLICATION, appauthor=False)) / "settings.json"
