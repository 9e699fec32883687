"""Owns the runner process, `python -m agent.runner`: intents come in and events go out, one JSON line each.

It is the only process that looks and acts. Its stdout is kept for the protocol before anything else is imported.
"""

from __future__ import annotations

from agent.process import read_lines, take_stdout, write_line

_PROTOCOL = take_stdout() if __name__ == "__main__" else -1

import argparse
import collections
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import assert_never

from agent.control import Answer, Control
from agent.errors import ProtocolError
from agent.events import Event, Noted, RunFinished, event_to_json
from agent.host import Host
from agent.intents import Approve, Deny, Intent, Pause, Quit, Resume, StartRun, Stop, TakeOver, Unload, intent_from_json

_FAREWELL = 2.0
"""Seconds that a reader gets for the last lines when the process ends."""


class Outlet:
    """Writes lines in a thread of its own, so that a reader who hangs holds up neither the hands nor the record.

    Args:
        descriptor: to write to.
        gone: called, once, when the reader is gone.
    """

    def __init__(self, descriptor: int, gone: Callable[[], None]) -> None:
        self._descriptor, self._gone = descriptor, gone
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="events", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Write a line soon, after those before it."""
        self._lines.put(line)

    def close(self) -> None:
        """Write what is left, if anybody reads it."""
        self._lines.put(None)
        self._thread.join(_FAREWELL)

    def _work(self) -> None:
        try:
            while (line := self._lines.get()) is not None:
                write_line(self._descriptor, line)
        except OSError:
            self._gone()


class Runner:
    """Reads intents in a thread, and works on one run at a time in the main thread.

    Args:
        intents: descriptor to read lines from.
        events: descriptor to write lines to.
        shell: the process whose windows are our own; None where there is no shell.
    """

    def __init__(self, intents: int, events: int, shell: int | None = None) -> None:
        self._intents, self._attended = intents, shell is not None
        self._host = Host(self._stop, shell)
        self._jobs: queue.Queue[tuple[StartRun, Control] | Unload | None] = queue.Queue()
        # Of the runs that were asked for and are not over, the one at work first: a stop may come before a run begins.
        self._controls: collections.deque[Control] = collections.deque()
        self._outlet = Outlet(events, self.end)

    def serve(self) -> None:
        """Work until told to quit, or until whoever sends the intents is gone."""
        threading.Thread(target=self._read, name="intents", daemon=True).start()
        try:
            while (job := self._next()) is not None:
                if isinstance(job, Unload):
                    self._tell(self._host.unload())
                else:
                    self._run(*job)
        finally:
            self._host.close()
            self._outlet.close()

    def _next(self) -> tuple[StartRun, Control] | Unload | None:
        """What to do next; None at the end. A model that nobody has used for long is let go."""
        try:
            return self._jobs.get(timeout=self._host.patience)
        except queue.Empty:
            return Unload()

    def _run(self, start: StartRun, control: Control) -> None:
        for event in self._host.run(start, control):
            if isinstance(event, RunFinished):
                self._controls.popleft()
            self._tell(event)

    def _tell(self, event: Event) -> None:
        self._outlet.write(event_to_json(event))

    def _read(self) -> None:
        for line in read_lines(self._intents):
            try:
                intent = intent_from_json(line)
            except ProtocolError as error:
                self._tell(Noted(at=time.time(), words=f"The runner was sent {error}", level="warning"))
                continue
            if isinstance(intent, Quit):
                break
            self._take(intent)
        self.end()

    def end(self) -> None:
        """End every run and then the process; callable from any thread and from a signal."""
        for control in tuple(self._controls):
            control.stop()
        self._jobs.put(None)

    def _take(self, intent: Intent) -> None:
        match intent:
            case StartRun():
                control = Control(attended=self._attended)
                self._controls.append(control)
                self._jobs.put((intent, control))
            case Unload():
                self._jobs.put(intent)
            case Stop():
                self._stop()
            case Quit():
                self.end()
            case _:
                for control in tuple(self._controls)[:1]:
                    self._steer(intent, control)

    def _steer(self, intent: Approve | Deny | Pause | Resume | TakeOver, control: Control) -> None:
        match intent:
            case Approve(step=step, index=index, note=note):
                control.answer(step, index, Answer(approved=True, note=note))
            case Deny(step=step, index=index, note=note):
                control.answer(step, index, Answer(approved=False, note=note))
            case Pause():
                control.pause()
            case Resume():
                control.resume()
            case TakeOver():
                control.take_over()
            case _:
                assert_never(intent)

    def _stop(self) -> None:
        """Stop what was asked for so far; callable from any thread.

        A second stop ends the process: the watchdog lifts what is held, and the mind ends too.
        """
        controls = tuple(self._controls)
        if controls and controls[0].stopped():
            os._exit(1)
        for control in controls:
            control.stop()


def main(events: int, argv: Sequence[str] | None = None) -> int:
    """Serve stdin's intents; a TERM signal ends the run and the process."""
    parser = argparse.ArgumentParser(prog="deskhand runner", description=__doc__)
    parser.add_argument("--shell", type=int, metavar="PID", help="the process whose windows are neither seen nor hit")
    runner = Runner(sys.stdin.fileno(), events, parser.parse_args(argv).shell)
    signal.signal(signal.SIGTERM, lambda *_: runner.end())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runner.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(_PROTOCOL))
