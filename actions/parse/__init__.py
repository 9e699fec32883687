"""Owns the reading of what a model says: text in, a Turn of thought and actions out; one dialect a file, never eval."""

from __future__ import annotations

from actions.geometry import GRID_COORDINATES, Coordinates
from actions.parse.reply import read_reply
from actions.parse.scan import Scanner
from actions.parse.turn import Turn


def parse(text: str, coordinates: Coordinates = GRID_COORDINATES) -> Turn:
    """What a model's reply means, in time linear in its length.

    Args:
        text: verbatim.
        coordinates: how this model writes places.

    Raises:
        ParseError: it has no meaning, or more than one; the sentence tells the model what to write.
    """
    return read_reply(Scanner(text), coordinates)
