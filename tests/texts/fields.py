"""The programs that are typed into, and the one that holds the clipboard, each a process of its own."""

import ctypes.util
import json
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 60.0


class Program:
    """A process that says JSON values, one a line."""

    def __init__(self, script: str) -> None:
        command = [sys.executable, str(Path(__file__).with_name(script))]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.last = json.loads(self._lines.get(timeout=PATIENCE))

    def ask(self):
        """Its answer to a line."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return json.loads(self._lines.get(timeout=PATIENCE))

    def shows(self, text: str, patience: float) -> bool:
        """Wait until its text is that one, and for a moment whether it stays so."""
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            try:
                self.last = json.loads(self._lines.get(timeout=0.05 if self.last == text else left))
            except queue.Empty:
                break
        return self.last == text

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)
        self._process.stdin.close()
        self._reader.join(PATIENCE)
        self._process.stdout.close()

    def _read(self) -> None:
        for line in self._process.stdout:
            self._lines.put(line)


def targets() -> dict[str, str]:
    """The programs that can be typed into here, by toolkit."""
    there = {"gtk": ctypes.util.find_library("gtk-3"), "chromium": shutil.which("chromium")}
    scripts = {"qt": "qt_field.py", "gtk": "gtk_field.py", "chromium": "chromium_field.py"}
    return {name: script for name, script in scripts.items() if there.get(name, True)}
