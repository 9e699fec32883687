"""Stops at random moments: the stop key is pressed while a real run types ten thousand characters.

The time runs from the press of the last stop key to the last event that the run made, in the X server's own clock. In
every second trial the shell that should read the events is stopped by SIGSTOP first.
"""

import contextlib
import json
import os
import random
import signal
import string
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from server import Ear, Server
from Xlib import XK, X

from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.intents import Capture, StartRun, intent_to_json

STOP_BAR_MS = 50
_IN_MIDST_MS = 100
_PATIENCE, _WELL_UNDER_WAY, _REST = 120.0, 200, 0.5
CHORD = ("Control_L", "Shift_L", "Escape")


def text_of(dice: random.Random) -> str:
    """Ten thousand characters.

    None needs Shift: it would be lifted under the finger that presses the stop key, as here both are one keyboard's.
    """
    return "".join(dice.choices(string.ascii_lowercase + "0123456789 ,.你好世界é", k=10_000))


def stops(seed: int, count: int) -> list[int]:
    """How many milliseconds each stop took."""
    dice, server = random.Random(seed), Server()
    try:
        with PracticeDesk(place=(500, 300)) as desk:
            desk.deal(3, "press", 1)
            return [_stop(dice, server, frozen=bool(number % 2)) for number in range(count)]
    finally:
        server.close()


def _stop(dice: random.Random, server: Server, *, frozen: bool) -> int:
    ear = Ear()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "script.json"
        call = {"name": "computer_use", "arguments": {"action": "type", "text": text_of(dice)}}
        script.write_text(json.dumps([f"<tool_call>\n{json.dumps(call, ensure_ascii=False)}\n</tool_call>"]))
        capture = Capture(kind="window", name=WINDOW)
        start = StartRun(task="x", model=f"scripted:{script}", mode="free", capture=capture)
        command = [sys.executable, str(Path(__file__).with_name("shell.py")), intent_to_json(start)]
        env = {**os.environ, "DESKHAND_HOME": folder}
        with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as shell:
            runner = int(shell.stdout.readline())
            try:
                _until(lambda: len(ear.heard) > _WELL_UNDER_WAY or shell.poll() is not None)
                if shell.poll() is not None:
                    raise RuntimeError(f"the run ended before it typed: {shell.stdout.read()}")
                time.sleep(dice.uniform(0, 0.5))
                if frozen:
                    shell.send_signal(signal.SIGSTOP)
                return _pressed(server, ear)
            finally:
                shell.send_signal(signal.SIGCONT)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(runner, signal.SIGKILL)
                ear.close()


def _pressed(server: Server, ear: Ear) -> int:
    """Press the stop key and keep it down until all is quiet; the milliseconds to the last event but its own."""
    codes = [server.code(XK.string_to_keysym(name)) for name in CHORD]
    for code in codes:
        server.send(X.KeyPress, code)
    ear.quiet(_REST, _PATIENCE)
    heard = list(ear.heard)
    for code in reversed(codes):
        server.send(X.KeyRelease, code)
    pressed = next(at for at, kind, code in reversed(heard) if kind == X.KeyPress and code == codes[-1])
    made = [at for at, _, code in heard if code not in codes]
    if pressed - max(at for at in made if at <= pressed) > _IN_MIDST_MS:
        raise RuntimeError("the run did not type when the stop key was pressed")
    return max(0, made[-1] - pressed)


def _until(true) -> None:
    end = time.monotonic() + _PATIENCE
    while not true():
        if time.monotonic() > end:
            raise TimeoutError("the run does not type")
        time.sleep(0.01)
