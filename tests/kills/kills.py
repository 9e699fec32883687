"""Kills at random moments: a process that works the real hands is killed, and the X server is asked when all is up."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from server import Server

KINDS = ("drag", "hold", "chord", "typing")
BAR_MS = 200.0
_WATCHED, _LOST, _POLL = 0.25, 2.0, 0.001
"""Seconds after a kill: that are watched in any case, as late events may press again; after which it is held for good."""


@dataclass
class Kills:
    """What came of them."""

    kills: int = 0
    held: int = 0
    all_up: int = 0
    slowest_ms: float = 0.0
    keyboard_kept: int = 0
    late: list[str] = field(default_factory=list)


@contextmanager
def workers() -> Iterator[subprocess.Popen[str]]:
    """The process that starts those that are killed."""
    command = [sys.executable, str(Path(__file__).with_name("worker.py"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def kills(seed: int, count: int) -> Kills:
    """Kill so many, each kind of work in turn."""
    dice, found, server = random.Random(seed), Kills(), Server()
    with workers() as process:
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            process.stdin.write(kind + "\n")
            process.stdin.flush()
            said = {process.stdout.readline().strip() for _ in range(2)}
            victim = int((said - {"at work"}).pop())
            time.sleep(dice.uniform(0.0, 0.3))
            _kill(victim, kind, server, found)
    server.close()
    return found


def _kill(victim: int, kind: str, server: Server, found: Kills) -> None:
    os.kill(victim, signal.SIGKILL)
    killed = time.monotonic()
    first = server.down()
    up_after, down = 0.0, bool(first)
    while (now := time.monotonic() - killed) < _WATCHED or (down and now < _LOST):
        if server.down():
            down = True
        elif down:
            up_after, down = time.monotonic() - killed, False
        time.sleep(_POLL)
    found.kills += 1
    found.held += bool(first)
    found.keyboard_kept += server.map() == server.meanings
    milliseconds = (_LOST if down else up_after) * 1000
    found.slowest_ms = max(found.slowest_ms, round(milliseconds, 1))
    if not down and milliseconds <= BAR_MS:
        found.all_up += 1
    else:
        found.late.append(f"{kind}: {first} after {milliseconds:.0f} ms: {server.down()}")
    server.lift()
