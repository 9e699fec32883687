"""Thinks on the real `transformers serve`: `run.py [--seed N] [--count N]` prints one JSON line.

The embedded model plays practice desks in its own process, then on a server on this machine; every reply must be the same.
At last the server is let go in the middle of a reply, and then killed. What the server needs beyond Deskhand's environment
is put into `build/serve` the first time. Exit code 0 when all is as it should be, 1 when not, 2 where it cannot be tried.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from seeded import seeded

from actions.backends import close_desktop, open_desktop
from agent.conversation import Conversation
from agent.errors import ServerLost
from agent.evaluate.desk import PracticeDesk
from agent.evaluate.practice import practice
from agent.mind.address import read_address
from agent.mind.base import Mind, Reply, ThinkOptions
from agent.mind.client import MindClient
from agent.mind.exchange import Patience
from agent.mind.hardware import Wish
from agent.mind.remote import RemoteMind
from agent.mind.weights import find_weights
from agent.virtual_screen import NoVirtualScreen, VirtualScreen

ENVIRONMENT = Path(__file__).resolve().parents[2] / "build" / "serve"
NEEDED = ("fastapi", "uvicorn", "openai>=1.98", "starlette", "accelerate>=1.1")
PATIENCE = 120.0
"""Seconds for the server to load the model."""


class Overheard:
    """A mind whose replies are kept."""

    def __init__(self, mind: Mind) -> None:
        self.replies: list[str] = []
        self.last: Conversation | None = None
        self.info, self.close, self._mind = mind.info, mind.close, mind

    def think(self, conversation, options, cancelled):
        self.last = conversation
        for item in self._mind.think(conversation, options, cancelled):
            if isinstance(item, Reply):
                self.replies.append(item.text)
            yield item


def interpreter() -> Path:
    """The Python with what the server needs; everything else it shares with this one."""
    python = ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = ENVIRONMENT / "ready"
    if not done.exists():
        import torch

        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        site = subprocess.check_output(
            [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
        )
        (Path(site.strip()) / "deskhand.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        pip = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, *NEEDED], check=True)
        # torchvision 0.28 belongs to torch 2.13, and so on.
        minor = int(torch.__version__.split(".")[1]) + 15
        subprocess.run([*pip, "--no-deps", f"torchvision==0.{minor}.*"], check=True)
        done.touch()
    return python


@contextlib.contextmanager
def serving(model: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The server's process and the name of its model, once it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [interpreter(), Path(__file__).with_name("launch.py"), "serve", model, "--device", "cpu"]
    env = os.environ | {"HF_HUB_OFFLINE": "1"}
    words = [str(word) for word in (*command, "--dtype", "float32", "--host", "127.0.0.1", "--port", port)]
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(words, env=env, stdout=log, stderr=subprocess.STDOUT) as process,
    ):
        try:
            _wait(process, f"http://127.0.0.1:{port}/health", log)
            yield process, f"openai:http://127.0.0.1:{port}/v1#{model}"
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], url: str, log: IO[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.2)
    process.kill()
    process.wait()
    log.seek(0)
    raise SystemExit(f"transformers serve did not come up: {log.read()[-2000:].decode(errors='replace')}")


def played(mind: Mind, seed: int, count: int) -> tuple[dict[str, object], Overheard]:
    """The score, and what was said."""
    overheard = Overheard(mind)
    with contextlib.ExitStack() as stack:
        desk = stack.enter_context(PracticeDesk(seed))
        desktop = open_desktop()
        stack.callback(close_desktop, desktop)
        return practice(seed, count, desk, desktop, overheard), overheard


def let_go(mind: Mind, conversation: Conversation) -> bool:
    """Whether a reply that nobody waits for any more leaves the server ready for the next one."""
    heard: list[object] = []
    broken = list(
        mind.think(conversation, ThinkOptions(stop_at_call=False), lambda: bool(heard) or bool(heard.append(1)))
    )
    whole = list(mind.think(conversation, ThinkOptions(), lambda: False))
    return broken[-1].stop == "cancelled" and whole[-1].stop == "call"


def lost(mind: Mind, conversation: Conversation, process: subprocess.Popen[bytes]) -> bool:
    """Whether it is noticed that the server was killed while it spoke."""
    speaking = mind.think(conversation, ThinkOptions(), lambda: False)
    try:
        next(speaking)
        process.kill()
        list(speaking)
        # A short reply may have been sent whole before the server was gone.
        list(mind.think(conversation, ThinkOptions(), lambda: False))
    except ServerLost:
        return True
    return False


def main(words: list[str]) -> int:
    """Play, compare and print."""
    parser = seeded(
        "Think on the real transformers serve, and compare with thinking here.", "desks", "of every family", 2
    )
    options = parser.parse_args(words)
    folder = find_weights("nano").folder
    try:
        with VirtualScreen() as env, serving(folder) as (process, name):
            os.environ.update(env)
            with contextlib.closing(MindClient("nano", Wish(dtype="float32"))) as here:
                at_home, said = played(here, options.seed, options.count)
            with contextlib.closing(RemoteMind(read_address(name), Patience(tries=2))) as there:
                served, heard = played(there, options.seed, options.count)
                ready = let_go(there, heard.last)
                noticed = lost(there, heard.last, process)
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    same = sum(a == b for a, b in zip(said.replies, heard.replies, strict=False))
    row = {
        "seed": options.seed,
        "desks": served["plays"],
        "replies": max(len(said.replies), len(heard.replies)),
        "same_replies": same,
        "same_score": at_home["families"] == served["families"],
        "ready_after_cancel": ready,
        "loss_noticed": noticed,
    }
    print(json.dumps(row), flush=True)
    good = row["same_replies"] == row["replies"] and row["same_score"] and ready and noticed
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
