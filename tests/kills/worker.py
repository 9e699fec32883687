"""Starts processes that work the real hands until they are killed: a line `KIND` in, one forked process, its number out.

Forked, so that the libraries are read once; each opens hands and a watchdog of its own, says `at work`, and never ends.
"""

import dataclasses
import itertools
import os
import signal
import sys
import time

import Xlib.display  # noqa: F401 (read here once, for all)

from actions.action import Drag, Move, PressKeys, TypeText
from actions.backends.dry_run import dry_desktop
from actions.backends.pyautogui_input import PyautoguiInput
from actions.execute import execute
from actions.frame import frame_from_rgb
from actions.geometry import GridPoint, Rect

TEXT = "The quick brown Fox, 0123456789! Grüße 你好，世界 é中€ñ—😀 Ωж אב ß ẞ\n\tone two Three "
CHORDS = (("ctrl", "shift", "k"), ("ctrl", "a"), ("shift", "f9"), ("ctrl", "shift", "left"), ("alt", "shift", "7"))
PLACES = (GridPoint(100, 100), GridPoint(900, 800), GridPoint(200, 900), GridPoint(800, 150))
HOLDS = (("shift", "ctrl"), ("a",), ("altgr", "k"), ("super", "f8"))


def deeds(kind: str):
    """What to do, again and again: actions, or for a hold the keys of one."""
    match kind:
        case "drag":
            return (deed for place in itertools.cycle(PLACES) for deed in (Move(place), Drag(PLACES[0])))
        case "chord":
            return (PressKeys(keys) for keys in itertools.cycle(CHORDS))
        case "typing":
            return itertools.repeat(TypeText(TEXT))
        case _:
            return itertools.cycle(HOLDS)


def hold(hands: PyautoguiInput, keys: tuple[str, ...]) -> None:
    """Hold keys and a button for a moment."""
    for key in keys:
        hands.key_down(key)
    hands.press("left")
    time.sleep(0.02)
    hands.release_all()


def work(kind: str) -> None:
    """Open the hands and never let them rest."""
    hands = PyautoguiInput()
    hands.open()
    desktop = dataclasses.replace(dry_desktop(), input=hands)
    frame = frame_from_rgb(b"\0\0\0" * 640 * 480, Rect(40, 40, 640, 480), 0.0)
    print("at work", flush=True)
    for deed in deeds(kind):
        if kind == "hold":
            hold(hands, deed)
        else:
            outcome = execute(deed, frame, desktop, lambda: False)
            assert outcome.status == "done", outcome.words


signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the killed are not waited for
while line := sys.stdin.readline():
    if child := os.fork():
        print(child, flush=True)
    else:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            work(line.strip())
        finally:
            os._exit(1)
