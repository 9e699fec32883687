"""Owns the making of patches: what a model's image processor does to a picture, done to a frame's bytes at once.

The stock processors turn a picture into floats and then put them in order several times over. Here the bytes are resized
and put in order as bytes, a quarter of the traffic, and become numbers last, where the model is. Values are those of the
processor on torchvision, which is what the published checkpoints name: its resize is this very operation of torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from actions.geometry import Size

if TYPE_CHECKING:
    import torch

_STRIP: Final = 256
"""Patches that become numbers at once: so many stay in a processor's cache."""
_BICUBIC: Final = 3


class Recipe(Protocol):
    """What an image processor says of what it does."""

    patch_size: int
    merge_size: int
    temporal_patch_size: int
    do_resize: bool
    do_rescale: bool
    do_normalize: bool
    resample: int
    rescale_factor: float
    image_mean: Sequence[float]
    image_std: Sequence[float]


@dataclass(frozen=True, slots=True)
class Form:
    """What patches are like.

    Attributes:
        side: of a patch, in pixels.
        merge: so many patches beside and below each other become one token, and lie together.
        times: so often a picture is repeated, since video has two frames in each patch.
        centre, spread: of each channel: a number is (byte - centre) / spread.
    """

    side: int
    merge: int
    times: int
    centre: tuple[float, ...]
    spread: tuple[float, ...]


def form_of(recipe: Recipe) -> Form | None:
    """The form of a processor's patches; None where it does something else than Qwen's to a picture."""
    known = (
        type(recipe).__name__.startswith(("Qwen2VLImageProcessor", "Qwen3VLImageProcessor"))
        and recipe.do_resize
        and recipe.do_rescale
        and recipe.do_normalize
        and recipe.resample == _BICUBIC
    )
    if not known:
        return None
    centre = tuple(mean / recipe.rescale_factor for mean in recipe.image_mean)
    spread = tuple(deviation / recipe.rescale_factor for deviation in recipe.image_std)
    return Form(recipe.patch_size, recipe.merge_size, recipe.temporal_patch_size, centre, spread)


def patches_of(
    rgb: bytes, size: Size, seen: Size, form: Form, device: torch.device | str, dtype: torch.dtype
) -> torch.Tensor:
    """The patches of a picture: as many rows as it has patches, each channel by channel.

    Args:
        rgb: `3 * width * height` bytes, rows from the top.
        size: of the picture, in pixels.
        seen: the size that it is given, a whole number of tokens in both directions.
        form: what patches are like.
        device: where they are to be.
        dtype: of their numbers, which are computed in single precision.
    """
    import torch

    # A copy, since torch takes no bytes that must not change; it costs a tenth of the resize.
    pixels = torch.frombuffer(bytearray(rgb), dtype=torch.uint8).view(size.height, size.width, 3)
    ordered = _ordered(_resized(pixels, seen), form).to(device)
    centre, spread = (torch.tensor(each, device=device).view(3, 1, 1) for each in (form.centre, form.spread))
    rows = _empty((len(ordered), 3, form.times, form.side**2), dtype, ordered.device)
    for start in range(0, len(ordered), _STRIP):
        numbers = ordered[start : start + _STRIP].float().sub_(centre).div_(spread)
        for time in range(form.times):
            rows[start : start + _STRIP, :, time] = numbers[:, :, 0]
    return rows.flatten(1)


def _empty(shape: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Room for so many numbers."""
    import numpy as np
    import torch

    if device.type != "cpu":
        return torch.empty(shape, dtype=dtype, device=device)
    # numpy asks for large pages: to be given 50 MB in small ones takes longer than all that is done here.
    return torch.from_numpy(np.empty((*shape[:-1], shape[-1] * dtype.itemsize), np.uint8)).view(dtype)


def _resized(pixels: torch.Tensor, seen: Size) -> torch.Tensor:
    """The same picture in another size, channel by channel."""
    import torch

    channels = pixels.permute(2, 0, 1)
    if channels.shape[1:] == (seen.height, seen.width):
        return channels
    # Pixel by pixel, as it comes, it takes a third of the time that Pillow takes.
    to = (seen.height, seen.width)
    return torch.nn.functional.interpolate(channels[None], to, mode="bicubic", antialias=True)[0]


def _ordered(channels: torch.Tensor, form: Form) -> torch.Tensor:
    """Bytes in the order of patches: token by token from the top left, and inside a token patch by patch."""
    _, height, width = channels.shape
    side, merge = form.side, form.merge
    down, along = height // side // merge, width // side // merge
    # Copying is quick only from whole rows of one channel.
    parts = channels.contiguous().view(3, down, merge, side, along, merge, side)
    return parts.permute(1, 4, 2, 5, 0, 3, 6).reshape(-1, 3, 1, side**2)
