"""Owns the first stage: the vision tower alone learns to read letters anywhere in the window."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from agent.train.nano.dense import centres_by_token, labels_by_half, labels_by_token, letters_by_cell
from agent.train.nano.vision import FastVision, patches

if TYPE_CHECKING:
    import torch

    from agent.train.nano.dense import DenseHeads
    from agent.train.nano.stream import Record

LESSON = "page:0.25,busy:0.5,desk:0.25"
BATCH = 8


@dataclass(frozen=True, slots=True)
class Pages:
    """Pictures (count, height, width, 3), and by token their letters, labels and centres (count, tokens, …)."""

    images: np.ndarray
    letters: np.ndarray
    labels: np.ndarray
    centres: np.ndarray
    halves: np.ndarray


def pages(records: Iterable[Record]) -> Pages:
    """First pictures of records with what is to be read in them."""
    rows = list(records)
    return Pages(
        np.stack([r.frames[0] for r in rows]),
        np.stack([letters_by_cell(r.header.glyphs) for r in rows]),
        np.stack([labels_by_token(r.header.widgets) for r in rows]),
        np.stack([centres_by_token(r.header.widgets) for r in rows]),
        np.stack([labels_by_half(r.header.widgets) for r in rows]),
    )


def batches(records: Iterable[Record]) -> Iterator[Pages]:
    """Batches of pages for ever."""
    source = iter(records)
    while rows := list(islice(source, BATCH)):
        yield pages(rows)


class ReadLoss:
    """Letters by cell, and on desks the whole label of the widget under each token."""

    def __init__(self, vision: FastVision, heads: DenseHeads) -> None:
        self.vision, self.heads = vision, heads

    def __call__(self, batch: Pages) -> tuple[torch.Tensor, dict[str, float], int]:
        """-> (loss, shares read right, pictures)."""
        import torch

        with torch.autocast("cpu", torch.bfloat16):
            merged, _ = self.vision(patches(batch.images))
        loss, read = self.heads.read(merged.float(), torch.from_numpy(batch.letters))
        said, labels = {"letters": float(read)}, torch.from_numpy(batch.labels)
        if (labels >= 0).any():
            spelling, spelled = self.heads.spell(merged.float(), labels)
            loss, said = 3 * loss + 0.3 * spelling, said | {"labels": float(spelled)}
        return loss, said, len(batch.images)
