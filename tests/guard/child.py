"""A child process that tells and is told by JSON lines."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 30.0


class Child:
    def __init__(self, script: str, *words: str, python: str = sys.executable) -> None:
        command = [python, str(Path(__file__).with_name(script)), *words]
        # Without scaling, the toolkit's places are the screen's pixels.
        env = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_ENABLE_HIGHDPI_SCALING": "0"}
        self._process = subprocess.Popen(command, env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.heard: list[dict] = []

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, word: str, *what) -> None:
        """Say something, and do not wait for it."""
        self._process.stdin.write(json.dumps([word, *what]) + "\n")
        self._process.stdin.flush()

    def say(self, word: str, *what) -> None:
        """Say something, and wait until it is done."""
        self.tell(word, *what)
        self.until("did", word=word)

    def hear(self, patience: float = PATIENCE) -> dict:
        """The next thing that it tells, or told while something else was waited for; raises queue.Empty if it is silent."""
        return self.heard.pop(0) if self.heard else json.loads(self._lines.get(timeout=patience))

    def until(self, kind: str, **what) -> dict:
        """The first thing like that which it tells from now on; what it told before is in `heard`."""
        while True:
            said = json.loads(self._lines.get(timeout=PATIENCE))
            if said["kind"] == kind and what.items() <= said.items():
                return said
            self.heard.append(said)

    def told(self, rest: float = 0.0) -> list[dict]:
        """What it told since it was last asked, once it has been silent for a while."""
        time.sleep(rest)
        while not self._lines.empty():
            self.heard.append(json.loads(self._lines.get()))
        heard, self.heard = self.heard, []
        return heard

    def close(self) -> None:
        self._process.stdin.close()
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)
