"""Owns the client of the mind process: starts it, hands it conversations and frames, and starts it again when it died."""

from __future__ import annotations

import itertools
import logging
import queue
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from actions.errors import Stopped
from agent.conversation import Conversation
from agent.errors import MindLost, ModelError, OutOfMemory, ProtocolError
from agent.mind.base import Examination, MindInfo, Piece, Reply, ThinkOptions, never
from agent.mind.child import MindProcess
from agent.mind.frames import Segments
from agent.mind.hardware import Wish, lower
from agent.mind.protocol import (
    Answer,
    Cancel,
    Examine,
    Examined,
    Failed,
    Note,
    Ready,
    Replied,
    Request,
    Said,
    error_of,
    examination_of,
    info_of,
    reply_of,
    write_think,
)

log = logging.getLogger(__name__)

_TICK = 0.02
"""Seconds between two looks at whether a silent mind is to be cancelled."""
_CANCEL_PATIENCE = 1.0
"""Seconds to wait for a cancelled turn's tokens; a long read cannot be broken off, and nobody should wait for it."""
_OUTSIDE_REQUESTS = -1


class MindClient:
    """A model in a process of its own, which stays loaded from turn to turn and from run to run.

    Args:
        model: a folder, a hub name or `nano`.
        wish: device, precision and attention, where they are not to be chosen.
        note: told what the mind is busy with when it takes long; called from think, info or examine.
        python: the interpreter that has torch.

    Attributes:
        restarts: how many times the process was started again after it was lost.
    """

    def __init__(
        self, model: str, wish: Wish | None = None, note: Callable[[str], None] = log.info, python: str = sys.executable
    ) -> None:
        self.restarts = 0
        self._model, self._note, self._python = model, note, python
        self._wished = self._wish = wish or Wish()
        self._numbers = itertools.count()
        self._segments = Segments()
        self._process: MindProcess | None = None
        self._info: MindInfo | None = None
        self._was_lost = False

    @property
    def process_id(self) -> int | None:
        """The mind process, if there is one."""
        return self._process.id if self._process else None

    def info(self, cancelled: Callable[[], bool] = never) -> MindInfo:
        """What it is; loads it if need be. Raises ModelError, Stopped; MindLost when the process ended meanwhile."""
        info = self._wait_for_info(cancelled)
        if info is None:
            raise Stopped("Stopped while the model was being loaded.")
        return info

    def think(
        self, conversation: Conversation, options: ThinkOptions, cancelled: Callable[[], bool]
    ) -> Iterator[Piece | Reply]:
        """Say the next turn, piece by piece, then the Reply; see Mind."""
        started, loading = time.perf_counter(), self._info is None
        info = self._wait_for_info(cancelled)
        load = {"load": time.perf_counter() - started} if loading else {}
        if info is None:
            yield Reply("", None, "cancelled", load)
            return
        number = next(self._numbers)
        segments = self._segments.share(conversation.frames)
        self._send(write_think(number, conversation, options, segments))
        for item in self._hear(number, cancelled):
            yield replace(item, seconds=item.seconds | load) if isinstance(item, Reply) else item

    def examine(self) -> Examination:
        """Find out whether the model sees and how quick it is. Raises ModelError."""
        self.info()
        number = next(self._numbers)
        self._send(Examine(id=number))
        while True:
            match self._next(number, None):
                case Examined() as found:
                    return examination_of(found)

    def lighten(self) -> str:
        """Have it loaded anew in a lower precision, until it is closed; names that, or is empty where there is none."""
        lighter = lower(self._info.dtype) if self._info else ""
        if lighter:
            self._end()
            self._wish = replace(self._wished, dtype=lighter)
        return lighter

    def close(self) -> None:
        """End the process and let its frames go; safe to call twice, and the next call of another method starts anew."""
        self._end()
        self._wish = self._wished
        self._segments.close()

    def _wait_for_info(self, cancelled: Callable[[], bool]) -> MindInfo | None:
        """What it is, or None when that was cancelled before it was known."""
        self._start()
        while self._info is None:
            match self._next(_OUTSIDE_REQUESTS, _TICK):
                case Ready() as line:
                    self._info = info_of(line)
                case None if cancelled():
                    return None
        return self._info

    def _hear(self, number: int, cancelled: Callable[[], bool]) -> Iterator[Piece | Reply]:
        """What is said in answer to a request, until its Reply."""
        text, deadline = "", None
        try:
            while deadline is None or time.monotonic() < deadline:
                if deadline is None and cancelled():
                    self._send(Cancel(id=number))
                    deadline = time.monotonic() + _CANCEL_PATIENCE
                match self._next(number, _TICK):
                    case Said(text=piece, thought=thought):
                        text += piece
                        yield Piece(piece, thought)
                    case Replied() as line:
                        number = _OUTSIDE_REQUESTS
                        yield reply_of(line)
                        return
            yield Reply(text, None, "cancelled")
        finally:
            if number != _OUTSIDE_REQUESTS and deadline is None and self._process:
                self._process.send(Cancel(id=number))  # whoever listened went away in the middle

    def _next(self, number: int, patience: float | None) -> Answer | None:
        """The next line that concerns a request, or None after so many seconds; raises what the mind failed with."""
        process = self._start()
        try:
            line = process.answers.get(timeout=patience)
        except queue.Empty:
            return None
        match line:
            case None:
                raise self._lost(None)
            case ProtocolError():
                raise self._lost(str(line))
            case Note(text=text):
                self._note(text)
            case Failed(text=text, lost=True):
                raise self._lost(text)
            case Failed(id=None):
                self._end()
                raise self._not_loaded(line)
            case Failed(id=failed) if failed == number:
                raise error_of(line)
            case Ready():
                return line
            case Said(id=of) | Replied(id=of) | Examined(id=of) if of == number:
                return line
        return None  # of a turn that nobody listens to any more

    def _not_loaded(self, line: Failed) -> ModelError:
        """Why there is no model; where it was only to be lighter, it is none the less, for the next try."""
        if self._wish == self._wished:
            return error_of(line)
        self._wish = self._wished
        return OutOfMemory(line.text)

    def _send(self, request: Request) -> None:
        if not self._start().send(request):
            raise self._lost("its pipe is closed")

    def _start(self) -> MindProcess:
        if self._process is None:
            self.restarts += self._was_lost
            self._was_lost = False
            self._process = MindProcess(self._python, self._model, self._wish)
        return self._process

    def _lost(self, why: str | None) -> MindLost:
        """Clean up after a process that ended; the error to raise, with what it said last if nothing else is known."""
        process = self._process
        self._end()
        self._was_lost = True
        if process is None:
            return MindLost(why or "the mind process ended")
        return MindLost(f"the mind process ended ({process.how_it_ended()}): {why or process.last_words()}")

    def _end(self) -> None:
        process, self._process, self._info = self._process, None, None
        if process is not None:
            process.end()
