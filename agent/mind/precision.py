"""Owns what a model gets where memory is short: several GPUs in the usual precision, or else 8 bits, then 4.

Several GPUs come first: what a model thinks stays what it was made to think, which few bits round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from agent.mind.bits import BITS, FOUR_BITS, trouble
from agent.mind.fit import USUAL, Need, gigabytes, need, precision_of
from agent.mind.sizes import Shape
from agent.mind.spread import fits


@dataclass(frozen=True, slots=True)
class Known:
    """What a checkpoint tells before it is loaded.

    Attributes:
        shape: from which its size is computed in every precision; None where its weights already are in few bits, or are
            not all in it.
        mixture: it has experts, which bitsandbytes leaves as they are.
        layers: all of them.
        needs: what a run of the usual length needs, by the bytes of the weights in a precision, as torch names it.
    """

    shape: Shape | None
    mixture: bool
    layers: int
    needs: Callable[[str], Need]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model goes, and how its weights are kept.

    Attributes:
        devices: one, or several that share it, as torch names them.
        dtype: of the weights; `8-bit`, `4-bit`, or as torch names it.
        why: that precision; empty where nothing speaks against the usual one.
    """

    devices: tuple[str, ...]
    dtype: str
    why: str = ""


def place_in(
    shape: Shape, computes: str, dtype: str, groups: Iterable[tuple[str, ...]], free: Callable[[str], int]
) -> Place:
    """Where a run of the usual length fits, in the precision that was asked for; where in none, what has most free.

    Args:
        shape: of the model.
        computes: the usual precision, as torch names it.
        dtype: the precision that was asked for; empty to choose one.
        groups: devices that the model could be on, each group better than the next.
        free: says how many bytes a device has free.
    """
    tried = []
    for group in groups:
        if _fits(shape, dtype or computes, computes, group, free):
            return Place(group, dtype or computes)
        tried.append(group)
    most = max(tried, key=lambda group: sum(map(free, group)))
    if dtype:
        return Place(most, dtype)
    needed = gigabytes(need(shape, precision_of(computes, computes), USUAL).total)
    why = f"a run in {computes} needs {needed} and {gigabytes(sum(map(free, most)))} are free"
    if shape.experts:
        why_not = "8 and 4 bits would not help, as they leave the experts of a mixture as they are"
        return Place(most, computes, f"though {why}: {why_not}")
    found = ((group, dtype) for dtype in BITS for group in tried if _fits(shape, dtype, computes, group, free))
    devices, dtype = next(found, ((), FOUR_BITS))
    if why_not := trouble_on(devices or most, dtype, computes):
        return Place(most, computes, f"though {why}: {why_not}")
    least = gigabytes(need(shape, precision_of(dtype, computes), USUAL).total)
    short = "" if devices else f", though a run of the usual length needs {least} even so"
    return Place(devices or most, dtype, f"because {why}{short}")


def place_whole(
    needed: Need, layers: int, dtype: str, groups: Iterable[tuple[str, ...]], free: Callable[[str], int]
) -> Place:
    """Where a run fits, by the bytes that were counted; where on none, what has most free.

    Args:
        needed: for the run.
        layers: of the model, as equal shares of its weights.
        dtype: the precision that it computes in.
        groups: devices that the model could be on, each group better than the next.
        free: says how many bytes a device has free.
    """
    # Wherever the model goes on, driver and work take their own once more, and no layer is cut in two.
    border = needed.work + needed.weights // layers
    tried = []
    for group in groups:
        if needed.total + (len(group) - 1) * border <= sum(map(free, group)):
            return Place(group, dtype)
        tried.append(group)
    most = max(tried, key=lambda group: sum(map(free, group)))
    has = gigabytes(sum(map(free, most)))
    return Place(most, dtype, f"though a run needs {gigabytes(needed.total)} and {has} are free")


def trouble_on(devices: Iterable[str], dtype: str, computes: str) -> str:
    """Why weights of 8 or 4 bits cannot be had on one of these devices, and what to do; empty when they can."""
    return next(filter(None, (trouble(dtype, device, computes) for device in devices)), "")


def _fits(shape: Shape, dtype: str, computes: str, group: Iterable[str], free: Callable[[str], int]) -> bool:
    return fits(shape, precision_of(dtype, computes), USUAL, [free(place) for place in group])
