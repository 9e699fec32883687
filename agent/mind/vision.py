"""Owns how a frame becomes what the vision tower reads: the token budget, the resize, the patches.

The checkpoint's image processor says what is to be done; for Qwen's it is done here (agent/mind/patches.py), for others by
the processor itself. It is loaded in its PIL form: that needs no torchvision, which may be missing or broken beside a CPU
torch. What truly needs torchvision is video.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from actions.frame import Frame
from actions.geometry import Size
from agent.errors import ModelError
from agent.mind.patches import Recipe, form_of, patches_of

if TYPE_CHECKING:
    import torch
    from PIL import Image

MAX_TOKENS = 2048
"""Visual tokens of one frame unless told otherwise: 1920×1080 stays as it is, larger screens are shrunk."""


class ImageProcessor(Recipe, Protocol):
    """What is needed of a transformers image processor."""

    size: Mapping[str, int]

    def get_number_of_image_patches(self, height: int, width: int) -> int:
        """How many patches a picture becomes."""

    def __call__(self, *, images: list[Image.Image], return_tensors: str) -> Mapping[str, torch.Tensor]:
        """Patches and grids."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame as the vision tower takes it: rows of patches, and the grid (time, height, width) they came from."""

    patches: torch.Tensor
    grid: torch.Tensor


class Eyes:
    """The image processor of a checkpoint, with a cap on what one frame may cost.

    Args:
        processor: its `size` is changed to the cap.
        max_tokens: most visual tokens of a frame.
    """

    def __init__(self, processor: ImageProcessor, max_tokens: int = MAX_TOKENS) -> None:
        self._processor, self._form = processor, form_of(processor)
        self._patches_a_token = processor.merge_size**2
        self._pixels_a_token = self._patches_a_token * processor.patch_size**2
        self._least = processor.size["shortest_edge"]
        self._most = min(processor.size["longest_edge"], max_tokens * self._pixels_a_token)
        self._resize(self._most)

    def limit(self, tokens: int) -> bool:
        """See no frame more finely than in so many visual tokens, or as finely as at first for 0; whether that is new."""
        most = min(self._most, tokens * self._pixels_a_token) if tokens else self._most
        if most == self._processor.size["longest_edge"]:
            return False
        self._resize(most)
        return True

    def tokens(self, size: Size) -> int:
        """How many visual tokens a picture of that size becomes.

        Raises:
            ModelError: it is too long and thin for the model.
        """
        try:
            patches = self._processor.get_number_of_image_patches(size.height, size.width)
        except ValueError as error:
            raise ModelError(
                f"a picture of {size.width}×{size.height} pixels is too long and thin for the model; capture one monitor "
                "or one window"
            ) from error
        return patches // self._patches_a_token

    def seen(self, size: Size) -> Size:
        """How large a picture of that size is when the model sees it; call `tokens` first, which refuses some."""
        from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import smart_resize

        factor = self._processor.patch_size * self._processor.merge_size
        least, most = self._processor.size["shortest_edge"], self._processor.size["longest_edge"]
        height, width = smart_resize(size.height, size.width, factor, least, most)
        return Size(width, height)

    def grid(self, size: Size) -> tuple[int, int, int]:
        """The grid of a picture of that size: time, height, width, in patches."""
        seen = self.seen(size)
        return 1, seen.height // self._processor.patch_size, seen.width // self._processor.patch_size

    def look(self, frame: Frame, device: torch.device | str = "cpu", dtype: torch.dtype | None = None) -> Picture:
        """The frame's patches, resized within the cap.

        Args:
            frame: what is to be seen.
            device: where the picture is to be.
            dtype: of the patches' numbers; single precision if None.
        """
        import torch

        dtype = dtype or torch.float32
        if self._form is None:
            seen = self._processor(images=[frame.image()], return_tensors="pt")
            return Picture(seen["pixel_values"].to(device, dtype), seen["image_grid_thw"].to(device))
        patches = patches_of(frame.rgb, frame.size, self.seen(frame.size), self._form, device, dtype)
        return Picture(patches, torch.tensor([self.grid(frame.size)], device=device))

    def _resize(self, most: int) -> None:
        # Through `size`: `max_pixels` given to from_pretrained was silently ignored by some versions.
        self._processor.size = {"shortest_edge": min(self._least, most), "longest_edge": most}


def load_eyes(folder: Path, max_tokens: int = MAX_TOKENS) -> Eyes:
    """The eyes of the checkpoint in a folder; foreign errors are the caller's to map."""
    from transformers import AutoImageProcessor

    processor = AutoImageProcessor.from_pretrained(folder, backend="pil", trust_remote_code=False)
    return Eyes(processor, max_tokens)
