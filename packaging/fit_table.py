"""Owns the table in docs/models.md: `python packaging/fit_table.py` makes it anew; --check tells whether it is as it should be."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from agent.history import HistoryPolicy
from agent.mind.fit import EIGHT, FOUR, HALF, STEPS, USUAL, Load, load_of, need
from agent.mind.sizes import SIZES, Shape

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "models.md"
BEGIN, END = "<!-- made by packaging/fit_table.py -->\n", "<!-- end -->"
_GB = 1e9
_HEAD = (
    "| size | parameters | bfloat16: weights | cache | pictures | work | {usual} frames | {short} frames "
    "| 8-bit: {usual} frames | {short} frames | 4-bit: {usual} frames | {short} frames |\n|---|" + "--:|" * 11 + "\n"
)


def main(words: list[str]) -> int:
    """Write the table, or with --check compare it; 1 when it differs."""
    before = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = before.partition(BEGIN)
    tail = rest[rest.index(END) :]
    after = head + BEGIN + table() + tail
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


def _row(shape: Shape, usual: Load, short: Load) -> str:
    full = need(shape, HALF, usual)
    parts = [full.weights, full.cache, full.vision, full.work]
    totals = [need(shape, precision, load).total for precision in (HALF, EIGHT, FOUR) for load in (usual, short)]
    cells = [f"{count / _GB:.1f}" for count in (*parts, *totals)]
    return f"| {shape.name} | {shape.parameters:,} | {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
