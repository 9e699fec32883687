"""Owns how far two conversations are the same: tokens by id, pictures by what they show; and in which parts to read on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from actions.frame import Frame
from agent.mind.encode import Encoded, Span

Key = int | str
"""What stands at a place: a token's id, or the digest of the picture that one of its visual tokens belongs to."""

PART: Final = 2560
"""Most tokens read at once, unless a single picture has more: what a read needs beside the cache stays bounded. A step with
a frame of 1920×1080 is read at once."""


def keys(encoded: Encoded, frames: Sequence[Frame]) -> list[Key]:
    """What stands at each place of a conversation."""
    found: list[Key] = list(encoded.ids)
    for span, frame in zip(encoded.images, frames, strict=True):
        found[span.start : span.stop] = [frame.digest] * (span.stop - span.start)
    return found


def common(known: Sequence[Key], wanted: Sequence[Key], images: Iterable[Span]) -> int:
    """How many places from the beginning are the same; never ends inside a picture, and leaves one place to read.

    Args:
        known: what was read.
        wanted: what is to be read.
        images: where the pictures of `wanted` lie.
    """
    low, high = 0, min(len(known), len(wanted) - 1)
    while low < high:
        middle = (low + high + 1) // 2
        # Compared in one go: a conversation has tens of thousands of places, and almost all of them are the same.
        if known[low:middle] == wanted[low:middle]:
            low = middle
        else:
            high = middle - 1
    return next((span.start for span in images if span.start < low < span.stop), low)


def parts(start: int, stop: int, images: Sequence[Span], halts: Sequence[int] = ()) -> Iterator[Span]:
    """The places from `start` to `stop` in parts of a bounded size; pictures stay whole, and a part ends at each halt."""
    while start < stop:
        end = min(stop, start + PART, *(halt for halt in halts if halt > start))
        for span in images:
            if span.start < end < span.stop:
                end = span.start if span.start > start else span.stop
        yield Span(start, end)
        start = end
