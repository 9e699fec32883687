"""Owns a model that several GPUs share: which of its modules each gets, and what sends the numbers from one to the next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from agent.errors import OutOfMemory
from agent.mind.budget import shape_of, work_of
from agent.mind.devices import spoken
from agent.mind.fit import gigabytes, precision_of
from agent.mind.hardware import Hardware
from agent.mind.network import Network
from agent.mind.room import loaded_bytes
from agent.mind.spread import device_map

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def shares(
    model: str, folder: Path, hardware: Hardware, free: Mapping[str, int], frame_tokens: int
) -> dict[str, int | str]:
    """Which GPU each module of a checkpoint is to be on.

    Args:
        model: its name.
        folder: where its weights lie.
        hardware: where and how it is to run.
        free: bytes on each GPU.
        frame_tokens: most visual tokens of a frame.

    Raises:
        OutOfMemory: they do not hold it, with what it needs to work. Nothing is ever left to main memory or the disk.
    """
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText

    config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    with torch.device("meta"):
        bare = cast("Network", AutoModelForImageTextToText.from_config(config))
    stored = loaded_bytes(folder, hardware.computes) if getattr(config, "quantization_config", None) else 0
    precision = precision_of(hardware.dtype, hardware.computes)
    found = device_map(bare, shape_of(config), precision, work_of(frame_tokens), free, stored)
    if found is None:
        raise OutOfMemory(
            f"{model} does not fit: {spoken(list(free))} have {gigabytes(sum(free.values()))} free, which cannot be shared "
            "out so that each has room for its layers and for the work; close other programs, or choose a smaller model "
            "(`deskhand models recommend` names one)"
        )
    return found


def lighten_hooks(network: PreTrainedModel, shared: Mapping[str, int | str]) -> None:
    """Let the numbers be sent at the border of each module that has a GPU of its own, and no more inside.

    accelerate looks at every product again, a dozen times a layer, which takes longer than some of the products.
    """
    from accelerate.hooks import remove_hook_from_module

    for name in shared:
        for part in network.get_submodule(name).children():
            remove_hook_from_module(part, recurse=True)
