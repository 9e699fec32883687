"""Owns which published size suits a machine, with the reason in one sentence."""

from __future__ import annotations

from dataclasses import dataclass

from agent.mind.fit import FULL, HALF, Load, Need, need
from agent.mind.hardware import SMALL, choose_hardware
from agent.mind.sizes import SIZES, Shape

_GB = 1e9
_ON_GPU = ("30B-A3B", "8B", "4B", "2B")
"""Best first: by the published scores for finding things on screens and for whole tasks. 32B and 235B are slower, and
find no better for it; who wants them names them."""
_ON_PROCESSOR = ("2B",)
"""Larger ones fit into memory and take many minutes a step."""
_PRECISIONS = {"float32": FULL, "bfloat16": HALF, "float16": HALF}


@dataclass(frozen=True, slots=True)
class Memory:
    """What a model can have.

    Attributes:
        device: as torch names it.
        dtype: in which a model of these sizes would run there, as torch names it.
        name: for a person.
        free, total: bytes.
    """

    device: str
    dtype: str
    name: str
    free: int
    total: int


@dataclass(frozen=True, slots=True)
class Advice:
    """What suits a machine.

    Attributes:
        shape: the size; None when none fits.
        why: one sentence.
    """

    shape: Shape | None
    why: str


def memory() -> Memory:
    """What this machine has, on the device that would be chosen. Raises ModelError when a wished device is not here."""
    import psutil
    import torch

    chosen = choose_hardware(SMALL)
    main = psutil.virtual_memory()
    if chosen.device.startswith("cuda"):
        free, total = torch.cuda.mem_get_info(chosen.device)
        return Memory(chosen.device, chosen.dtype, f"the GPU {torch.cuda.get_device_name(chosen.device)}", free, total)
    name = "the Apple GPU" if chosen.device == "mps" else "the processor"
    return Memory(chosen.device, chosen.dtype, name, main.available, main.total)


def load_of(steps: int, frames: int, folded: int) -> Load:
    """What a run asks of a model at its longest.

    Args:
        steps: that it has at most.
        frames: most pictures that its conversation shows at once.
        folded: steps that are text when it asks for the last one.
    """
    return Load(min(steps, frames), folded)


def advise(has: Memory, load: Load) -> Advice:
    """The size for a machine, for runs as long as that."""
    precision = _PRECISIONS[has.dtype]
    names = _ON_PROCESSOR if has.device == "cpu" else _ON_GPU
    shapes = [next(shape for shape in SIZES if shape.name == name) for name in names]
    needs = [need(shape, precision, load) for shape in shapes]
    for at, (shape, needed) in enumerate(zip(shapes, needs, strict=True)):
        if needed.total <= has.free:
            above = "" if at == 0 else f"; {shapes[at - 1].name} would need {gigabytes(needs[at - 1].total)}"
            return Advice(shape, _why(shape, needed, has) + above + _slow(has) + ".")
    return Advice(None, _too_little(shapes[-1], needs[-1], has))


def gigabytes(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / _GB:.1f} GB"


def _why(shape: Shape, needed: Need, has: Memory) -> str:
    return (
        f"{shape.checkpoint} in {has.dtype} needs {gigabytes(needed.total)}, and {has.name} has "
        f"{gigabytes(has.free)} free"
    )


def _slow(has: Memory) -> str:
    return "; without a GPU a step takes minutes" if has.device == "cpu" else ""


def _too_little(shape: Shape, needed: Need, has: Memory) -> str:
    return (
        f"No published size fits: {shape.name}, the smallest, needs {gigabytes(needed.total)} in {has.dtype}, and "
        f"{has.name} has {gigabytes(has.free)} free; close other programs, or use a model on a server."
    )
