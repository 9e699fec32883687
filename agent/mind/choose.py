"""Owns the way from the name of a model to a mind."""

from __future__ import annotations

from pathlib import Path

from agent.mind.base import Mind
from agent.mind.client import MindClient
from agent.mind.scripted import Scripted, read_script

_SCRIPTED = "scripted:"


def open_mind(model: str) -> Mind:
    """The mind for a name; a model is loaded when the mind is first asked.

    Args:
        model: `nano`, a folder, a hub name such as `Qwen/Qwen3-VL-4B-Instruct`, or `scripted:FILE`.

    Raises:
        InputError: a script cannot be read.
    """
    if model.startswith(_SCRIPTED):
        return Scripted(read_script(Path(model.removeprefix(_SCRIPTED))))
    return MindClient(model)
