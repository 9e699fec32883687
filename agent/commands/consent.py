"""Owns asking for consent in a terminal: before the screen is shown to another machine for the first time."""

from __future__ import annotations

import sys

from agent.commands.terminal import typed_line
from agent.errors import InputError
from agent.mind import consent
from agent.mind.address import is_remote, read_address
from agent.mind.base import never

YES = frozenset({"y", "yes", "j", "ja", "是"})


def agree(model: str, host: str | None) -> None:
    """See to it that the person has agreed where a model is served on another machine; ask them where they can be.

    Args:
        model: its name.
        host: to which they agree on the command line, if they do.

    Raises:
        InputError: they do not agree, or agree to another host than the model's, or nobody is there to be asked.
        StoreError: that they agreed cannot be kept.
    """
    if not is_remote(model):
        if host is not None:
            raise InputError("--consent belongs to a model on a server, and this one is not.")
        return
    address = read_address(model)
    if host is not None and host != address.host:
        raise InputError(f"--consent {host} is not the host of this model: it is {address.host}.")
    if not consent.is_wanted(address):
        return
    if host is None and not _says_yes(f"{consent.question(address)} Do you agree, from now on? [y/N] "):
        consent.check(address)
    consent.consent(address.host)


def _says_yes(question: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(question, end="", file=sys.stderr, flush=True)
    return (typed_line(never) or "").strip().casefold() in YES
