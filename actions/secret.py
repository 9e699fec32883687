"""Owns reading a secret's text from the system keyring: the one place where it comes in, for as long as it is typed."""

from __future__ import annotations

from typing import Final

from actions.errors import ExecutionError

SERVICE: Final = "deskhand"
"""Under which name the keyring holds them: nothing else in it can be asked for."""


def reveal(name: str) -> str:
    """The text of a secret; may wait for the person to unlock the keyring.

    Raises:
        ExecutionError: there is no such secret, or no keyring that can be read.
    """
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError as error:
        raise ExecutionError("Secrets need the Python package “keyring”, which is not installed.") from error
    try:
        text: str | None = keyring.get_password(SERVICE, name)
    except NoKeyringError as error:
        raise ExecutionError(
            "This session has no keyring to take secrets from: start GNOME Keyring, KWallet or another."
        ) from error
    except KeyringError as error:
        raise ExecutionError("The system keyring cannot be read: unlock it, then try again.") from error
    if not text:
        raise ExecutionError(f"The keyring has no secret “{name}”: save it with `keyring set {SERVICE} NAME`.")
    return text
