"""Owns which published size suits a machine, with the reason in one sentence."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from agent.mind.bits import BITS
from agent.mind.budget import free_memory
from agent.mind.devices import joined, places, spoken
from agent.mind.fit import Load, Need, gigabytes, need, precision_of
from agent.mind.hardware import SMALL, choose_hardware, within_reach
from agent.mind.precision import trouble_on
from agent.mind.sizes import SIZES, Shape
from agent.mind.spread import fits

_ON_GPU = ("30B-A3B", "8B", "4B", "2B")
"""Best first: by the published scores for finding things on screens and for whole tasks. 32B and 235B are slower, and
find no better for it; who wants them names them."""
_ON_PROCESSOR = ("2B",)
"""Larger ones fit into memory and take many minutes a step."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What a model can have.

    Attributes:
        device: as torch names it; several GPUs are joined by commas.
        dtype: in which a model of these sizes would compute there, as torch names it.
        name: for a person.
        free, total: bytes, of all GPUs together.
        precisions: in which its weights may be kept there, best first; all but `8-bit` and `4-bit` as torch names them.
        lacks: why those two are not among them, where they could be.
        each: bytes free on each of several GPUs.
    """

    device: str
    dtype: str
    name: str
    free: int
    total: int
    precisions: tuple[str, ...]
    lacks: str = ""
    each: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """What suits a machine.

    Attributes:
        shape: the size; None when none fits.
        dtype: the precision of its weights.
        why: one sentence.
    """

    shape: Shape | None
    dtype: str
    why: str


@dataclass(frozen=True, slots=True)
class _Fit:
    """A size that fits.

    Attributes:
        shape: the size.
        dtype: the best precision of its weights in which it does.
        needed: what it needs then.
        above: the size before it, if there is one, and the least that it would need.
    """

    shape: Shape
    dtype: str
    needed: Need
    above: tuple[Shape, Need] | None


def memory() -> Memory:
    """What this machine has, on the device that would be chosen. Raises ModelError when a wished device is not here."""
    import psutil
    import torch

    chosen = choose_hardware(SMALL)
    # What a person asks for is not chosen, and a processor gains no speed by few bits.
    asked = chosen.device == "cpu" or "DESKHAND_DTYPE" in os.environ
    lacks = "" if asked else trouble_on(places(chosen.device), BITS[-1], chosen.computes)
    precisions = (chosen.dtype,) if asked or lacks else (chosen.dtype, *BITS)
    if chosen.device.startswith("cuda"):
        gpus = within_reach()
        name = f"the GPU{'s' if len(gpus) > 1 else ''} {spoken([torch.cuda.get_device_name(gpu) for gpu in gpus])}"
        frees = tuple(free_memory(gpu) for gpu in gpus)
        total = sum(torch.cuda.get_device_properties(gpu).total_memory for gpu in gpus)
        shared = frees if len(gpus) > 1 else ()
        return Memory(joined(gpus), chosen.computes, name, sum(frees), total, precisions, lacks, shared)
    total = psutil.virtual_memory().total
    name = "the Apple GPU" if chosen.device == "mps" else "the processor"
    return Memory(chosen.device, chosen.computes, name, free_memory(chosen.device), total, precisions, lacks)


def advise(has: Memory, load: Load) -> Advice:
    """The size for a machine, for runs as long as that."""
    names = _ON_PROCESSOR if has.device == "cpu" else _ON_GPU
    shapes = [next(shape for shape in SIZES if shape.name == name) for name in names]
    found = _best(shapes, has, has.precisions, load)
    more = _more(shapes, has, load, found) if has.lacks else ""
    if found is None:
        least = has.precisions[-1]
        needed = need(shapes[-1], precision_of(least, has.dtype), load)
        return Advice(None, "", _too_little(shapes[-1], least, needed, has) + more + ".")
    above = f"; {found.above[0].name} would need {gigabytes(found.above[1].total)}" if found.above else ""
    return Advice(found.shape, found.dtype, _why(found, has) + above + _slow(has) + more + ".")


def _best(shapes: Sequence[Shape], has: Memory, precisions: Sequence[str], load: Load) -> _Fit | None:
    above = None
    for shape in shapes:
        needs = {dtype: need(shape, precision_of(dtype, has.dtype), load) for dtype in precisions}
        for dtype, needed in needs.items():
            if not (shape.experts and dtype in BITS) and _fits(shape, dtype, has, load):
                return _Fit(shape, dtype, needed, above)
        above = shape, needs[has.dtype if shape.experts and has.dtype in needs else precisions[-1]]
    return None


def _fits(shape: Shape, dtype: str, has: Memory, load: Load) -> bool:
    """On one GPU, or on all together."""
    each = has.each or (has.free,)
    return any(fits(shape, precision_of(dtype, has.dtype), load, free) for free in (*((one,) for one in each), each))


def _more(shapes: Sequence[Shape], has: Memory, load: Load, found: _Fit | None) -> str:
    """What would fit in few bits, and what is lacking for that."""
    other = _best(shapes, has, (has.dtype, *BITS), load)
    if other is None or (found and found.shape == other.shape):
        return ""
    return f"; {other.shape.name} would fit in {other.dtype}, but {has.lacks}"


def _why(found: _Fit, has: Memory) -> str:
    return f"{found.shape.checkpoint} in {found.dtype} needs {gigabytes(found.needed.total)}, and {_free(has)}"


def _free(has: Memory) -> str:
    return f"{has.name} {'have' if has.each else 'has'} {gigabytes(has.free)} free{' together' if has.each else ''}"


def _slow(has: Memory) -> str:
    return "; without a GPU a step takes minutes" if has.device == "cpu" else ""


def _too_little(shape: Shape, dtype: str, needed: Need, has: Memory) -> str:
    return (
        f"No published size fits: {shape.name}, the smallest, needs {gigabytes(needed.total)} in {dtype}, and "
        f"{_free(has)}; close other programs, or use a model on a server"
    )
