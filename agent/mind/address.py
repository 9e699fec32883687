"""Owns the name of a model that is served elsewhere: `openai:URL#MODEL`, and what it says of where that is.

`openai:http://host:8000/v1#Qwen/Qwen3-VL-8B-Instruct` is the model `Qwen/Qwen3-VL-8B-Instruct` of the OpenAI-compatible
server whose address ends where `/chat/completions` would begin. Without `#MODEL` it is the only model of that server.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

from agent.errors import InputError

PREFIX: Final = "openai:"
_PORTS: Final = {"http": 80, "https": 443}
_EXAMPLE: Final = "such as openai:http://host:8000/v1#Qwen/Qwen3-VL-8B-Instruct"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a model is served.

    Attributes:
        url: what all paths of the server's interface begin with, without a slash at its end.
        model: as the server calls it; empty for its only one.
        host: name and port, the port left out where it is the usual one; consent and keys are kept by it.
        encrypted: nobody on the way can read what is sent.
        here: the address is this machine's own, so that nothing leaves it.
    """

    url: str
    model: str
    host: str
    encrypted: bool
    here: bool

    @property
    def name(self) -> str:
        """The model and where it is, in a few words."""
        return f"{self.model.rstrip('/').rsplit('/', 1)[-1] or 'model'} at {self.host}"


def is_remote(name: str) -> bool:
    """Whether the name of a model says that it is served elsewhere."""
    return name.startswith(PREFIX)


def read_address(name: str) -> Address:
    """What the name of a served model says.

    Raises:
        InputError: it is no address of a server, or has in it what does not belong into a name.
    """
    url, _, model = name.removeprefix(PREFIX).partition("#")
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise InputError(f"{PREFIX}{url} is no address of a server, {_EXAMPLE}.") from error
    if parts.username is not None or parts.password is not None:
        # Not repeated: what stands before the @ may be a key.
        raise InputError("An address may hold no user name or password: save the key with `deskhand key HOST`.")
    if parts.scheme not in _PORTS or not host or parts.query or _odd(url):
        raise InputError(f"{name} is no model of a server: write openai:, its address and #MODEL, {_EXAMPLE}.")
    place = f"[{host}]" if ":" in host else host
    usual = port is None or port == _PORTS[parts.scheme]
    return Address(
        _base(parts), model.strip(), place if usual else f"{place}:{port}", parts.scheme == "https", _here(host)
    )


def _base(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/").removesuffix("/chat/completions").rstrip("/")


def _odd(url: str) -> bool:
    """Whether there is something in it that no address has, such as a space in the middle or a line's end."""
    return any(letter.isspace() or not letter.isprintable() for letter in url.strip())


def _here(host: str) -> bool:
    """Whether a host is this machine by its very name: what a name server says of other names may change."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
