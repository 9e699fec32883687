"""Owns what a child process must keep: its stdout for protocol lines alone, its lines whole, and its parent's lifetime.

Libraries print. A protocol line that shares its pipe with them is broken sooner or later, so a process first moves its
stdout away and points file descriptor 1 at stderr; whatever Python or C prints from then on is a log for people.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Iterator

_CHUNK = 65536
_PR_SET_PDEATHSIG = 1


def take_stdout() -> int:
    """Keep stdout for this process's protocol: its file descriptor moves, and descriptor 1 becomes stderr.

    To be called once, before anything is imported that might print. Returns the descriptor to write lines to; child
    processes do not inherit it.
    """
    if sys.stdout is not None:
        sys.stdout.flush()
    protocol = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return protocol


def write_line(descriptor: int, line: str) -> None:
    """Write one line, whole, in UTF-8; raises OSError when the reader is gone."""
    left = memoryview(line.encode("utf-8", "backslashreplace") + b"\n")
    while left:
        left = left[os.write(descriptor, left) :]


def read_lines(descriptor: int) -> Iterator[bytes]:
    """The lines that arrive, each as soon as it is whole and without its end; ends when the writer is gone.

    Reads the descriptor itself, not Python's file object, whose lock would stop the interpreter from ending while a
    thread waits here.
    """
    rest = b""
    while True:
        try:
            chunk = os.read(descriptor, _CHUNK)
        except OSError:
            chunk = b""
        if not chunk:
            return
        *whole, rest = (rest + chunk).split(b"\n")
        yield from whole


def end_with_parent() -> None:
    """Let the system kill this process when its parent's starting thread ends; where it cannot, stdin's end must do."""
    if not sys.platform.startswith("linux"):
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before we asked
        os._exit(0)
