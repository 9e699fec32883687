"""A real X screen with a window that tells what happens to it, and the real desktop in a process of its own."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PATIENCE = 30.0


class Talker:
    """A child process that speaks JSON lines."""

    def __init__(self, script: str, env: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**env, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        )
        self._said: list[dict] = []
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def hear(self, patience: float = PATIENCE):
        """The next thing it says."""
        try:
            return json.loads(self._lines.get(timeout=patience))
        except queue.Empty:
            pytest.fail(f"silent for {patience:g} s after {self._said}")

    def until(self, kind: str, **what) -> list[dict]:
        """What it says, up to and with the first event like that."""
        said = self._said = []
        while True:
            said.append(self.hear())
            if said[-1]["kind"] == kind and what.items() <= said[-1].items():
                return said

    def forget(self) -> None:
        """Pass over what it has said."""
        while not self._lines.empty():
            self._lines.get()

    def say(self, *request):
        """Ask, and hear the answer."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def end(self) -> None:
        self.process.stdin.close()
        self.process.terminate()
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.process.stdout.close()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)


class Hands(Talker):
    """The real desktop's process."""

    def act(self, at=(0, 0), stop_after: int = 1_000_000, **arguments):
        """Do an action, named in the model's words, for a pixel of the desktop."""
        if arguments["action"] not in ("key", "type", "hold_key"):
            arguments.setdefault("coordinate", [0, 0])
        return self.say("act", arguments, list(at), stop_after)


@contextmanager
def real_hands(env: dict[str, str]) -> Iterator[Hands]:
    hands = Hands("hands.py", env)
    try:
        assert hands.hear() == "ready"
        yield hands
        hands.process.stdin.close()
        assert hands.process.wait(PATIENCE) == 0
    finally:
        hands.end()


@pytest.fixture(scope="module")
def real_target(screen: dict[str, str]) -> Iterator[Talker]:
    """The window, which lives as long as a file's tests."""
    talker = Talker("target_window.py", screen)
    try:
        talker.places = talker.until("ready")[-1]
        yield talker
    finally:
        talker.end()


@pytest.fixture(scope="module")
def module_hands(screen: dict[str, str], real_target: Talker) -> Iterator[Hands]:
    with real_hands(screen) as hands:
        yield hands


@pytest.fixture
def target(real_target: Talker, module_hands: Hands) -> Talker:
    """The window, its plain area with the focus, nothing told yet."""
    left, top, width, height = real_target.places["area"]
    module_hands.act((left + width // 8, top + height // 2), action="left_click")
    real_target.until("release")
    real_target.forget()
    return real_target


@pytest.fixture
def hands(module_hands: Hands, target: Talker) -> Hands:
    """The real desktop."""
    return module_hands
