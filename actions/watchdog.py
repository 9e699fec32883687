"""Owns the watchdog: a tiny process that knows what is held down, and lifts it when the process that held it dies.

Each press is noted before it is made, on a pipe; the pipe's end is the death of the writer. What was written to a pipe
arrives even if its writer is killed the moment after.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import IO, Final, cast

from actions.errors import NoDesktop

DOWN: Final = "+"
UP: Final = "-"
READY: Final = "ready"
_PATIENCE: Final = 5.0
_AGAIN: Final = 0.05


class Watchdog:
    """The side of the process that presses. What is held is named by words that the watchdog's lifter understands.

    Args:
        module: the module that is run as the watchdog.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process and wait until it can lift.

        Raises:
            NoDesktop: it cannot.
        """
        command = [sys.executable, "-m", self._module]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        if cast("IO[str]", self._process.stdout).readline().strip() != READY:
            self.stop()
            raise NoDesktop("The watchdog that lifts keys and buttons does not start; its own words are above.")

    def down(self, what: str) -> None:
        """Note a press, before it is made.

        Raises:
            NoDesktop: the watchdog is gone, so that nothing may be pressed.
        """
        try:
            self._write(DOWN + what)
        except OSError as error:
            raise NoDesktop(
                "The watchdog that lifts keys and buttons is gone; nothing is pressed without it."
            ) from error

    def up(self, what: str) -> None:
        """Note a release, after it was made."""
        with contextlib.suppress(OSError):
            self._write(UP + what)

    def stop(self) -> None:
        """End the process; what is still noted as held is lifted. Safe to call twice."""
        if self._process is None:
            return
        process, self._process = self._process, None
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                cast("IO[str]", pipe).close()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _write(self, line: str) -> None:
        if self._process is None:
            raise BrokenPipeError("the watchdog was not started")
        pipe = cast("IO[str]", self._process.stdin)
        pipe.write(line + "\n")
        pipe.flush()


def watch(lines: Iterable[str], lift: Callable[[str], None]) -> None:
    """Follow the notes until they end, then lift what is still held, the last pressed first.

    A signal to the whole process group does not end the watchdog: only the end of its pipe does.
    """
    for number in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
        signal.signal(number, signal.SIG_IGN)
    held: list[str] = []
    for line in lines:
        mark, what = line[:1], line[1:].strip()
        if mark == DOWN:
            held.append(what)
        elif mark == UP and what in held:
            held.remove(what)
    for pause in (0.0, _AGAIN):
        # Twice, because what the dead process sent last may still be on its way to be carried out.
        time.sleep(pause if held else 0)
        for what in reversed(held):
            lift(what)
