"""Owns the first try of a model in its own process, as `doctor --try` reports it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from agent.mind.base import Examination, MindInfo
from agent.mind.client import MindClient


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What is known of a model after the first try.

    Attributes:
        info: what it is and how it runs.
        load_seconds: until it was ready, with the start of its process; about 0 when it was loaded before.
        found: whether it sees, how quick it is, what it holds.
    """

    info: MindInfo
    load_seconds: float
    found: Examination


def probe(model: str | MindClient) -> ProbeResult:
    """Load a model and try it.

    Args:
        model: a name as `open_mind` takes it, or a client that is left open.

    Raises:
        ModelError: it cannot be loaded, or fails.
    """
    client = MindClient(model) if isinstance(model, str) else model
    try:
        started = time.perf_counter()
        info = client.info()
        return ProbeResult(info, time.perf_counter() - started, client.examine())
    finally:
        if isinstance(model, str):
            client.close()
