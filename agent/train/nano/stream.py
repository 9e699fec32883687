"""Owns reading the samples that the practice generator, a process of its own, writes to its pipe."""

from __future__ import annotations

import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, JsonValue

from agent.errors import AgentError

if TYPE_CHECKING:
    from types import TracebackType

Area = tuple[float, float, float, float]
"""left, top, width, height in pixels of the window."""
Command = list[str]


class TrainError(AgentError):
    """Training cannot go on; the message says what a person can do."""


class Strict(BaseModel):
    """A frozen piece of the generator's JSON; keys that training has no use for are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Widget(Strict):
    """Something with a label: box is what a click must hit, area is box and label together."""

    label: str
    kind: str
    box: Area
    area: Area


class Turn(Strict):
    """What the model is to say at one step; see the sample format of app.practice.generate."""

    frame: int
    task: str = ""
    thought: str
    action: dict[str, JsonValue]
    name: tuple[int, int] | None = None
    target: Area | None = None
    learn: bool = True
    outcome: str = ""


class Header(Strict):
    """The JSON line in front of a record's pixels."""

    lesson: str
    frames: int
    width: int
    height: int
    glyphs: list[tuple[str, float, float]] = []
    widgets: list[Widget] = []
    task: str = ""
    goals: int = 0
    turns: list[Turn] = []


@dataclass(frozen=True, slots=True)
class Record:
    """One sample: header and pictures (frames, height, width, 3) of bytes."""

    header: Header
    frames: np.ndarray


def read_record(pipe: IO[bytes]) -> Record | None:
    """The next record, or None at the end. Raises TrainError when it is cut short."""
    line = pipe.readline()
    if not line:
        return None
    header = Header.model_validate_json(line)
    size = header.frames * header.height * header.width * 3
    pixels = pipe.read(size)
    if len(pixels) < size:
        raise TrainError("The practice generator ended in the middle of a sample.")
    frames = np.frombuffer(pixels, np.uint8).reshape(header.frames, header.height, header.width, 3)
    return Record(header, frames)


def generator(lesson: str, seed: int) -> Command:
    """The command line of the generator for a lesson or a mixture such as "page:0.5,busy:0.5"."""
    command = [sys.executable, "-m", "app.practice.generate", "--lesson", lesson, "--seed", str(seed)]
    return ["nice", "-n", "1", *command] if shutil.which("nice") else command


class Stream:
    """Records of one generator process, read ahead by a thread; iterate over it inside `with`."""

    def __init__(self, command: Command, ahead: int = 256) -> None:
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=1 << 20)
        self._records: queue.Queue[Record | TrainError | None] = queue.Queue(ahead)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._fill, name="samples", daemon=True)
        self._thread.start()

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __iter__(self) -> Iterator[Record]:
        while (record := self._records.get()) is not None:
            if isinstance(record, TrainError):
                raise record
            yield record
        raise TrainError("The practice generator ended; its own message stands above.")

    def close(self) -> None:
        """End the generator and the thread."""
        self._closed.set()
        self._process.kill()
        self._process.wait()
        self._thread.join()
        if self._process.stdout:
            self._process.stdout.close()

    def _fill(self) -> None:
        pipe = self._process.stdout
        if pipe is None:
            return
        try:
            while not self._closed.is_set() and (record := read_record(pipe)):
                self._put(record)
            self._put(None)
        except TrainError as error:
            self._put(error)

    def _put(self, item: Record | TrainError | None) -> None:
        while not self._closed.is_set():
            try:
                self._records.put(item, timeout=0.5)
            except queue.Full:
                continue
            return
