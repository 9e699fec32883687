"""Owns a private X screen with a window manager, so that no demo or test takes a person's own mouse and keyboard."""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import shlex
import shutil
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

from agent.errors import AgentError

_COOKIE_NAME = b"MIT-MAGIC-COOKIE-1"
_FAMILY_LOCAL, _FAMILY_WILD = 256, 65535
_PATIENCE = 30.0
_TOOLS = {"Xvfb": "xvfb", "openbox": "openbox"}


class NoVirtualScreen(AgentError):
    """A virtual screen cannot be had here; the text says what is missing and how to get it."""


def missing_tools() -> list[str]:
    """Names of the Debian packages whose programs a virtual screen needs and this machine lacks."""
    return [package for tool, package in _TOOLS.items() if shutil.which(tool) is None]


class VirtualScreen:
    """A screen of its own; entering it gives the environment that puts a program on it, leaving it ends it.

    Enter it from a thread that lives as long as the screen: the server ends with the thread that started it.

    Args:
        width: physical pixels.
        height: physical pixels.
        window_manager: run openbox, so that windows have frames, focus and stacking.
    """

    def __init__(self, width: int = 1920, height: int = 1080, *, window_manager: bool = True) -> None:
        self.width, self.height = width, height
        self.display = ""
        self.env: dict[str, str] = {}
        self._window_manager = window_manager
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> dict[str, str]:
        """Start it.

        Raises:
            NoVirtualScreen: Xvfb or openbox is not installed, or would not start.
        """
        if missing := missing_tools():
            raise NoVirtualScreen(f"A virtual screen needs X and these packages: {', '.join(missing)}.")
        with contextlib.ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="deskhand-screen-")))
            authority, cookie = folder / "Xauthority", secrets.token_bytes(16)
            authority.touch(mode=0o600)
            authority.write_bytes(_entry(_FAMILY_WILD, b"", b"", cookie))
            number = self._start_server(stack, authority)
            # Some clients match their host and display number exactly and know no wild card.
            authority.write_bytes(_entry(_FAMILY_LOCAL, socket.gethostname().encode(), number.encode(), cookie))
            self.display = f":{number}"
            self.env = _environment(self.display, authority)
            if self._window_manager:
                self._start_window_manager(stack, folder)
            self._stack = stack.pop_all()
        return self.env

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start_server(self, stack: contextlib.ExitStack, authority: Path) -> str:
        read, write = os.pipe()
        stack.callback(os.close, read)
        # -noreset: a server that resets when its last client leaves would drop what a test set up.
        screen = ["-screen", "0", f"{self.width}x{self.height}x24", "-dpi", "96"]
        server = ["Xvfb", *screen, "-noreset", "-nolisten", "tcp", "-auth", str(authority), "-displayfd", str(write)]
        try:
            process = _start(stack, server, os.environ, keep=(write,))
        finally:
            os.close(write)
        # Xvfb writes its number, with a line end, once it takes connections.
        ready, _, _ = select.select([read], [], [], _PATIENCE)
        number = os.read(read, 16).decode().strip() if ready else ""
        if not number:
            raise NoVirtualScreen(f"Xvfb would not start (exit status {process.poll()}).")
        return number

    def _start_window_manager(self, stack: contextlib.ExitStack, folder: Path) -> None:
        ready = folder / "ready"
        # Its own empty configuration folder: a person's key bindings have no business on this screen.
        env = {**self.env, "XDG_CONFIG_HOME": str(folder)}
        command = ["openbox", "--sm-disable", "--startup", f"touch {shlex.quote(str(ready))}"]
        process = _start(stack, command, env)
        deadline = time.monotonic() + _PATIENCE
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoVirtualScreen(f"openbox would not start (exit status {process.poll()}).")
            time.sleep(0.02)


def _entry(family: int, address: bytes, number: bytes, cookie: bytes) -> bytes:
    """One record of an Xauthority file: a family, then counted fields, all big-endian."""
    fields = (address, number, _COOKIE_NAME, cookie)
    return struct.pack(">H", family) + b"".join(struct.pack(">H", len(field)) + field for field in fields)


def _environment(display: str, authority: Path) -> dict[str, str]:
    """The present environment, moved to `display` and away from the person's own Wayland or X session."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAYLAND_")}
    return {**kept, "DISPLAY": display, "XAUTHORITY": str(authority), "XDG_SESSION_TYPE": "x11"}


def _start(
    stack: contextlib.ExitStack, command: Sequence[str], env: Mapping[str, str], keep: tuple[int, ...] = ()
) -> subprocess.Popen[bytes]:
    # In a session of its own, Ctrl-C reaches the program that is being watched first; killed, it takes the screen along.
    leash = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
    process = subprocess.Popen(
        [*leash, *command],
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=keep,
        start_new_session=True,
    )
    stack.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
