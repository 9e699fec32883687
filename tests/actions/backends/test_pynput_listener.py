"""The person's stop key on a real screen, and what happens when that screen ends first."""

import subprocess
import sys
import threading
import time

import pytest

from actions.backends import pynput_listener
from actions.backends.pynput_listener import PynputListener
from actions.errors import NoDesktop

OUTLIVED = """
import os, time
from agent.virtual_screen import VirtualScreen
with VirtualScreen(200, 150, window_manager=False) as env:
    os.environ.update(env)
    from actions.backends.pynput_listener import PynputListener
    listener = PynputListener()
    listener.open()
{meanwhile}
began = time.monotonic()
listener.close()
listener.close()
print(f"{{time.monotonic() - began:.3f}}")
"""
DEAF = """
import os, subprocess
read, write = os.pipe()
server = subprocess.Popen(["Xvfb", "-extension", "RECORD", "-displayfd", str(write)], pass_fds=(write,), stderr=-3)
os.environ["DISPLAY"] = ":" + os.read(read, 16).decode().strip()
from actions.backends.pynput_listener import PynputListener
from actions.errors import NoDesktop
try:
    PynputListener().open()
except NoDesktop as error:
    print(error)
server.terminate()
server.wait()
"""


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )  # fmt: skip


@pytest.mark.parametrize("meanwhile", ["", "time.sleep(0.5)"])
def test_a_screen_that_ends_first_is_no_reason_to_complain_or_to_wait(meanwhile):
    ended = run(OUTLIVED.format(meanwhile=meanwhile))
    assert ended.stderr == ""
    assert float(ended.stdout) < 1.5


def test_a_server_that_records_no_keys_is_told_instead_of_waited_for():
    ended = run(DEAF)
    assert "The stop key cannot be heard: the X server is to run with its RECORD extension.\n" in ended.stdout
    assert ended.stderr == ""


@pytest.mark.parametrize("lives", [True, False])
def test_elsewhere_than_on_x_no_x_is_asked_and_a_listener_that_ends_at_once_is_told(monkeypatch, lives):
    class Thread(threading.Thread):
        """What stands for pynput's, which macOS ends where it may not listen."""

        def __init__(self, *_):
            super().__init__(target=ended.wait if lives else None)

        def wait(self):
            if not lives:
                self.join()

        def stop(self):
            ended.set()

    ended = threading.Event()
    monkeypatch.setattr(pynput_listener, "_ON_X", False)
    monkeypatch.setattr(pynput_listener, "_listener", Thread)
    listener = PynputListener()
    if lives:
        listener.open()
    else:
        with pytest.raises(NoDesktop, match="The stop key cannot be heard"):
            listener.open()
    listener.close()
    assert ended.is_set() == lives


@pytest.fixture
def heard(hands):
    """How often the stop key is heard when keys go down one after another, and are let go."""

    def hold(*keys: str) -> int:
        before = hands.say("heard")
        hands.say("hold", *keys)
        # Lets go of all; and the listener hears in order, so that what it was to hear is heard soon after.
        assert hands.act(action="key", keys=["f9"])["status"] == "done"
        time.sleep(0.3)
        return hands.say("heard") - before

    return hold


@pytest.mark.parametrize("keys", [("ctrl", "shift", "esc"), ("shift", "ctrl", "esc"), ("esc", "shift", "ctrl")])
def test_the_stop_keys_are_heard_once_in_any_order(heard, keys):
    assert heard(*keys) == 1


@pytest.mark.parametrize("keys", [("ctrl", "esc"), ("ctrl", "shift", "a"), ("shift", "esc", "f2")])
def test_a_part_of_the_stop_keys_is_not_enough(heard, keys):
    assert heard(*keys) == 0


def test_a_second_press_is_heard_and_a_repeat_of_the_first_is_not(hands, heard):
    before = hands.say("heard")
    hands.say("hold", "ctrl", "shift", "esc")
    time.sleep(1.0)  # the server repeats a key after two thirds of a second
    assert hands.say("heard") - before == 1
    hands.act(action="key", keys=["f9"])
    assert heard("ctrl", "shift", "esc") == 1
    assert hands.say("heard") - before == 2
