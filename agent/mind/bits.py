"""Owns weights of 8 and 4 bits: whether bitsandbytes can keep them on a device, and what it is told to leave as it is.

The language model's linear layers alone are made smaller. What sees stays as it was made, or small things on a screen are
no longer found; so do the tables of tokens, which are looked up and scored rather than multiplied with.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
from typing import TYPE_CHECKING, Final

from agent.errors import first_line

if TYPE_CHECKING:
    from transformers import BitsAndBytesConfig

    from agent.mind.network import Network

EIGHT_BITS: Final = "8-bit"
FOUR_BITS: Final = "4-bit"
BITS: Final = (EIGHT_BITS, FOUR_BITS)
INSTALL: Final = "pip install bitsandbytes accelerate"
_LIBRARIES = ("bitsandbytes", "accelerate")
_LEFT: Final = ("model.visual", "lm_head")
"""Modules that stay as they are, with all below them; transformers compares from the beginning of a name, or with its end."""
_SIDE = 64
"""Of the matrix that is tried: numbers that share a scale in 4 bits."""
_FAR: Final = 0.3
"""Share by which a product may differ in few bits; random numbers in 4 bits differ by 0.1."""


def trouble(dtype: str, device: str, computes: str) -> str:
    """Why weights of so many bits cannot be had on a device, and what to do; empty when a product was right.

    Args:
        dtype: `8-bit` or `4-bit`.
        device: as torch names it.
        computes: precision of the product, as torch names it.
    """
    if not all(importlib.util.find_spec(name) for name in _LIBRARIES):
        return f"8 and 4 bits need bitsandbytes: install it with `{INSTALL}`"
    quiet()
    try:
        off = _error(dtype, device, computes)
    # A driver or a processor that it was not built for shows in many ways, of which ImportError is the least likely.
    except (ImportError, OSError, RuntimeError, AttributeError, AssertionError, ValueError, TypeError) as error:
        return f"bitsandbytes cannot work in {dtype} on {device} here: {first_line(error)}"
    return "" if off < _FAR else f"bitsandbytes gives wrong numbers in {dtype} on {device} here"


def quiet() -> None:
    """Keep bitsandbytes to itself, before anything loads it, as peft does, too.

    It would warn of each format that it changes at each product; and where a library named kernels is installed, it would
    fetch compiled code from the hub and run it, which nobody asked for.
    """
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)
    sys.modules.setdefault("kernels", None)  # type: ignore[arg-type] # makes it look absent


def config_of(dtype: str, computes: str) -> BitsAndBytesConfig:
    """What transformers is told, to keep weights in `8-bit` or `4-bit` as it loads them."""
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_8bit=dtype == EIGHT_BITS,
        load_in_4bit=dtype == FOUR_BITS,
        llm_int8_skip_modules=list(_LEFT),
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=computes,
    )


def settle(network: Network) -> None:
    """Let weights find their place: on some processors the first product lays them out anew, which would look like others."""
    import torch

    with torch.inference_mode():
        network(input_ids=torch.zeros((1, 1), dtype=torch.long, device=network.device), use_cache=False)


def _error(dtype: str, device: str, computes: str) -> float:
    """How far a product is from the same in full precision, as a share of it."""
    import torch

    layers = importlib.import_module("bitsandbytes").nn
    weight = torch.randn(_SIDE, _SIDE, generator=torch.Generator().manual_seed(0))
    if dtype == EIGHT_BITS:
        layer = layers.Linear8bitLt(_SIDE, _SIDE, bias=False, has_fp16_weights=False)
        layer.weight = layers.Int8Params(weight, requires_grad=False, has_fp16_weights=False)
    else:
        layer = layers.Linear4bit(_SIDE, _SIDE, bias=False, quant_type="nf4", compute_dtype=getattr(torch, computes))
        layer.weight = layers.Params4bit(weight, requires_grad=False, quant_type="nf4", module=layer)
    with torch.inference_mode():
        asked = torch.eye(_SIDE, dtype=getattr(torch, computes), device=device)
        found = layer.to(device).eval()(asked).T.float().cpu()
    return float((found - weight).norm() / weight.norm())
