"""Owns what every merged token of a picture must know: the letters in its cells and the widget it lies on."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_letters, digits
from typing import TYPE_CHECKING

import numpy as np

from agent.train.nano.model import COLUMNS, HEIGHT, LANGUAGE, MERGED, ROWS, TOKENS, WIDTH
from agent.train.nano.stream import Area, Widget

if TYPE_CHECKING:
    import torch
    from torch import nn

CHARACTERS = ascii_letters + digits
CLASSES = 1 + len(CHARACTERS)
"""0 is "no letter has its centre here"."""
CELL_WIDTH, CELL_HEIGHT = 8, 16
COLUMN_CELLS = MERGED // CELL_WIDTH
CELLS = COLUMN_CELLS * (MERGED // CELL_HEIGHT)
SLOTS = 8
"""Letters of a label that a token must be able to spell."""
DIGITS = 3
"""Digits of a coordinate on the model's grid from 0 to 999."""
NO_DIGIT = 10
GRID = 1000


def letters_by_cell(glyphs: Sequence[tuple[str, float, float]]) -> np.ndarray:
    """Classes (tokens, cells) of one picture from the centres of its letters in pixels."""
    letters = np.zeros((TOKENS, CELLS), np.int64)
    for character, x, y in glyphs:
        if (place := CHARACTERS.find(character)) < 0:
            continue
        column, row = int(x) // CELL_WIDTH, int(y) // CELL_HEIGHT
        if 0 <= column < COLUMNS * 4 and 0 <= row < ROWS * 2:
            letters[row // 2 * COLUMNS + column // 4, row % 2 * 4 + column % 4] = 1 + place
    return letters


def spot(area: Area) -> tuple[list[int], int]:
    """The tokens that lie on the area's middle line, and in which of their halves it runs: 0 is the upper, 1 the lower.

    Rows of a list are lower than a token: a token may belong to two of them, half a token never does.
    """
    left, top, width, height = area
    row, half = divmod(int(top + height // 2) // (MERGED // 2), 2)
    wide = [min(left + width, (c + 1) * MERGED) - max(left, c * MERGED) for c in range(COLUMNS)]
    columns = [c for c, some in enumerate(wide) if some >= MERGED / 2] or [int(left + width / 2) // MERGED]
    return [min(row, ROWS - 1) * COLUMNS + min(c, COLUMNS - 1) for c in columns], half


def centres_by_token(widgets: Sequence[Widget]) -> np.ndarray:
    """Digits (tokens, 9) of the place to click: x, y of what lies in the upper half, y of what lies in the lower half.

    -100 where there is nothing.
    """
    centres = np.full((TOKENS, 3 * DIGITS), -100, np.int64)
    for widget in widgets:
        left, top, width, height = widget.box
        tokens, half = spot(widget.area)
        centres[tokens, :DIGITS] = _digits(_on_grid(left, width, WIDTH))
        first = DIGITS * (1 + half)
        centres[tokens, first : first + DIGITS] = _digits(_on_grid(top, height, HEIGHT))
    return centres


def labels_by_half(widgets: Sequence[Widget]) -> np.ndarray:
    """Spelling (tokens, 2 * slots) of the labels of what lies in the upper and in the lower half; -100 for nothing."""
    labels = np.full((TOKENS, 2 * SLOTS), -100, np.int64)
    for widget in widgets:
        spelled = [1 + CHARACTERS.find(c) for c in widget.label[:SLOTS]]
        tokens, half = spot(widget.area)
        labels[tokens, half * SLOTS : (1 + half) * SLOTS] = spelled + [0] * (SLOTS - len(spelled))
    return labels


def _digits(place: int) -> list[int]:
    said = [int(digit) for digit in str(place)]
    return said + [NO_DIGIT] * (DIGITS - len(said))


def _on_grid(start: float, length: float, size: int) -> int:
    """The middle on the model's grid, in tens as lessons say it."""
    return min(GRID - 10, 10 * round((start + length // 2 + 0.5) * GRID / size / 10))


class DenseHeads:
    """Linear heads on the vision tower's merged tokens, so that speaking only copies; thrown away after training."""

    def __init__(self) -> None:
        from torch import nn

        self.module: nn.ModuleDict = nn.ModuleDict(
            {
                "norm": nn.LayerNorm(LANGUAGE),
                "letters": nn.Linear(LANGUAGE, CELLS * CLASSES),
                "labels": nn.Linear(LANGUAGE, 2 * SLOTS * CLASSES),
                "centres": nn.Linear(LANGUAGE, 3 * DIGITS * (NO_DIGIT + 1)),
            }
        )

    def read(self, merged: torch.Tensor, letters: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """-> (loss, share of the letters read right)."""
        import torch.nn.functional as F

        seen = self.module["letters"](self.module["norm"](merged)).float().view(-1, CLASSES)
        flat = letters.flatten()
        right = (seen.argmax(-1) == flat)[flat > 0].float().mean()
        return F.cross_entropy(seen, flat), right

    def spell(self, merged: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """-> (loss, share of labels spelled wholly right)."""
        loss, right = self._halves("labels", CLASSES, merged, labels)
        return loss, right.view(-1, SLOTS).amin(-1).mean()

    def place(self, merged: torch.Tensor, centres: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """-> (loss, share of the first two digits that are right)."""
        loss, right = self._halves("centres", NO_DIGIT + 1, merged, centres)
        return loss, right.view(-1, DIGITS)[:, :2].mean()

    def _halves(
        self, head: str, classes: int, merged: torch.Tensor, wanted: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        import torch.nn.functional as F

        busy = (wanted >= 0).any(-1)
        seen = self.module[head](self.module["norm"](merged[busy])).float().unflatten(-1, (-1, classes))
        on = wanted[busy] >= 0
        seen, wanted = seen[on], wanted[busy][on]
        return F.cross_entropy(seen, wanted), (seen.argmax(-1) == wanted).float()
