"""Works the labelled controls: `check_labels.py [--seed N] [--count N] [--toolkits NAME,…]` prints one JSON line.

Every page is shown, and so many ways to work a control (all without a count) are gone with a real mouse and keyboard. A
label is true when the place told is where the control can be worked, and each way works what the label says. Exit code 0
when all are, 1 when not.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "kit"))

from seeded import seeded
from stage import ROOM, TOOLKITS, ControlStage, Page, Rect, missing

from agent.virtual_screen import NoVirtualScreen, VirtualScreen

PATIENCE = 5.0


def worked(stage: ControlStage, page: Page, way) -> list[str]:
    """What a way works on the page, shown afresh."""
    places = stage.show(page)
    if way.press == "click":
        middle = places[way.control].centre
        stage.hand.click(middle.x, middle.y)
    elif page.form == "menu":
        if len(way.press) > 1:
            stage.close_menu()
        stage.hand.press(way.press)
    else:
        stage.focus(way.control)
        stage.hand.press("x" if way.press == "type" else way.press)
    done = stage.did(patience=PATIENCE)
    if page.by_id[way.control].kind == "combo_box":
        stage.hand.press("Escape")
    return done


def apart(places: dict[str, Rect], page: Page) -> bool:
    """Whether all controls of a page are to be seen, none in the middle of another."""
    within = [name for name, one in places.items() for other in places.values() if other.contains(one.centre)]
    return sorted(places) == sorted(within) == sorted(page.by_id)


def check(stage: ControlStage, seed: int, count: int | None) -> dict[str, int]:
    """Show all pages and go so many ways; how many were shown whole, and how many did what they should."""
    pages = stage.pages()
    shown = sum(apart(stage.show(page), page) or _say(page.id, "not shown whole") for page in pages)
    ways = [(page, way) for page in pages for way in page.ways()]
    chosen = ways if count is None else random.Random(seed).sample(ways, min(count, len(ways)))
    true = 0
    for page, way in chosen:
        done = worked(stage, page, way)
        true += done == [way.does] or _say(page.id, f"{way.press} at {way.control} works {done}, not {way.does}")
    return {"pages": len(pages), "shown": shown, "ways": len(chosen), "true": true}


def _say(page: str, what: str) -> bool:
    print(f"{page}: {what}", file=sys.stderr, flush=True)
    return False


def main(words: list[str]) -> int:
    """Check and print; 2 where it cannot be checked."""
    parser = seeded("See whether the labels of the guard's exam are true.", "ways", "ways")
    parser.add_argument("--toolkits", default=",".join(TOOLKITS), help="which toolkits (all that are here)")
    options = parser.parse_args(words)
    toolkits = tuple(options.toolkits.split(","))
    if unknown := set(toolkits) - set(TOOLKITS):
        parser.error(f"--toolkits can be {', '.join(TOOLKITS)}, not {', '.join(sorted(unknown))}.")
    if all(map(missing, toolkits)):
        parser.error(f"--toolkits: {'; '.join(f'{toolkit} {missing(toolkit)}' for toolkit in toolkits)}.")
    started = time.monotonic()
    try:
        with VirtualScreen(*ROOM) as env, ControlStage(env, toolkits) as stage:
            row = {"seed": options.seed, "toolkits": stage.toolkits, **check(stage, options.seed, options.count)}
    except NoVirtualScreen as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({**row, "seconds": round(time.monotonic() - started)}), flush=True)
    return 0 if row["shown"] == row["pages"] and row["true"] == row["ways"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
