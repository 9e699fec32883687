"""Owns the keys of servers: they lie in the system keyring, by host, and are told to nobody but that host.

Not where `actions/secret.py` looks: what a model may have typed must never be the key of a server.
"""

from __future__ import annotations

from typing import Final

from agent.errors import InputError, ModelError
from agent.mind.address import Address

SERVICE: Final = "deskhand servers"


def key_for(address: Address) -> str:
    """The key of a server; empty where there is none. May wait for the person to unlock the keyring.

    Raises:
        ModelError: the keyring cannot be read, or the key would be sent where others can read it.
    """
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return ""
    try:
        key: str = keyring.get_password(SERVICE, address.host) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        raise ModelError("The system keyring cannot be read: unlock it, then try again.") from error
    if key and not (address.encrypted or address.here):
        raise ModelError(
            f"The key of {address.host} would travel unencrypted: use an https address, or remove the key with "
            f"`deskhand key {address.host} --remove`."
        )
    return key


def keep_key(host: str, key: str) -> None:
    """Keep the key of a server; an empty one removes what is there.

    Raises:
        InputError: there is no keyring that it can be kept in, or nothing to remove.
    """
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError, PasswordDeleteError
    except ImportError as error:
        raise InputError("Keys need the Python package “keyring”, which is not installed.") from error
    try:
        if key:
            keyring.set_password(SERVICE, host, key)
        else:
            keyring.delete_password(SERVICE, host)
    except PasswordDeleteError as error:
        raise InputError(f"The keyring has no key of {host}.") from error
    except NoKeyringError as error:
        raise InputError(
            "This session has no keyring to keep it in: start GNOME Keyring, KWallet or another."
        ) from error
    except KeyringError as error:
        raise InputError("The system keyring cannot be written: unlock it, then try again.") from error
