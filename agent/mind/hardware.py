"""Owns the choice of where and how a model runs: device, precision, attention, threads, with the reason in a sentence.

Environment variables DESKHAND_DEVICE, DESKHAND_DTYPE and DESKHAND_ATTENTION overrule the choice; arguments overrule both.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

from agent.errors import ModelError, first_line
from agent.mind.bits import BITS, trouble
from agent.mind.budget import free_memory
from agent.mind.precision import sparing
from agent.mind.sizes import Shape

SMALL = 500_000_000
"""Bytes of weights below which full precision costs nothing worth saving."""
_NUMBERS = ("float32", "bfloat16", "float16")
DTYPES = (*_NUMBERS, *BITS)
ATTENTIONS = ("flash_attention_2", "sdpa", "eager")


@dataclass(frozen=True, slots=True)
class Hardware:
    """Where and how a model runs.

    Attributes:
        device: as torch names it.
        dtype: precision of the weights: as torch names it, or `8-bit` or `4-bit`.
        computes: precision of all other numbers, as torch names it.
        attention: as transformers names it.
        threads: for arithmetic on the processor; None leaves it to torch.
        chosen: why, in one sentence.
    """

    device: str
    dtype: str
    computes: str
    attention: str
    threads: int | None
    chosen: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants instead of the choice; empty parts are chosen."""

    device: str = ""
    dtype: str = ""
    attention: str = ""


def choose_hardware(
    weight_bytes: int, wish: Wish | None = None, shape_of: Callable[[], Shape | None] = lambda: None
) -> Hardware:
    """The best that this machine has for a model of that size.

    Args:
        weight_bytes: size of the weights on disk.
        wish: overrules the environment and the choice.
        shape_of: tells the model's shape, from which what a run needs is computed; None where that is not known.

    Raises:
        ModelError: what was wished for is unknown or not here.
    """
    wished = _with_environment(wish or Wish())
    device, why_device = (wished.device, f"{wished.device} was asked for") if wished.device else _device()
    _check(device)
    small = weight_bytes < SMALL
    computes, why_dtype = (wished.dtype, "") if wished.dtype in _NUMBERS else _dtype(device, small)
    dtype = wished.dtype or computes
    if wished.dtype:
        why_dtype = "as asked for"
    elif device != "cpu" and not small and (shape := shape_of()):
        spared, why_spared = sparing(shape, device, computes, free_memory(device))
        dtype, why_dtype = (spared, why_spared) if spared else (dtype, why_dtype)
    attention = wished.attention or _attention(device, computes)
    if dtype not in DTYPES or attention not in ATTENTIONS:
        raise ModelError(
            f"precision {dtype} or attention {attention} is unknown; use one of {', '.join(DTYPES)} and one of "
            f"{', '.join(ATTENTIONS)}"
        )
    if wished.dtype in BITS:
        _check_bits(wished.dtype, device, computes, shape_of())
    # A tiny model's products are too small to share: threads would spend the time waiting for each other.
    threads = 1 if device == "cpu" and small and "OMP_NUM_THREADS" not in os.environ else None
    chosen = f"{why_device}; {dtype}, {why_dtype}; attention {attention}."
    return Hardware(device, dtype, computes, attention, threads, chosen)


def is_on(place: str, chosen: str) -> bool:
    """Whether a place, such as `cuda:0`, is the device that was chosen; without a number that is any of its kind."""
    return chosen in (place, place.partition(":")[0])


def lower(dtype: str) -> str:
    """The precision that takes half the memory and can be had everywhere; empty where there is none."""
    return "bfloat16" if dtype == "float32" else ""


def _with_environment(wish: Wish) -> Wish:
    return Wish(
        wish.device or os.environ.get("DESKHAND_DEVICE", ""),
        wish.dtype or os.environ.get("DESKHAND_DTYPE", ""),
        wish.attention or os.environ.get("DESKHAND_ATTENTION", ""),
    )


def _device() -> tuple[str, str]:
    import torch

    if torch.cuda.is_available():
        return "cuda", f"the GPU {torch.cuda.get_device_name()} was found"
    if torch.backends.mps.is_available():
        return "mps", "the Apple GPU was found"
    return "cpu", "no GPU that this torch can use was found, so the processor works"


def _check(device: str) -> None:
    import torch

    try:
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ModelError(f"the device {device} cannot be used here: {first_line(error)}") from error


def _check_bits(dtype: str, device: str, computes: str, shape: Shape | None) -> None:
    if shape and shape.experts:
        raise ModelError(
            f"{dtype} weights are of no use to a mixture of experts, which bitsandbytes leaves as they are: use a smaller "
            "model, or one on a server"
        )
    if why_not := trouble(dtype, device, computes):
        raise ModelError(why_not)


def _dtype(device: str, small: bool) -> tuple[str, str]:
    if small:
        return "float32", "since the model is small"
    if device.startswith("cuda"):
        return ("bfloat16", "its native format") if _is_ampere(device) else ("float16", "since it lacks bfloat16")
    if device == "cpu" and not _bfloat16_is_quicker():
        return "float32", "since bfloat16 is slower on this processor"
    return "bfloat16", "the model's own precision"


def _is_ampere(device: str) -> bool:
    """Whether the GPU is of the generation that brought bfloat16, and that FlashAttention-2 needs, or newer."""
    import torch

    return torch.cuda.get_device_capability(device) >= (8, 0)


def _bfloat16_is_quicker() -> bool:
    """By trying: without instructions for it a product takes a hundred times as long as in float32."""
    import torch

    def seconds(dtype: torch.dtype) -> float:
        matrix = torch.ones(192, 192, dtype=dtype)
        best = float("inf")
        for _ in range(3):
            started = time.perf_counter()
            matrix @ matrix
            best = min(best, time.perf_counter() - started)
        return best

    return seconds(torch.bfloat16) < seconds(torch.float32)


def _attention(device: str, dtype: str) -> str:
    can = device.startswith("cuda") and dtype != "float32" and _is_ampere(device)
    return "flash_attention_2" if can and _imports("flash_attn") else "sdpa"


def _imports(name: str) -> bool:
    """Whether a library is there and works; one that was built for another torch is found but fails."""
    try:
        importlib.import_module(name)
    except (ImportError, OSError, RuntimeError):
        return False
    return True
