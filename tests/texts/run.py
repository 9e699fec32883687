"""Types texts: `run.py [--seed N] [--count N] [--targets NAME,…]` prints one JSON line.

So many texts for each keyboard layout and each program that is there go through the real hands on an X screen of their
own. Exit code 0 when each arrived character by character, and clipboard and keyboard are as they were, 1 when not.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from corpus import texts
from fields import TARGETS, Program, field, missing
from seeded import seeded

from actions.backends.pyautogui_input import PyautoguiInput
from actions.backends.x11 import open_display
from actions.backends.x11_keymap import read
from agent.virtual_screen import NoVirtualScreen, VirtualScreen

LAYOUTS = ("us", "de", "fr")
_PATIENCE = 15.0


def typed(hands: PyautoguiInput, field: Program, text: str) -> str:
    """What the emptied field shows after a text was typed."""
    hands.key_down("ctrl")
    hands.key_down("a")
    hands.release_all()
    hands.key_down("delete")
    hands.release_all()
    if not field.shows("", _PATIENCE):
        return f"not emptied: {field.last}"
    hands.write(text, lambda: False)
    field.shows(text, _PATIENCE)
    return field.last


@dataclasses.dataclass
class Found:
    """How many texts were typed and arrived, and after how many the clipboard was as before; of the layouts, how many
    were tried, and after how many the keyboard was as before.
    """

    strings: int = 0
    exact: int = 0
    clipboard_kept: int = 0
    layouts: int = 0
    keyboard_kept: int = 0


def measure(seed: int, count: int, target: str, found: Found) -> None:
    """Type into one program, whose screen and keyboard stay the same for all layouts."""
    with VirtualScreen(1280, 800) as env:
        os.environ.update(env)
        clipboard, program = Program("clipboard.py"), field(target)
        for layout in LAYOUTS:
            subprocess.run(["setxkbmap", layout], check=True)
            before, hands = keyboard(), PyautoguiInput()
            hands.open()
            for text in texts(seed, count):
                shown = typed(hands, program, text)
                if shown != text:
                    print(f"{target}, {layout}: {text!a} is {shown!a}", file=sys.stderr)
                found.strings += 1
                found.exact += shown == text
                found.clipboard_kept += clipboard.ask()
            hands.close()
            found.layouts += 1
            found.keyboard_kept += keyboard() == before
        program.close()
        clipboard.close()


def keyboard() -> object:
    """What all keys mean."""
    display = open_display()
    try:
        return read(display)
    finally:
        display.close()


def targets_of(parser: argparse.ArgumentParser, named: str) -> list[str]:
    """The programs to type into: those that were named, or all that are here."""
    if unknown := set(named.split(",") if named else ()) - set(TARGETS):
        parser.error(f"--targets can be {', '.join(TARGETS)}, not {', '.join(sorted(unknown))}.")
    lacking = {target: missing(target) for target in TARGETS}
    for target in named.split(",") if named else ():
        if lacking[target]:
            parser.error(f"--targets: {target} {lacking[target]}.")
    return named.split(",") if named else [target for target in TARGETS if not lacking[target]]


def main(words: list[str]) -> int:
    """Measure and print; 2 where it cannot be measured."""
    parser = seeded("See whether texts arrive as written.", "texts", "texts for each layout and program", 24)
    parser.add_argument("--targets", default="", help="which programs (all that are here)")
    options = parser.parse_args(words)
    targets, found, started = targets_of(parser, options.targets), Found(), time.monotonic()
    os.environ.update(QT_QPA_PLATFORM="xcb", QT_LOGGING_RULES="qt.text.font.db=false", PYTHONPATH=sys.path[0])
    try:
        for target in targets:
            measure(options.seed, options.count, target, found)
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    row = {
        "seed": options.seed,
        "targets": targets,
        "missing": [target for target in TARGETS if missing(target)],
        **dataclasses.asdict(found),
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(row), flush=True)
    return 0 if found.strings == found.exact == found.clipboard_kept and found.layouts == found.keyboard_kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
