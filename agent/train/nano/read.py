"""Owns the first stage: the vision tower alone learns to read letters anywhere in the window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from agent.train.nano.dense import centres_by_token, labels_by_half, letters_by_cell
from agent.train.nano.vision import FastVision, patches

if TYPE_CHECKING:
    import torch

    from agent.train.nano.dense import DenseHeads
    from agent.train.nano.stream import Record

LESSON = "page:0.25,busy:0.35,desk:0.4"
BATCH = 16


@dataclass(frozen=True, slots=True)
class Pages:
    """Pictures (count, height, width, 3), and by token their letters, centres and labels (count, tokens, …)."""

    images: np.ndarray
    letters: np.ndarray
    centres: np.ndarray
    labels: np.ndarray


def pages(records: Iterable[Record]) -> Pages:
    """First pictures of records with what is to be read in them."""
    rows = list(records)
    return Pages(
        np.stack([r.frames[0] for r in rows]),
        np.stack([letters_by_cell(r.header.glyphs) for r in rows]),
        np.stack([centres_by_token(r.header.widgets) for r in rows]),
        np.stack([labels_by_half(r.header.widgets) for r in rows]),
    )


def batches(records: Iterable[Record]) -> Iterator[Pages]:
    """Batches of pages for ever."""
    source = iter(records)
    while rows := list(islice(source, BATCH)):
        yield pages(rows)


class ReadLoss:
    """Letters by cell, and on desks what lies in each half of a token, and where.

    Without the latter, reading letters anywhere teaches the tower to forget where it reads.
    """

    def __init__(self, vision: FastVision, heads: DenseHeads) -> None:
        self.vision, self.heads = vision, heads

    def __call__(self, batch: Pages) -> tuple[torch.Tensor, dict[str, float], int]:
        """-> (loss, shares read right, pictures)."""
        import torch

        with torch.autocast("cpu", torch.bfloat16):
            merged, _ = self.vision(patches(batch.images))
        loss, said = seen_loss(self.heads, merged.float(), batch)
        return loss, said, len(batch.images)


def seen_loss(heads: DenseHeads, merged: torch.Tensor, batch: Pages) -> tuple[torch.Tensor, dict[str, float]]:
    """-> (loss of what every merged token must know, shares of it that are right)."""
    import torch

    letters, centres, labels = (torch.from_numpy(a) for a in (batch.letters, batch.centres, batch.labels))
    reading, read = heads.read(merged, letters)
    if not (labels >= 0).any():
        return 3 * reading, {"read": float(read)}
    spelling, spelled = heads.spell(merged, labels)
    placing, placed = heads.place(merged, centres)
    said = {"read": float(read), "labels": float(spelled), "placed": float(placed)}
    return 3 * reading + spelling + 2 * placing, said
