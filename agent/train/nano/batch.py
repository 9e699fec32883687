"""Owns how rows of different lengths become one batch of arrays, with the positions that the model itself would give."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.train.nano.model import COLUMNS, ROWS, TOKENS
from agent.train.nano.sequence import IGNORED, Pointer, Row

MULTIPLE = 32
"""Lengths are rounded up to this, so that few different shapes occur."""


@dataclass(frozen=True, slots=True)
class Aims:
    """Pointers of a batch: row, position, first pad of the picture the share of each token, and the slot (see Pointer)."""

    row: np.ndarray
    at: np.ndarray
    image: np.ndarray
    target: np.ndarray
    slot: np.ndarray

    @property
    def arrays(self) -> tuple[np.ndarray, ...]:
        """All of them, in this order."""
        return self.row, self.at, self.image, self.target, self.slot


@dataclass(frozen=True, slots=True)
class Batch:
    """Sequences of one length: ids and labels (rows, length), positions (3, rows, length), all pictures in order."""

    ids: np.ndarray
    labels: np.ndarray
    positions: np.ndarray
    images: np.ndarray
    names: Aims
    echoes: Aims
    spans: tuple[tuple[int, int, int], ...]
    """(row, first, one beyond the last) of each learned turn."""


def collate(rows: Sequence[Row], pad: int, image_pad: int) -> Batch:
    """Pad at the right: attention is causal, so that no token sees what is behind it."""
    longest = -(-max(len(row.ids) for row in rows) // MULTIPLE) * MULTIPLE
    ids = [row.ids + [pad] * (longest - len(row.ids)) for row in rows]
    return Batch(
        np.array(ids),
        np.array([row.labels + [IGNORED] * (longest - len(row.ids)) for row in rows]),
        np.stack([positions(row, image_pad) for row in ids], 1),
        np.concatenate([row.images for row in rows]),
        _aims([row.names for row in rows]),
        _aims([row.echoes for row in rows]),
        tuple((i, *span) for i, row in enumerate(rows) for span in row.spans),
    )


def positions(ids: Sequence[int], image_pad: int) -> np.ndarray:
    """Time, row and column (3, length) of every token, as Qwen3-VL counts them."""
    found = np.zeros((3, len(ids)), np.int64)
    row, column = np.divmod(np.arange(TOKENS), COLUMNS)
    now = at = 0
    while at < len(ids):
        if ids[at] == image_pad:
            found[:, at : at + TOKENS] = np.stack([np.full(TOKENS, now), now + row, now + column])
            now, at = now + max(ROWS, COLUMNS), at + TOKENS
        else:
            found[:, at] = now
            now, at = now + 1, at + 1
    return found


def _aims(by_row: Sequence[Sequence[Pointer]]) -> Aims:
    flat = [(i, pointer) for i, pointers in enumerate(by_row) for pointer in pointers]
    target = np.zeros((len(flat), TOKENS), np.float32)
    for share, (_, pointer) in zip(target, flat, strict=True):
        share[list(pointer.tokens)] = 1 / len(pointer.tokens)
    return Aims(
        np.array([i for i, _ in flat], np.int64),
        np.array([pointer.at for _, pointer in flat], np.int64),
        np.array([pointer.image for _, pointer in flat], np.int64),
        target,
        np.array([pointer.slot for _, pointer in flat], np.int64),
    )
