"""Owns the person's consent that pictures of their screen go to another machine: asked for once a host, kept in a file."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import InputError, StoreError
from agent.mind.address import Address

FILE = "consents.json"


class Consents(BaseModel):
    """The hosts that may see the screen, each with when the person said so (ISO 8601)."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    version: Literal[1] = 1
    hosts: dict[str, str] = Field(default_factory=dict)


def consents_file() -> Path:
    """Where it is kept, beside the settings; the file may be missing."""
    return Path(platformdirs.user_config_dir("deskhand", appauthor=False)) / FILE


def is_wanted(address: Address) -> bool:
    """Whether the person must be asked before anything that is seen goes there."""
    return not address.here and address.host not in _read().hosts


def question(address: Address) -> str:
    """What the person is asked, in full sentences."""
    plain = "" if address.encrypted else " The connection is not encrypted: others on the way can see them, too."
    return f"Your screen leaves this machine: pictures of it, and what you write, go to {address.host}.{plain}"


def check(address: Address) -> None:
    """Let nothing through that the person has not agreed to.

    Raises:
        InputError: they have not been asked yet.
    """
    if is_wanted(address):
        raise InputError(f"{question(address)} If you agree, say so once with --consent {address.host}.")


def consent(host: str) -> None:
    """Keep that the person agreed, for good.

    Raises:
        StoreError: it cannot be kept.
    """
    hosts = _read().hosts | {host: datetime.now(UTC).isoformat(timespec="seconds")}
    path = consents_file()
    fresh = path.with_suffix(f".{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(Consents(hosts=hosts).model_dump_json(indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise StoreError(f"Your consent cannot be kept in {path}: {error.strerror}.") from error


def _read() -> Consents:
    """What was agreed to; nothing, where that cannot be read."""
    try:
        return Consents.model_validate_json(consents_file().read_bytes())
    except (OSError, ValidationError):
        return Consents()
