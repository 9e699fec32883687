"""Owns asking another machine over HTTP: one try gives its answer, or why there is none and whether another may.

The standard library does it, so that a download stands on nothing that changes with a library's version. Certificates are
verified always; a token goes to the machine that was asked, never to where that one points on.
"""

from __future__ import annotations

import http.client
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")

SILENCE = 30.0
"""Seconds without a byte after which a connection counts as lost."""
WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try."""
_LONGEST_WAIT = 120.0
_PIECE = 1 << 20
_AGAIN = (408, 425, 429)


class NoAnswer(Exception):
    """There was none that can be used; the text says why, as the end of a sentence.

    Attributes:
        status: of an answer that refuses; 0 where there was no answer.
        code: what kind of refusal, in the hub's word for it.
        passing: another try may do.
        wait: seconds that the other machine wants us to wait.
    """

    def __init__(self, why: str, status: int = 0, code: str = "", wait: float = 0.0, *, passing: bool = True) -> None:
        super().__init__(why)
        self.status, self.code, self.wait, self.passing = status, code, wait, passing


def ask(url: str, token: str = "", start: int = 0) -> http.client.HTTPResponse:
    """Open a URL, from a byte on if the other side can; to be closed by the caller. Raises NoAnswer."""
    if not url.startswith(("http://", "https://")):
        raise NoAnswer(f"{url} is no web address", passing=False)
    headers = {"User-Agent": "deskhand", "Accept-Encoding": "identity"}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - the scheme is checked above
    if start:
        request.add_header("Range", f"bytes={start}-")
    if token:
        request.add_unredirected_header("Authorization", f"Bearer {token}")
    try:
        answer: http.client.HTTPResponse = _opener().open(request, timeout=SILENCE)
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _lost(error, "it cannot be reached") from error
    return answer


def pieces(answer: http.client.HTTPResponse) -> Iterator[bytes]:
    """What an answer holds, as it comes. Raises NoAnswer when the connection is lost; a short answer just ends."""
    while True:
        try:
            piece = answer.read1(_PIECE)
        except (OSError, http.client.HTTPException) as error:
            raise _lost(error, "the connection was lost") from error
        if not piece:
            return
        yield piece


def patiently(go: Callable[[], Result], note: Callable[[str], None]) -> Result:
    """What `go` returns, after further tries if need be. Raises NoAnswer."""
    for wait in WAITS:
        try:
            return go()
        except NoAnswer as error:
            if not error.passing:
                raise
            pause(error, wait, note)
    return go()


def pause(error: NoAnswer, wait: float, note: Callable[[str], None]) -> None:
    """Wait before another try, as long as the other side wants."""
    wait = min(max(wait, error.wait), _LONGEST_WAIT)
    note(f"{error}; trying again in {wait:.0f} s")
    time.sleep(wait)


@cache
def _opener() -> urllib.request.OpenerDirector:
    import certifi

    # The system's certificates, which may hold a company's own, and those that come along, for systems without.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))


def _refused(error: urllib.error.HTTPError) -> NoAnswer:
    passing = error.code >= http.client.INTERNAL_SERVER_ERROR or error.code in _AGAIN
    wait = error.headers.get("Retry-After", "")
    seconds = float(wait) if wait.isdigit() else 0.0
    code = error.headers.get("X-Error-Code", "")
    return NoAnswer(f"it answered {error.code} {error.reason}", error.code, code, seconds, passing=passing)


def _lost(error: Exception, what: str) -> NoAnswer:
    reason = getattr(error, "reason", error)
    if isinstance(reason, ssl.SSLCertVerificationError):
        return NoAnswer("its certificate cannot be trusted", passing=False)
    if isinstance(reason, TimeoutError):
        return NoAnswer(f"nothing came for {SILENCE:.0f} s")
    return NoAnswer(f"{what} ({str(reason) or type(reason).__name__})".replace("\n", " "))
