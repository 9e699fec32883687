"""Owns what memory a model takes and what a device has: before it is loaded, and while it thinks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psutil

from agent.errors import OutOfMemory
from agent.mind.bits import BITS
from agent.mind.devices import places, spoken
from agent.mind.fit import USUAL, gigabytes, need, precision_of
from agent.mind.hardware import Hardware, lower
from agent.mind.models.whole import parts
from agent.mind.sizes import Shape

_WIDTHS = {"float32": 4, "bfloat16": 2, "float16": 2}
_FLOATS = frozenset({"F64", "F32", "F16", "BF16"})
"""Formats that become the chosen one as they are loaded; others, of quantised weights, stay as they are."""


def loaded_bytes(folder: Path, dtype: str) -> int:
    """Bytes that the weights in a folder take in memory in a precision; only their heads are read. Raises ModelError."""
    width = _WIDTHS[dtype]
    found = [part for file in folder.glob("*.safetensors") for part in parts(file)]
    return sum(part.numbers * width if part.format in _FLOATS else part.size for part in found)


def held_memory(device: str) -> int:
    """Bytes that this process holds now: on the GPUs that its model is on, else in main memory."""
    if device.startswith("cuda"):
        import torch

        return sum(torch.cuda.memory_reserved(place) for place in places(device))
    if device == "mps":
        import torch

        return int(torch.mps.driver_allocated_memory())
    return int(psutil.Process().memory_info().rss)


def check_room(
    model: str, folder: Path, hardware: Hardware, free: int, shape_of: Callable[[], Shape | None] = lambda: None
) -> None:
    """Refuse a model whose weights alone are larger than what is free.

    Args:
        model: its name.
        folder: where its weights lie.
        hardware: where and how it is to run.
        free: bytes on that device, or on all of them.
        shape_of: tells the model's shape, from which its size in few bits is computed.

    Raises:
        OutOfMemory: one sentence says how much is lacking and what to do.
    """
    if hardware.dtype in BITS:
        shape = shape_of()
        needed = need(shape, precision_of(hardware.dtype, hardware.computes), USUAL).weights if shape else 0
    else:
        needed = loaded_bytes(folder, hardware.dtype)
    if needed <= free:
        return
    less = lower(hardware.dtype)
    lighter = f", set DESKHAND_DTYPE={less}" if less else ""
    devices = places(hardware.device)
    have = "has" if len(devices) == 1 else "have"
    raise OutOfMemory(
        f"{model} does not fit: its weights take {gigabytes(needed)} in {hardware.dtype}, and {spoken(devices)} {have} "
        f"{gigabytes(free)} free; close other programs{lighter}, or choose a smaller model (`deskhand models recommend` "
        "names one)"
    )
