"""Owns `deskhand.json`, which a model folder may carry: what it wants to see and how it speaks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from actions.geometry import Units
from actions.schema import Dialect, Offer
from agent.errors import ModelError

FILE = "deskhand.json"
_IN_PIXELS = {"qwen2_5_vl"}
"""Architectures whose models write places in pixels of the picture as they saw it."""


class Capture(BaseModel):
    """What to show the model: which kind of capture, and of what size in pixels if it knows only one."""

    model_config = ConfigDict(frozen=True)
    kind: Literal["desktop", "monitor", "window", "region"] = "desktop"
    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)


class Profile(BaseModel):
    """What a model folder declares; the defaults suit Qwen3-VL.

    Attributes:
        capture: what it wants to see; None leaves it to the person.
        dialect: how it is asked to call.
        coordinates: what the numbers of its places count; where nothing is said, pixels for Qwen2.5-VL, whose own they are.
        actions: which it is told of: all, or those alone that Qwen published, for a model that was trained on them.
        frame_tokens: most visual tokens that a frame may become.
    """

    model_config = ConfigDict(frozen=True)
    capture: Capture | None = None
    dialect: Dialect = "computer_use"
    coordinates: Units = "grid"
    actions: Offer = "all"
    frame_tokens: int = Field(default=2048, ge=4)


class _Config(BaseModel):
    model_config = ConfigDict(extra="ignore")
    model_type: str = ""


def read_profile(folder: Path) -> Profile:
    """The profile of the model in a folder; the defaults if it has none. Raises ModelError."""
    try:
        profile = Profile.model_validate_json((folder / FILE).read_bytes())
    except FileNotFoundError:
        profile = Profile()
    except (OSError, ValidationError) as error:
        reason = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise ModelError(f"{folder / FILE} says what this version does not understand: {reason}") from error
    if "coordinates" in profile.model_fields_set or _architecture(folder) not in _IN_PIXELS:
        return profile
    return profile.model_copy(update={"coordinates": "pixel"})


def _architecture(folder: Path) -> str:
    """What transformers calls the model's architecture; empty where that is not said, which whoever loads it complains of."""
    try:
        return _Config.model_validate_json((folder / "config.json").read_bytes()).model_type
    except (OSError, ValidationError):
        return ""
