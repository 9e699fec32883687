"""Owns the run folder: `events.jsonl`, to which lines are only ever added, and the frames it names, private to the user.

A process that is killed at any byte leaves a folder that reads back whole, up to its last full event. What ends a step is
on the disk before the next step begins; pieces of text in between may be lost with the power, not with the process.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import NoReturn

import platformdirs

from actions.frame import Frame
from agent.errors import ProtocolError, StoreError
from agent.events import Event, RunFinished, RunStarted, StepFinished, event_from_json, event_to_json

EVENTS = "events.jsonl"
FRAMES = "frames"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_SYNCED = (RunStarted, StepFinished, RunFinished)


def runs_root() -> Path:
    """Where the runs of this user lie: below DESKHAND_HOME if that is set, else in the user's data folder."""
    home = os.environ.get("DESKHAND_HOME") or platformdirs.user_data_dir("deskhand", appauthor=False)
    return Path(home) / "runs"


class RunFolder:
    """One run's folder, open for writing. Made by `create`; closing it twice is safe.

    Attributes:
        path: the folder.
    """

    def __init__(self, path: Path, events: int) -> None:
        self.path = path
        self._events: int | None = events
        self._length = 0
        self._frames: set[str] = set()

    @classmethod
    def create(cls, root: Path | None = None) -> RunFolder:
        """Make a new folder below `root` (`runs_root()` if None), named after the time, readable by its owner alone.

        Raises:
            StoreError: the disk is full, or the place may not be written.
        """
        root = root or runs_root()
        path = root / f"{datetime.now().astimezone():%Y-%m-%d_%H-%M-%S}-{secrets.token_hex(3)}"
        try:
            root.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.mkdir(mode=0o700)
            (path / FRAMES).mkdir(mode=0o700)
            events = os.open(path / EVENTS, _NEW | os.O_APPEND, 0o600)
            _sync_folder(path)
        except OSError as error:
            _fail(path, error)
        return cls(path, events)

    @property
    def name(self) -> str:
        """The run's name, which is its folder's."""
        return self.path.name

    def append(self, event: Event) -> None:
        """Add one event; whole, or not at all. What ends a step is on the disk when this returns.

        Raises:
            StoreError: the disk is full, the folder is gone, or it was closed.
        """
        if self._events is None:
            raise StoreError(f"The run in {self.path} is closed; nothing can be added to it.")
        line = event_to_json(event).encode() + b"\n"
        try:
            left = memoryview(line)
            while left:
                left = left[os.write(self._events, left) :]
            self._length += len(line)
            if isinstance(event, _SYNCED):
                os.fsync(self._events)
        except OSError as error:
            with contextlib.suppress(OSError):  # half a line would hide what is appended after it
                os.ftruncate(self._events, self._length)
            _fail(self.path, error)

    def add_frame(self, frame: Frame) -> str:
        """Keep a picture, once, under its digest; returns its file relative to the folder.

        Raises:
            StoreError: the disk is full, or the folder is gone.
        """
        name = f"{FRAMES}/{frame.digest}.png"
        if frame.digest in self._frames:
            return name
        path = self.path / name
        try:
            with os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
                frame.image().save(file, "PNG", compress_level=1)
        except OSError as error:
            with contextlib.suppress(OSError):
                path.unlink()
            _fail(self.path, error)
        self._frames.add(frame.digest)
        return name

    def close(self) -> None:
        """Let the file go."""
        if self._events is not None:
            os.close(self._events)
            self._events = None

    @staticmethod
    def read(path: Path) -> list[Event]:
        """The events of a run's folder; half a line at the end, left by a process that was killed, is passed over.

        Raises:
            StoreError: there is no run, or it was written by another version or damaged.
        """
        try:
            *whole, last = (path / EVENTS).read_bytes().split(b"\n")
        except OSError as error:
            raise StoreError(f"There is no run in {path}: {error.strerror} ({EVENTS}).") from error
        events = [_read(line, path, number) for number, line in enumerate(whole, 1)]
        with contextlib.suppress(ProtocolError):
            events.append(event_from_json(last))
        return events


def _read(line: bytes, path: Path, number: int) -> Event:
    try:
        return event_from_json(line)
    except ProtocolError as error:
        raise StoreError(f"The run in {path} cannot be read: line {number} of {EVENTS} is {error}.") from error


def _sync_folder(path: Path) -> None:
    """Put a new folder's entries on the disk; Windows neither can nor needs to."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fail(path: Path, error: OSError) -> NoReturn:
    advice = "free some space there, or set DESKHAND_HOME to a folder that can be written"
    raise StoreError(f"The run's folder {path} cannot be written ({error.strerror or error}); {advice}.") from error
