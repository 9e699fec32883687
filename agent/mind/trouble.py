"""Owns what goes wrong with a server, told in one sentence, and whether it may go well the next time."""

from __future__ import annotations

import email.utils
import json
import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from agent.errors import AgentError, ModelError, ServerLost
from agent.mind.address import Address
from agent.mind.stream import words_of

if TYPE_CHECKING:
    import httpx2

_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504, 529})
"""Answers that may be others a little later."""


class Again(Exception):
    """What went wrong may go well the next time; `after` is how many seconds the server wants until then."""

    def __init__(self, error: AgentError, after: float | None = None) -> None:
        super().__init__(str(error))
        self.error, self.after = error, after


def lost(error: BaseException, address: Address) -> ServerLost:
    """What it means that a server went away while it was speaking."""
    return (
        error if isinstance(error, ServerLost) else ServerLost(f"{address.host} broke off in the middle of its reply")
    )


def broken(error: BaseException, address: Address) -> Again | ModelError:
    """What it means that there is no connection to a server, or one that broke before anything was said."""
    import httpx2

    host = address.host
    if isinstance(error, ServerLost):
        return Again(error)
    reason = next((found for found in _chain(error) if isinstance(found, ssl.SSLError)), None)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return ModelError(f"The certificate of {host} cannot be verified: {reason.verify_message}.")
    if reason is not None:
        return ModelError(f"{host} does not speak https: {reason.reason or reason}.")
    if isinstance(error, httpx2.LocalProtocolError | httpx2.UnsupportedProtocol | httpx2.ProxyError):
        return ModelError(f"Nothing can be sent to {host}: {error}.")
    if (
        isinstance(error, httpx2.RemoteProtocolError)
        and "disconnected" not in str(error)
        and "closed" not in str(error)
    ):
        return ModelError(f"{host} does not speak http: check the address.")
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        return Again(ServerLost(f"{host} cannot be reached ({_reason(error)})"))
    return Again(ServerLost(f"{host} broke off before its reply"))


def refusal(response: httpx2.Response, kind: str, said: bytes, address: Address, key: str) -> Again | ModelError:
    """What an answer means that is not the wanted one. The key is in none of its words, whatever the server repeats."""
    host, status = address.host, response.status_code
    told = _words(kind, said)
    words = f": {told.replace(key, '…') if key else told}" if told else ""
    if status in _BUSY:
        busy = "is busy" if status in {429, 503, 529} else "has an error of its own"
        return Again(ServerLost(f"{host} {busy} ({status}){words}"), _after(response.headers.get("retry-after", "")))
    if status in {401, 403}:
        which = "does not accept its key" if key else "wants a key"
        return ModelError(f"{host} {which} ({status}): save it with `deskhand key {host}`.")
    if 300 <= status < 400:
        return ModelError(f"{host} sends elsewhere ({status}), where Deskhand does not follow: use the final address.")
    if status == 404:
        return ModelError(
            f"{host} has no such model, or no such interface at {address.url} (404){words or ': it mostly ends with /v1.'}"
        )
    if status == 200:
        return ModelError(
            f"{host} answers with {kind or 'something of no kind'} instead of a reply{words or ': check the address.'}"
        )
    return ModelError(f"{host} refuses the request ({status}){words or '.'}")


def _reason(error: BaseException) -> str:
    """Why there is no connection, in the system's words."""
    found = next((each for each in _chain(error) if isinstance(each, OSError) and each.errno), None)
    if found is None:
        return "it does not answer"
    # asyncio puts words of its own in place of the system's; a name server's numbers are not the system's.
    return found.strerror or "" if isinstance(found, socket.gaierror) else os.strerror(found.errno or 0)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of."""
    seen: set[int] = set()
    todo = [error]
    while todo:
        found = todo.pop(0)
        if id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        todo += [cause for cause in (found.__cause__, found.__context__) if cause is not None]
        todo += found.exceptions if isinstance(found, BaseExceptionGroup) else ()


def _words(kind: str, said: bytes) -> str:
    """What an answer says, if it is meant for somebody to read."""
    if kind == "application/json":
        try:
            return words_of(json.loads(said))
        except ValueError:
            return ""
    return words_of(said.decode("utf-8", "replace")) if kind == "text/plain" else ""


def _after(header: str) -> float | None:
    """The seconds that a Retry-After asks for, which may be a number or a date."""
    try:
        return max(0.0, float(header))
    except ValueError:
        pass
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
