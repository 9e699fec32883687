"""How much processor time the shell takes from the start of its process to its window, over a window with nothing in it.

Both are started in turn, in processes of their own, off screen, with their bytecode written and the files warm; the rest
of the machine adds to either, so the least of each counts.
"""

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 9
BARE = """
import os
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication([])
window = QWidget()
window.resize(1120, 760)
window.show()
while not window.windowHandle().isExposed():
    application.processEvents()
application.processEvents()
os._exit(0)
"""
SHELL = [sys.executable, "-m", "app", "--exit-when-shown"]


def rows() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPYCACHEPREFIX": home,
            "XDG_CONFIG_HOME": home,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        spent: dict[str, list[float]] = {"bare": [], "shell": []}
        for _ in range(1 + ROUNDS):
            spent["bare"].append(seconds([sys.executable, "-c", BARE], environment))
            spent["shell"].append(seconds(SHELL, environment))
    # The first of each wrote the bytecode.
    shell, bare = min(spent["shell"][1:]), min(spent["bare"][1:])
    yield {
        "name": "shell_start_over_bare_window",
        "value": round(shell / bare, 2),
        "unit": "ratio of CPU time",
        "baseline": "a bare PySide6 window",
        "goal": 1.8,
        "better": "lower",
    }


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Processor time of a process from its start to its end, its own and the system's on its behalf."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
