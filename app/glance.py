"""Owns the first glance at the settings file: the few values that the window needs before it can be shown.

Reading all settings takes pydantic, which takes as long to import as Qt; that happens while the window is already there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

ThemeChoice = Literal["system", "light", "dark"]
LanguageChoice = Literal["system", "en", "zh_CN"]


@dataclass(frozen=True, slots=True)
class Glance:
    """How the window looks and speaks."""

    theme: ThemeChoice = "system"
    language: LanguageChoice = "system"


def glance(path: Path) -> Glance:
    """The look that a settings file asks for; whatever is missing or broken is the default."""
    try:
        appearance = json.loads(path.read_text(encoding="utf-8"))["appearance"]
        theme, language = appearance.get("theme"), appearance.get("language")
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Glance()
    return Glance(
        theme=cast(ThemeChoice, theme) if theme in get_args(ThemeChoice) else "system",
        language=cast(LanguageChoice, language) if language in get_args(LanguageChoice) else "system",
    )
