"""Owns the pixels between runner and mind: one named shared-memory segment a frame, which only the client makes and ends.

The client keeps a segment while the conversation refers to its frame, so that a mind that was started again can read it
anew. When the client is killed, its resource tracker unlinks what it left; when that is killed with it, the next client
does. The mind only ever copies.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import weakref
from collections.abc import Iterable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import cast

from actions.frame import Frame
from agent.errors import ModelError

_PREFIX = "deskhand"
_SYSTEM_SEGMENTS = Path("/dev/shm")  # noqa: S108 - where Linux shows them; nothing is written to a guessable name


class Segments:
    """Frames in shared memory, by digest; the client's side."""

    def __init__(self) -> None:
        _sweep()
        self._kept: dict[str, SharedMemory] = {}
        self._end = weakref.finalize(self, _unlink, self._kept)

    def share(self, frames: Iterable[Frame]) -> dict[str, str]:
        """Put the frames into memory that the mind can read, and let go of all others.

        Returns:
            the name of each frame's segment, by digest.

        Raises:
            ModelError: there is no shared memory left.
        """
        wanted = {frame.digest: frame for frame in frames}
        _unlink({digest: self._kept.pop(digest) for digest in set(self._kept) - set(wanted)})
        for digest in set(wanted) - set(self._kept):
            self._kept[digest] = _filled(wanted[digest].rgb)
        return {digest: segment.name for digest, segment in self._kept.items()}

    def close(self) -> None:
        """Let go of everything; safe to call twice."""
        _unlink(self._kept)
        self._kept.clear()


def read_segment(name: str, size: int) -> bytes:
    """A copy of the first `size` bytes of a segment; the mind's side.

    Raises:
        ModelError: there is no such segment, or it is smaller.
    """
    try:
        with _untracked():
            segment = SharedMemory(name)
    except (OSError, ValueError) as error:
        raise ModelError(f"a frame could not be handed to the model: {error}") from error
    try:
        if segment.size < size:
            raise ModelError(f"a frame of {size} bytes was handed to the model in {segment.size}")
        return bytes(cast("memoryview", segment.buf)[:size])
    finally:
        segment.close()


def _filled(rgb: bytes) -> SharedMemory:
    # Short, because macOS allows 30 characters.
    name = f"{_PREFIX}{os.getpid()}.{secrets.token_hex(5)}"
    try:
        segment = SharedMemory(name, create=True, size=len(rgb))
        cast("memoryview", segment.buf)[: len(rgb)] = rgb
    except OSError as error:
        raise ModelError(
            f"no shared memory for a frame: {error}; free some, or show the model smaller frames"
        ) from error
    return segment


def _unlink(segments: dict[str, SharedMemory]) -> None:
    for segment in segments.values():
        segment.close()
        segment.unlink()


@contextlib.contextmanager
def _untracked() -> Iterator[None]:
    """Attach without the resource tracker, which before Python 3.13 would unlink the client's segment when we end."""
    if sys.platform == "win32":
        yield
        return
    register = resource_tracker.register
    resource_tracker.register = lambda name, rtype: None if rtype == "shared_memory" else register(name, rtype)
    try:
        yield
    finally:
        resource_tracker.register = register


def _sweep() -> None:
    """Unlink what clients left that were killed together with their resource trackers, as when a terminal is closed."""
    if not _SYSTEM_SEGMENTS.is_dir():
        return
    for path in _SYSTEM_SEGMENTS.glob(f"{_PREFIX}*.*"):
        number = path.name.removeprefix(_PREFIX).partition(".")[0]
        if number.isdigit() and not _runs(int(number)):
            with contextlib.suppress(OSError):  # gone already, or another user's
                path.unlink()


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # another user's
        return True
    return True
