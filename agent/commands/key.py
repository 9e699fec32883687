"""Owns `deskhand key`: the key of a server, kept in the system keyring and never given on the command line."""

from __future__ import annotations

import argparse
import getpass
import sys

from agent.errors import InputError
from agent.mind.address import PREFIX, is_remote, read_address
from agent.mind.key import keep_key


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("host", help="name and port of the server, as in the model's address, or that address itself")
    parser.add_argument("--remove", action="store_true", help="forget the key of this host")


def go(options: argparse.Namespace) -> int:
    """Ask for the key, unseen, or read it from a pipe, and keep it.

    Raises:
        InputError: there is no such host, no key, or no keyring.
    """
    host = read_address(options.host if is_remote(options.host) else f"{PREFIX}https://{options.host}").host
    if options.remove:
        keep_key(host, "")
        print(f"The key of {host} is forgotten.")
        return 0
    asked = getpass.getpass(f"Key of {host}: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not (key := asked.strip()) or not key.isascii() or not key.isprintable():
        raise InputError("That is no key: nothing is kept.")
    keep_key(host, key)
    print(f"The key of {host} is kept in the system keyring.")
    return 0
