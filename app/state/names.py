"""Owns the names of things as a person knows them."""

from __future__ import annotations

from agent.errors import InputError
from agent.mind.address import Address, is_remote, read_address
from app.translate import tr


def model_name(name: str) -> str:
    """A model's name: the last part of a path, the built-in one explained, a served one with its host."""
    if name == "nano":
        return tr("nano (built in)")
    if address := address_of(name):
        return address.name
    return name.rstrip("/\\").replace("\\", "/").rsplit("/", 1)[-1]


def address_of(name: str) -> Address | None:
    """Where a model is served; None for one of this machine, and where its name says nothing that can be understood."""
    try:
        return read_address(name) if is_remote(name) else None
    except InputError:
        return None


def leaving(name: str) -> str:
    """What it means for the person that this model thinks elsewhere; empty where nothing leaves this machine."""
    address = address_of(name)
    if address is None or address.here:
        return ""
    return tr("Your screen leaves this machine: pictures of it go to {host}.", host=address.host)
