"""A private screen: shows what is put on it, keeps others out, ends without a trace."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from agent.virtual_screen import NoVirtualScreen, VirtualScreen, missing_tools

SIZE = "from Xlib.display import Display; s = Display().screen(); print(s.width_in_pixels, s.height_in_pixels)"
OWNER = """
from agent.virtual_screen import VirtualScreen
with VirtualScreen(320, 200) as env:
    print(env["DISPLAY"], flush=True)
    input()
"""


def python(code: str, env: dict[str, str]) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr


def test_has_the_size_that_was_asked_for():
    with VirtualScreen(640, 400, window_manager=False) as env:
        assert python(SIZE, env) == "640 400"


def test_has_a_window_manager(screen):
    assert b"window id" in subprocess.check_output(["xprop", "-root", "_NET_SUPPORTING_WM_CHECK"], env=screen)


def test_two_screens_stand_side_by_side(screen):
    with VirtualScreen(320, 200, window_manager=False) as env:
        assert env["DISPLAY"] != screen["DISPLAY"]
        assert python(SIZE, env) == "320 200"
        assert python(SIZE, screen) == "1920 1080"


def test_keeps_out_who_has_no_key(screen):
    assert "uthori" in python(SIZE, {**screen, "XAUTHORITY": os.devnull})


def test_is_private_to_its_user(screen):
    assert Path(screen["XAUTHORITY"]).stat().st_mode & 0o077 == 0


def test_leaves_nothing_behind():
    before = psutil.Process().children(recursive=True)
    with VirtualScreen(320, 200) as env:
        started = [process for process in psutil.Process().children(recursive=True) if process not in before]
        assert {"Xvfb", "openbox"} <= {process.name() for process in started}
    assert not any(process.is_running() for process in started)
    assert not Path(env["XAUTHORITY"]).exists()


def test_is_not_the_callers_own_screen(screen, monkeypatch):
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with VirtualScreen(320, 200, window_manager=False) as env:
        assert "WAYLAND_DISPLAY" not in env
    assert "DISPLAY" not in os.environ


def test_dies_with_a_killed_owner(tmp_path):
    if shutil.which("setpriv") is None:
        pytest.skip("needs util-linux's setpriv")
    with subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as owner:
        owner.stdout.readline()
        started = psutil.Process(owner.pid).children(recursive=True)
        owner.kill()
    _, alive = psutil.wait_procs(started, timeout=10)
    assert not alive


def test_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing_tools() == ["xvfb", "openbox"]
    with pytest.raises(NoVirtualScreen, match="xvfb, openbox"):
        VirtualScreen().__enter__()
