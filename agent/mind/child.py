"""Owns the mind process as its parent sees it: three pipes, two threads that empty them, and a decent end."""

from __future__ import annotations

import collections
import logging
import os
import queue
import subprocess
import threading
from pathlib import Path
from typing import IO

from agent.errors import MindLost, ProtocolError
from agent.mind.hardware import Wish
from agent.mind.protocol import Answer, Request, read_answer
from agent.process import read_lines, write_line

log = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
_END_PATIENCE = 3.0
"""Seconds in which a process whose stdin was closed must have ended."""
_LAST_WORDS = 20


class MindProcess:
    """The mind as a child process, which lives no longer than the thread that starts it.

    Args:
        python: the interpreter to run it with.
        model: a folder, a hub name or `nano`.
        wish: device, precision and attention, where they are not to be chosen.

    Attributes:
        answers: its lines, in order; an error for one that is none, and None at the end.
    """

    def __init__(self, python: str, model: str, wish: Wish) -> None:
        # -P keeps the folder that we happen to be in from being imported from.
        command = [python, "-P", "-m", "agent.mind.server", "--model", model]
        for option, value in (("--device", wish.device), ("--dtype", wish.dtype), ("--attention", wish.attention)):
            command += [option, value] if value else []
        self._popen = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
        )
        self.answers: queue.SimpleQueue[Answer | ProtocolError | None] = queue.SimpleQueue()
        self._heard: collections.deque[str] = collections.deque(maxlen=_LAST_WORDS)
        self._threads = [
            threading.Thread(target=self._read, args=(_pipe(self._popen.stdout),), daemon=True),
            threading.Thread(target=self._listen, args=(_pipe(self._popen.stderr),), daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def id(self) -> int:
        """The process's number."""
        return self._popen.pid

    def send(self, request: Request) -> bool:
        """Hand over a request; False when the process is gone."""
        try:
            write_line(_pipe(self._popen.stdin), request.model_dump_json())
        except (OSError, ValueError):  # its end is closed, or ours is
            return False
        return True

    def end(self) -> None:
        """Let the process end by itself, or make it."""
        if self._popen.stdin:
            self._popen.stdin.close()
        try:
            self._popen.wait(_END_PATIENCE)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        for thread in self._threads:
            thread.join(_END_PATIENCE)
        for pipe in (self._popen.stdout, self._popen.stderr):
            if pipe:
                pipe.close()

    def how_it_ended(self) -> str:
        """In words, once it has."""
        code = self._popen.returncode
        if code is None or code >= 0:
            return f"exit code {code}"
        return f"signal {-code}" + (", perhaps out of memory" if code == -9 else "")

    def last_words(self) -> str:
        """What it wrote to stderr at last."""
        words = [line for line in self._heard if line]
        return words[-1] if words else "it said nothing"

    def _read(self, stdout: int) -> None:
        # Until its stdout is taken, a start-up file may print; the first line of the protocol ends that.
        begun = False
        for line in read_lines(stdout):
            try:
                self.answers.put(read_answer(line))
                begun = True
            except ProtocolError as error:
                if begun:
                    self.answers.put(error)
        self.answers.put(None)

    def _listen(self, stderr: int) -> None:
        for line in read_lines(stderr):
            text = line.decode("utf-8", "replace").rstrip()
            self._heard.append(text)
            log.debug("mind: %s", text)


def _pipe(pipe: IO[bytes] | None) -> int:
    if pipe is None:
        raise MindLost("the mind process has no pipe")
    return pipe.fileno()


def _environment() -> dict[str, str]:
    """Ours, so that the child finds these packages wherever they lie, and speaks UTF-8."""
    path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "TOKENIZERS_PARALLELISM": "false"}
