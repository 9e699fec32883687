"""Owns the mind that says what it was told to say, in order: for demos and tests, without torch."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from agent.conversation import Conversation
from agent.errors import InputError, ModelError
from agent.mind.apart import Apart
from agent.mind.base import MindInfo, Piece, Reply, ThinkOptions, never

_PIECE = 6


class Scripted:
    """Says the given replies, one a turn, in small pieces.

    Args:
        replies: texts, in order; asked for one more, it raises ModelError.
        delay: seconds before each piece.

    Attributes:
        seen: the conversations it was asked to go on with.
    """

    def __init__(self, replies: Sequence[str], delay: float = 0.0) -> None:
        self.seen: list[Conversation] = []
        self._replies, self._delay = list(replies), delay

    def info(self, cancelled: Callable[[], bool] = never) -> MindInfo:
        """What it is."""
        del cancelled
        return MindInfo("scripted", chosen="It says what is in its script.")

    def think(
        self, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
    ) -> Iterator[Piece | Reply]:
        """Say the next reply of the script. Raises ModelError at its end."""
        del options
        if len(self.seen) >= len(self._replies):
            raise ModelError(f"the script has only {len(self._replies)} replies, and one more was needed")
        reply = self._replies[len(self.seen)]
        self.seen.append(conversation)
        started, said, apart = time.perf_counter(), "", Apart(in_thought=False)
        while said != reply and not cancelled():
            time.sleep(self._delay)
            piece = reply[len(said) : len(said) + _PIECE]
            said += piece
            yield from apart.add(piece)
        yield from apart.rest()
        spent = {"encode": 0.0, "prefill": 0.0, "decode": time.perf_counter() - started}
        yield Reply(said, None, "cancelled" if said != reply else "call" if "</tool_call>" in reply else "end", spent)

    def lighten(self) -> str:
        """There is nothing to make lighter."""
        return ""

    def close(self) -> None:
        """There is nothing to let go of."""


def read_script(path: Path) -> list[str]:
    """The replies in a file: a JSON list of texts, or one JSON text a line. Raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the script {path} cannot be read: {error}") from error
    try:
        whole = text.lstrip().startswith("[")
        replies = json.loads(text) if whole else [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise InputError(f"the script {path} is not JSON: {error}") from error
    if not all(isinstance(reply, str) for reply in replies):
        raise InputError(f"the script {path} must hold texts only, in a list or one a line")
    return list(replies)
