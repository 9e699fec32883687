"""The stop key on a real X screen, where a key that is held down repeats itself."""

import subprocess
import sys
import time

_EAR = """
import sys
from actions.backends.pynput_listener import PynputListener
ear = PynputListener()
ear.open()
ear.listen(lambda: print("stop", flush=True))
print("hearing", flush=True)
sys.stdin.read()
ear.close()
"""


def test_a_stop_key_that_is_held_down_is_one_press(screen):
    def keys(*words):
        subprocess.run(["xdotool", *words], env=screen, check=True)

    with subprocess.Popen(
        [sys.executable, "-c", _EAR], env=screen, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as ear:
        assert ear.stdout.readline() == "hearing\n"
        keys("keydown", "ctrl", "keydown", "shift", "keydown", "Escape")
        time.sleep(1.5)
        keys("keyup", "Escape", "keydown", "a", "keyup", "a", "keyup", "shift", "keyup", "ctrl")
        assert ear.stdout.readline() == "stop\n"
        keys("key", "ctrl+shift+Escape")
        assert ear.stdout.readline() == "stop\n"
        assert ear.communicate()[0] == ""
