"""Owns the precision of a model that memory has no room for in the usual one: 8 bits, then 4, where they can be had."""

from __future__ import annotations

from agent.mind.bits import BITS, FOUR_BITS, trouble
from agent.mind.fit import USUAL, gigabytes, need, precision_of
from agent.mind.sizes import Shape


def sparing(shape: Shape, device: str, computes: str, free: int) -> tuple[str, str]:
    """The precision in which a run of the usual length fits, and why that one; empty where nothing speaks against the usual.

    Args:
        shape: of the model.
        device: as torch names it.
        computes: the usual precision there, as torch names it.
        free: bytes that the model can have.
    """
    needs = {dtype: need(shape, precision_of(dtype, computes), USUAL).total for dtype in (computes, *BITS)}
    if needs[computes] <= free:
        return "", ""
    why = f"a run in {computes} needs {gigabytes(needs[computes])} and {gigabytes(free)} are free"
    if shape.experts:
        return (
            computes,
            f"though {why}: 8 and 4 bits would not help, as they leave the experts of a mixture as they are",
        )
    dtype = next((dtype for dtype in BITS if needs[dtype] <= free), FOUR_BITS)
    if why_not := trouble(dtype, device, computes):
        return computes, f"though {why}: {why_not}"
    short = (
        "" if needs[dtype] <= free else f", though a run of the usual length needs {gigabytes(needs[dtype])} even so"
    )
    return dtype, f"because {why}{short}"
