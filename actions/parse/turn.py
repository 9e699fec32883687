"""Owns the Turn: what a model's reply means."""

from __future__ import annotations

from dataclasses import dataclass

from actions.action import Action


@dataclass(frozen=True, slots=True)
class Turn:
    """A reply, read.

    Attributes:
        thought: what was thought, and what was said before the first call.
        text: what was said to nobody's hands: the whole reply where nothing is called, or words between and after calls.
        actions: what to do, in order; empty where nothing is called.
    """

    thought: str
    text: str
    actions: tuple[Action, ...]
