"""The programs that are typed into, and the one that holds the clipboard, each a process of its own."""

import json
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

PATIENCE = 60.0
SYSTEM_PYTHON = "/usr/bin/python3"
TARGETS = ("gtk", "qt", "chromium")
_GTK = "import gi; gi.require_version('Gtk', '3.0'); from gi.repository import Gtk"


class Program:
    """A process that says JSON values, one a line."""

    def __init__(self, script: str, python: str = sys.executable) -> None:
        command = [python, str(Path(__file__).with_name(script))]
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


def field(target: str) -> Program:
    """Start the program of a target."""
    return Program(f"{target}_field.py", SYSTEM_PYTHON if target == "gtk" else sys.executable)


def missing(target: str) -> str:
    """What a target lacks on this machine, or nothing."""
    match target:
        case "gtk":
            found = (
                os.access(SYSTEM_PYTHON, os.X_OK)
                and not subprocess.run([SYSTEM_PYTHON, "-c", _GTK], capture_output=True, check=False).returncode
            )
            return "" if found else "needs GTK 3 for the system's Python (python3-gi, gir1.2-gtk-3.0)"
        case "chromium":
            return "" if shutil.which("chromium") else "needs chromium"
    return ""
