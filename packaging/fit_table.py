"""Owns the tables in docs/models.md: `python packaging/fit_table.py` makes them anew; --check tells whether they are as they should be."""

from __future__ import annotations

import sys
from bisect import bisect_left
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.history import HistoryPolicy
from agent.mind.fit import EIGHT, FOUR, HALF, STEPS, USUAL, Load, load_of, need
from agent.mind.sizes import SIZES, Shape
from agent.mind.spread import fits

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "models.md"
BEGIN, END = "<!-- made by packaging/fit_table.py -->\n", "<!-- end -->"
_GB = 1e9
_HEAD = (
    "| size | parameters | bfloat16: weights | cache | pictures | work | {usual} frames | {short} frames "
    "| 8-bit: {usual} frames | {short} frames | 4-bit: {usual} frames | {short} frames |\n|---|" + "--:|" * 11 + "\n"
)
_COUNTS = (1, 2, 3, 4, 8)
_SHARED = (
    "\nWhat each of several equal GPUs must have free that share a model, in bfloat16 with 8 frames:\n\n"
    f"| size | {' | '.join(f'{count} GPUs' if count > 1 else '1 GPU' for count in _COUNTS)} |\n"
    f"|---|{'--:|' * len(_COUNTS)}\n"
)


def main(words: list[str]) -> int:
    """Write the tables, or with --check compare them; 1 when they differ."""
    before = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = before.partition(BEGIN)
    tail = rest[rest.index(END) :]
    after = head + BEGIN + table() + _SHARED + shared() + tail
    if "--check" in words:
        return 0 if after == before else 1
    DOCUMENT.write_text(after, encoding="utf-8")
    return 0


def table() -> str:
    """The table, as Markdown."""
    policy = HistoryPolicy()
    while shorter := policy.shorter():
        policy = shorter
    short = load_of(STEPS, policy)
    head = _HEAD.format(usual=USUAL.frames, short=short.frames)
    return head + "".join(_row(shape, USUAL, short) for shape in SIZES)


def shared() -> str:
    """The second table without its head, as Markdown."""
    return "".join(
        f"| {shape.name} | {' | '.join(_each(shape, USUAL, count) for count in _COUNTS)} |\n" for shape in SIZES
    )


def _each(shape: Shape, usual: Load, count: int) -> str:
    """The least tenth of a gigabyte that is enough on each of so many."""
    tenths = range(round(10 * need(shape, HALF, usual).total / _GB) + 1)
    least = bisect_left(tenths, True, key=lambda free: fits(shape, HALF, usual, [round(free * _GB / 10)] * count))
    return f"{least / 10:.1f}"


def _row(shape: Shape, usual: Load, short: Load) -> str:
    full = need(shape, HALF, usual)
    parts = [full.weights, full.cache, full.vision, full.work]
    totals = [need(shape, precision, load).total for precision in (HALF, EIGHT, FOUR) for load in (usual, short)]
    cells = [f"{count / _GB:.1f}" for count in (*parts, *totals)]
    return f"| {shape.name} | {shape.parameters:,} | {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
