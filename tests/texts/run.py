"""Types texts: `run.py [--seed N] [--count N] [--targets NAME,…]` prints one JSON line.

So many texts for each keyboard layout and each program that is there go through the real hands on an X screen of their
own. Exit code 0 when each arrived character by character and the clipboard held what it held, 1 when not.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpus import texts
from fields import Program, targets

from actions.backends.pyautogui_input import PyautoguiInput
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


def measure(seed: int, count: int, names: list[str]) -> tuple[int, int, int]:
    """How many texts were typed, how many arrived, and after how many the clipboard was as before."""
    strings = exact = kept = 0
    for name, layout in itertools.product(names, LAYOUTS):
        # A screen for each: openbox may be busy with the keyboard maps of the one before for long.
        with VirtualScreen(1280, 800) as env:
            os.environ.update(env)
            subprocess.run(["setxkbmap", layout], check=True)
            clipboard, field, hands = Program("clipboard.py"), Program(targets()[name]), PyautoguiInput()
            hands.open()
            for text in texts(seed, count):
                shown = typed(hands, field, text)
                if shown != text:
                    print(f"{name}, {layout}: {text!a} is {shown!a}", file=sys.stderr)
                strings, exact, kept = strings + 1, exact + (shown == text), kept + clipboard.ask()
            hands.close()
            field.close()
            clipboard.close()
    return strings, exact, kept


def main(words: list[str]) -> int:
    """Measure and print; 2 where it cannot be measured."""
    parser = argparse.ArgumentParser(description="See whether texts arrive as written.")
    parser.add_argument("--seed", type=int, default=1, help="which texts are drawn (1)")
    parser.add_argument("--count", type=int, default=40, help="how many texts for each layout and program (40)")
    parser.add_argument("--targets", default=",".join(targets()), help="which programs (all that are here)")
    options = parser.parse_args(words)
    names = options.targets.split(",")
    if options.count < 1:
        parser.error(f"--count must be at least 1, not {options.count}.")
    if unknown := set(names) - set(targets()):
        parser.error(f"--targets can be {', '.join(targets())} here, not {', '.join(sorted(unknown))}.")
    started = time.monotonic()
    try:
        os.environ.update(QT_QPA_PLATFORM="xcb", PYTHONPATH=sys.path[0])
        strings, exact, kept = measure(options.seed, options.count, names)
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    row = {
        "seed": options.seed,
        "targets": names,
        "layouts": LAYOUTS,
        "strings": strings,
        "exact": exact,
        "clipboard_kept": kept,
        "seconds": round(time.monotonic() - started),
    }
    print(json.dumps(row), flush=True)
    return 0 if strings == exact == kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
