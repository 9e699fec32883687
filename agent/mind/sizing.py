"""Owns how large a picture is sent to a server: just as large as the model's own processor would make it.

A server that resizes finds nothing left to do, so a model sees there what it would see here, and a picture costs the same.
The arithmetic is that of transformers' `smart_resize`, written anew because the runner does without transformers.
"""

from __future__ import annotations

import base64
import io
import math
from dataclasses import dataclass
from pathlib import Path

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError, model_validator

from actions.frame import Frame
from actions.geometry import Size
from agent.errors import ModelError

_LONGEST_SIDES = 200
"""Times that one side may be as long as the other."""


@dataclass(frozen=True, slots=True)
class Sizing:
    """What sizes a model takes; the defaults are Qwen3-VL's.

    Attributes:
        factor: both sides are multiples of it, in pixels; one such square becomes one token.
        least, most: fewest and most pixels of a picture.
    """

    factor: int = 32
    least: int = 65_536
    most: int = 16_777_216

    def capped(self, tokens: int) -> Sizing:
        """The same with at most so many visual tokens a picture."""
        most = min(self.most, tokens * self.factor**2)
        return Sizing(self.factor, min(self.least, most), most)

    def seen(self, size: Size) -> Size:
        """How large a picture of that size is when the model sees it.

        Raises:
            ModelError: it is too long and thin for the model.
        """
        if max(size.width, size.height) > _LONGEST_SIDES * min(size.width, size.height):
            raise ModelError(
                f"a picture of {size.width}×{size.height} pixels is too long and thin for the model; capture one monitor "
                "or one window"
            )
        width, height = (round(side / self.factor) * self.factor for side in (size.width, size.height))
        pixels = size.width * size.height
        if width * height > self.most:
            shrink = math.sqrt(pixels / self.most)
            width, height = (self._fewer(side / shrink) for side in (size.width, size.height))
        elif width * height < self.least:
            grow = math.sqrt(self.least / pixels)
            width, height = (math.ceil(side * grow / self.factor) * self.factor for side in (size.width, size.height))
        return Size(width, height)

    def _fewer(self, side: float) -> int:
        return max(self.factor, math.floor(side / self.factor) * self.factor)


class _Limits(BaseModel):
    shortest_edge: int = Field(validation_alias=AliasChoices("shortest_edge", "min_pixels"))
    longest_edge: int = Field(validation_alias=AliasChoices("longest_edge", "max_pixels"))


class _Processor(BaseModel):
    model_config = ConfigDict(extra="ignore")
    patch_size: int = 16
    merge_size: int = 2
    size: _Limits

    @model_validator(mode="before")
    @classmethod
    def _older(cls, said: object) -> object:
        """Qwen2-VL and Qwen2.5-VL name their limits beside everything else; where both are named, these count."""
        if not isinstance(said, dict):
            return said
        beside = {key: said[key] for key in ("min_pixels", "max_pixels") if said.get(key) is not None}
        return {**said, "size": beside} if len(beside) == 2 else said


def read_sizing(folder: Path) -> Sizing:
    """What the checkpoint in a folder takes; Qwen3-VL's sizes where it does not say. Raises ModelError."""
    path = folder / "preprocessor_config.json"
    try:
        said = _Processor.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Sizing()
    except (OSError, ValidationError) as error:
        raise ModelError(f"{path} does not say which sizes of pictures the model takes") from error
    return Sizing(said.patch_size * said.merge_size, said.size.shortest_edge, said.size.longest_edge)


def picture_url(frame: Frame, sizing: Sizing) -> str:
    """The frame as the model sees it, as a PNG in a data URL. Raises ModelError."""
    from PIL import Image

    seen = sizing.seen(frame.size)
    image = frame.image()
    if seen != frame.size:
        image = image.resize((seen.width, seen.height), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
