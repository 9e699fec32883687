"""Owns the names of things as a person knows them."""

from __future__ import annotations

from app.translate import tr


def model_name(name: str) -> str:
    """A model's name: the last part of a path, the built-in one explained."""
    if name == "nano":
        return tr("nano (built in)")
    return name.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]
