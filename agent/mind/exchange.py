"""Owns speaking HTTP with a server that thinks: timeouts, trying again, and one clear sentence for whatever goes wrong."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from agent.errors import ModelError, ServerLost
from agent.mind.address import Address
from agent.mind.aside import Aside
from agent.mind.stream import Chunk, chunks
from agent.mind.trouble import Again, broken, lost, refusal

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)

_OK: Final = 200
_NO_LIST: Final = frozenset({404, 405, 500, 501})
"""Answers of servers that do not list their models; transformers fails at it where nothing was ever downloaded."""
_LONGEST_WAIT: Final = 120.0
"""Seconds; a server that wants to be left alone for longer is told of instead."""
_ANSWER: Final = 1_000_000
"""Most bytes of an answer that is no stream which are read for what it says."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds, and how often is asked again.

    Attributes:
        connect: for the connection.
        first: for the first piece of a reply, after what was sent has been read.
        between: for each further piece.
        tries: how often is asked at all.
        pause: before asking for the second time; doubled each time, and each time drawn from 0.5 to 1 of it.
    """

    connect: float = 10.0
    first: float = 300.0
    between: float = 60.0
    tries: int = 5
    pause: float = 0.5


class Exchange:
    """Requests to one server. Redirects are not followed: what was consented to is this host.

    Args:
        address: of the server.
        key: sent with each request, and told to nobody; empty for none.
        patience: how long and how often.
    """

    def __init__(self, address: Address, key: str, patience: Patience) -> None:
        self._address, self._key, self._patience = address, key, patience

    def stream(self, body: bytes, cancelled: Callable[[], bool]) -> Iterator[Chunk]:
        """The chunks of a reply; ends early when cancelled. Once one was told, nothing is tried again.

        Raises:
            ModelError: the server refuses, or does not answer as such a server does.
            ServerLost: it cannot be reached, went away or fell silent.
        """

        async def work(tell: Callable[[Chunk], None]) -> None:
            await self._persist(lambda client: self._converse(client, body, tell))

        return Aside(work).items(cancelled)

    def models(self, cancelled: Callable[[], bool]) -> Iterator[bytes]:
        """The server's list of its models, as it is sent; nothing where it has none. Raises as `stream`."""

        async def work(tell: Callable[[bytes], None]) -> None:
            await self._persist(lambda client: self._list(client, tell))

        return Aside(work).items(cancelled)

    async def _persist(self, ask: Callable[[httpx2.AsyncClient], Awaitable[None]]) -> None:
        """Ask until it goes well, or will not."""
        import httpx2

        limits = httpx2.Timeout(self._patience.first, connect=self._patience.connect)
        for attempt in range(1, self._patience.tries + 1):
            try:
                # What goes to this machine goes through no proxy that the environment names.
                async with httpx2.AsyncClient(timeout=limits, trust_env=not self._address.here) as client:
                    await ask(client)
                return
            except Again as again:
                if attempt == self._patience.tries:
                    raise again.error from None
                await asyncio.sleep(self._pause(again, attempt))

    async def _converse(self, client: httpx2.AsyncClient, body: bytes, tell: Callable[[Chunk], None]) -> None:
        import httpx2

        spoken, patience = False, self._patience.first
        url = f"{self._address.url}/chat/completions"
        try:
            async with (
                asyncio.timeout(patience) as waiting,
                client.stream("POST", url, content=body, headers=self._headers("text/event-stream")) as response,
            ):
                await self._accept(response, "text/event-stream")
                async with (
                    contextlib.aclosing(response.aiter_bytes()) as pieces,
                    contextlib.aclosing(chunks(pieces, self._address.host)) as told,
                ):
                    async for chunk in told:
                        tell(chunk)
                        if chunk.speaks:
                            spoken, patience = True, self._patience.between
                            waiting.reschedule(asyncio.get_running_loop().time() + patience)
        except TimeoutError as error:
            raise ServerLost(f"{self._address.host} said nothing for {patience:g} seconds") from error
        except (httpx2.HTTPError, ServerLost) as error:
            raise lost(error, self._address) if spoken else broken(error, self._address) from error

    async def _list(self, client: httpx2.AsyncClient, tell: Callable[[bytes], None]) -> None:
        import httpx2

        url = f"{self._address.url}/models"
        try:
            async with client.stream("GET", url, headers=self._headers("application/json")) as response:
                if response.status_code in _NO_LIST:
                    return
                await self._accept(response, "application/json")
                tell(await _beginning(response))
        except httpx2.HTTPError as error:
            raise broken(error, self._address) from error

    async def _accept(self, response: httpx2.Response, wanted: str) -> None:
        """Let an answer of the wanted kind through, and raise what any other one means."""
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if response.status_code == _OK and kind == wanted:
            return
        said = await _beginning(response)
        raise refusal(response, kind, said, self._address, self._key)

    def _headers(self, accept: str) -> dict[str, str]:
        # Not compressed: a little that unpacks to a lot is no answer, either.
        headers = {"Accept": accept, "Accept-Encoding": "identity", "Content-Type": "application/json"}
        return headers | ({"Authorization": f"Bearer {self._key}"} if self._key else {})

    def _pause(self, again: Again, attempt: int) -> float:
        pause: float = self._patience.pause * 2.0 ** (attempt - 1) * random.uniform(0.5, 1.0)
        if again.after is not None:
            if again.after > _LONGEST_WAIT:
                raise ModelError(f"{again.error}; it asks to be left alone for {again.after:.0f} seconds.") from None
            pause = max(pause, again.after)
        log.info("%s; asking again in %.1f s", again.error, pause)
        return pause


async def _beginning(response: httpx2.Response) -> bytes:
    """As much of an answer as anybody needs."""
    said = b""
    async with contextlib.aclosing(response.aiter_bytes()) as pieces:
        async for piece in pieces:
            said += piece
            if len(said) >= _ANSWER:
                break
    return said[:_ANSWER]
