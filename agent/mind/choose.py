"""Owns the way from the name of a model to a mind."""

from __future__ import annotations

from pathlib import Path

from agent.mind.address import is_remote, read_address
from agent.mind.base import Mind
from agent.mind.client import MindClient
from agent.mind.remote import RemoteMind
from agent.mind.scripted import Scripted, read_script

_SCRIPTED = "scripted:"


def open_mind(model: str) -> Mind:
    """The mind for a name; a model is loaded when the mind is first asked.

    Args:
        model: `nano`, a folder, a hub name such as `Qwen/Qwen3-VL-4B-Instruct`, `openai:URL#MODEL` for one that is served
            elsewhere, or `scripted:FILE`.

    Raises:
        InputError: a script cannot be read, or the address of a server is none.
    """
    if model.startswith(_SCRIPTED):
        return Scripted(read_script(Path(model.removeprefix(_SCRIPTED))))
    if is_remote(model):
        return RemoteMind(read_address(model))
    return MindClient(model)
