"""The published table: what the matrix found, as a document."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from clicks import ARRANGEMENTS, VIEWS
from layouts import KINDS, RESIZES

HEAD = Path(__file__).with_name("head.md")
SCALES = ("1", "whole", "fractional", "mixed")


def document(row: Mapping[str, int], counts, errors, cells, cell_errors) -> str:
    """The contract, and the tables under it."""
    head = HEAD.read_text(encoding="utf-8")
    columns = [(kind, resize) for kind in KINDS for resize in RESIZES]
    lines = [
        head.rstrip("\n"),
        "",
        f"## Arithmetic: {row['layouts']:,} random layouts, {row['layouts_exact']:,} exact",
        "",
        "Largest error in pixels, by what is captured and how the picture is resized (kept, made smaller, made larger).",
        "",
        _row("monitors", "scales", *(f"{kind}, {resize}" for kind, resize in columns), "layouts"),
        _row(*["---"] * (len(columns) + 3)),
    ]
    for monitors in (1, 2, 3, 4):
        for scales in SCALES:
            keys = [(monitors, scales, kind, resize) for kind, resize in columns]
            if total := sum(counts[key] for key in keys):
                lines.append(_row(monitors, scales, *(errors.get(key, "–") for key in keys), total))
    lines += [
        "",
        f"## Real clicks: {row['cells']:,} on a real X screen of two unequal monitors, {row['exact']:,} exact",
        "",
        "Largest error in pixels, as the window that was clicked tells it.",
        "",
        _row("monitors", "captured", *RESIZES, "clicks"),
        _row(*["---"] * (len(RESIZES) + 3)),
    ]
    for arrangement in ARRANGEMENTS:
        for view in VIEWS:
            keys = [(arrangement, view, resize) for resize in RESIZES]
            if total := sum(cells[key] for key in keys):
                lines.append(_row(arrangement, view, *(cell_errors.get(key, "–") for key in keys), total))
    return "\n".join(lines) + "\n"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"
