"""Owns the choice of where and how a model runs: device, precision, attention, threads, with the reason in a sentence.

Several GPUs share a model for which none alone has room for a run of the usual length (agent/mind/precision.py).
Environment variables DESKHAND_DEVICE, DESKHAND_DTYPE and DESKHAND_ATTENTION overrule the choice; arguments overrule both.
"""

from __future__ import annotations

import importlib
import os
import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from agent.errors import ModelError, first_line
from agent.mind.bits import BITS
from agent.mind.budget import free_memory
from agent.mind.devices import joined, places, spoken
from agent.mind.precision import Known, Place, place_in, place_whole, trouble_on
from agent.mind.spread import groups
from agent.mind.spread import trouble as sharing_trouble

SMALL = 500_000_000
"""Bytes of weights below which full precision costs nothing worth saving."""
_NUMBERS = ("float32", "bfloat16", "float16")
DTYPES = (*_NUMBERS, *BITS)
ATTENTIONS = ("flash_attention_2", "sdpa", "eager")


@dataclass(frozen=True, slots=True)
class Hardware:
    """Where and how a model runs.

    Attributes:
        device: as torch names it; several that share the model are joined by commas.
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
    weight_bytes: int, wish: Wish | None = None, tell: Callable[[], Known | None] = lambda: None
) -> Hardware:
    """The best that this machine has for a model of that size.

    Args:
        weight_bytes: size of the weights on disk.
        wish: overrules the environment and the choice.
        tell: what the checkpoint says of itself, from which what a run needs is computed; None where that is not known.

    Raises:
        ModelError: what was wished for is unknown or not here.
    """
    wished = _with_environment(wish or Wish())
    found, why_device = _found(wished.device)
    _check(found if "," in wished.device else found[:1])
    small = weight_bytes < SMALL
    computes, why_dtype = (wished.dtype, "") if wished.dtype in _NUMBERS else _dtype(found[:1], small)
    place = _place(found, tell() if found[0] != "cpu" and not small else None, computes, wished)
    devices = place.devices
    if devices != found[:1]:
        _check(devices)
        computes, why_dtype = (wished.dtype, "") if wished.dtype in _NUMBERS else _dtype(devices, small)
    dtype = place.dtype if place.dtype in BITS else wished.dtype or computes
    attention = wished.attention or _attention(devices, computes)
    if dtype not in DTYPES or attention not in ATTENTIONS:
        raise ModelError(
            f"precision {dtype} or attention {attention} is unknown; use one of {', '.join(DTYPES)} and one of "
            f"{', '.join(ATTENTIONS)}"
        )
    if wished.dtype in BITS:
        _check_bits(wished.dtype, devices, computes, tell())
    # A tiny model's products are too small to share: threads would spend the time waiting for each other.
    threads = 1 if devices == ("cpu",) and small and "OMP_NUM_THREADS" not in os.environ else None
    why = "as asked for" if wished.dtype else place.why or why_dtype
    chosen = f"{why_device}{_taken(found, place, wished.device)}; {dtype}, {why}; attention {attention}."
    return Hardware(joined(devices), dtype, computes, attention, threads, chosen)


def within_reach() -> tuple[str, ...]:
    """The devices that models may take here, as far as the environment lets them; several only where they can be shared."""
    found = _found(_with_environment(Wish()).device)[0]
    return found[:1] if sharing_trouble() else found


def lower(dtype: str) -> str:
    """The precision that takes half the memory and can be had everywhere; empty where there is none."""
    return "bfloat16" if dtype == "float32" else ""


def _with_environment(wish: Wish) -> Wish:
    return Wish(
        wish.device or os.environ.get("DESKHAND_DEVICE", ""),
        wish.dtype or os.environ.get("DESKHAND_DTYPE", ""),
        wish.attention or os.environ.get("DESKHAND_ATTENTION", ""),
    )


def _found(wished: str) -> tuple[tuple[str, ...], str]:
    """The devices that a model may be on, and how it came to them."""
    if "," in wished:
        shared = places(wished)
        if not all(re.fullmatch(r"cuda:\d+", place) for place in shared):
            raise ModelError(
                f"{wished} are no GPUs that share a model; name NVIDIA GPUs, as in DESKHAND_DEVICE=cuda:0,cuda:1"
            )
        return shared, f"{spoken(shared)} were asked for"
    device, why = (wished, f"{wished} was asked for") if wished else _device()
    gpus = _gpus() if device == "cuda" else ()
    if len(gpus) < 2:
        return (device,), why
    return gpus, why if wished else f"the GPUs {spoken([f'{_name(gpu)} ({gpu})' for gpu in gpus])} were found"


def _gpus() -> tuple[str, ...]:
    import torch

    return tuple(f"cuda:{number}" for number in range(torch.cuda.device_count()))


def _name(gpu: str) -> str:
    import torch

    return torch.cuda.get_device_name(gpu)


def _place(found: tuple[str, ...], known: Known | None, usual: str, wished: Wish) -> Place:
    """Which of the devices it takes, and in which precision, as far as memory speaks for one."""
    shared, lacking = "," in wished.device, sharing_trouble() if len(found) > 1 else ""
    if shared and lacking:
        raise ModelError(lacking)
    free = cache(_free)
    alone = ((one,) for one in found)
    among = [found] if shared else alone if lacking else groups(found, free)
    if known and known.shape:
        place = place_in(known.shape, usual, wished.dtype, among, free)
    # How small it would be in the few bits that were asked for is not known.
    elif known is None or shared or len(found) < 2 or wished.dtype not in ("", usual):
        place = Place(found if shared else found[:1], wished.dtype or usual)
    else:
        place = place_whole(known.needs(usual), known.layers, usual, among, free)
    return replace(place, why=f"{place.why} ({lacking})") if place.why and lacking else place


def _free(device: str) -> int:
    """A GPU that belongs to another program alone has nothing free."""
    try:
        return free_memory(device)
    except RuntimeError:
        return 0


def _taken(found: tuple[str, ...], place: Place, wished: str) -> str:
    """Which of several GPUs were taken, for a sentence."""
    if len(found) < 2 or "," in wished:
        return ""
    if len(place.devices) == 1:
        return f", and it takes {place.devices[0]}"
    taken = spoken(place.devices) if place.devices != found else "both" if len(found) == 2 else "all of them"
    return f", and it takes {taken}, as none alone has room for a run"


def _device() -> tuple[str, str]:
    import torch

    if torch.cuda.is_available():
        return "cuda", f"the GPU {torch.cuda.get_device_name()} was found"
    if torch.backends.mps.is_available():
        return "mps", "the Apple GPU was found"
    return "cpu", "no GPU that this torch can use was found, so the processor works"


def _check(devices: Iterable[str]) -> None:
    import torch

    for device in devices:
        try:
            torch.empty(1, device=device)
        except (RuntimeError, AssertionError, NotImplementedError) as error:
            raise ModelError(f"the device {device} cannot be used here: {first_line(error)}") from error


def _check_bits(dtype: str, devices: Iterable[str], computes: str, known: Known | None) -> None:
    if known and known.mixture:
        raise ModelError(
            f"{dtype} weights are of no use to a mixture of experts, which bitsandbytes leaves as they are: use a smaller "
            "model, or one on a server"
        )
    if why_not := trouble_on(devices, dtype, computes):
        raise ModelError(why_not)


def _dtype(devices: Sequence[str], small: bool) -> tuple[str, str]:
    if small:
        return "float32", "since the model is small"
    if devices[0].startswith("cuda"):
        lacks = "since it lacks bfloat16" if len(devices) == 1 else "since one of them lacks bfloat16"
        return ("bfloat16", "its native format") if all(map(_is_ampere, devices)) else ("float16", lacks)
    if devices[0] == "cpu" and not _bfloat16_is_quicker():
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


def _attention(devices: Sequence[str], dtype: str) -> str:
    can = devices[0].startswith("cuda") and dtype != "float32" and all(map(_is_ampere, devices))
    return "flash_attention_2" if can and _imports("flash_attn") else "sdpa"


def _imports(name: str) -> bool:
    """Whether a library is there and works; one that was built for another torch is found but fails."""
    try:
        importlib.import_module(name)
    except (ImportError, OSError, RuntimeError):
        return False
    return True
