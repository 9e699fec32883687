"""Owns the intents: what the shell or the command line asks of the runner, one JSON line each."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator, model_validator

from actions.keys import canonical_key
from actions.rules import ACTIONS_PER_MINUTE
from agent.errors import ProtocolError
from agent.events import Box, Mode

YEAR = 365 * 24 * 60
"""Minutes."""


class Base(BaseModel):
    """What every intent carries: the schema's version."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    v: Literal[1] = 1


class Capture(BaseModel):
    """What the model is shown: everything, one monitor (by name), one window (by part of its title), or a region."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["desktop", "monitor", "window", "region"] = "desktop"
    name: str = ""
    region: Box | None = None


class Limits(BaseModel):
    """Where a run ends by itself; waiting for the person, or for the pace they set, does not count."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    steps: int = Field(default=40, ge=1, description="most steps")
    seconds: float = Field(default=1800.0, gt=0, description="most seconds of work")


class Rule(BaseModel):
    """What an action is held against; everything that is given must be so, and something must be given."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    application: str = Field(default="", description="the window's application, such as firefox")
    title: str = Field(default="", description="a part of the window's title")
    region: Box | None = Field(default=None, description="left, top, width and height in pixels of the desktop")
    keys: tuple[str, ...] = Field(default=(), description="a chord, such as ctrl and w")

    @field_validator("region")
    @classmethod
    def _has_pixels(cls, region: Box | None) -> Box | None:
        if region and min(region[2:]) < 1:
            raise ValueError("a region is at least one pixel wide and high")
        return region

    @field_validator("keys")
    @classmethod
    def _known(cls, keys: tuple[str, ...]) -> tuple[str, ...]:
        known = tuple(canonical_key(key) or "" for key in keys)
        if "" in known:
            raise ValueError(f"there is no key “{keys[known.index('')]}”")
        return known

    @model_validator(mode="after")
    def _says_something(self) -> Rule:
        if not (self.application or self.title or self.region or self.keys):
            raise ValueError("a rule needs an application, a title, a region or keys")
        return self


class Rules(BaseModel):
    """What the person has laid down for every run."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    allow: tuple[Rule, ...] = Field(default=(), description="where it may work; anywhere if empty")
    deny: tuple[Rule, ...] = Field(default=(), description="what it must never do")
    actions_per_minute: int = Field(default=ACTIONS_PER_MINUTE, ge=1, description="most actions in a minute")


class StartRun(Base):
    """Do this task."""

    kind: Literal["start_run"] = "start_run"
    task: str = Field(min_length=1)
    model: str = Field(
        default="nano", description="nano, scripted:FILE, a checkpoint folder, a hub name, or openai:URL#MODEL"
    )
    mode: Mode = "watch"
    capture: Capture = Capture()
    limits: Limits = Limits()
    rules: Rules = Rules()
    history: Literal["append", "rewrite"] = "append"
    zoom: bool = False
    dry_run: bool = False
    keep_minutes: float = Field(
        default=30.0, ge=0, le=YEAR, description="minutes without a run after which the model is let go; 0 never"
    )


class Approve(Base):
    """Yes to the action that was asked about, or the answer to what the model asked; the note is told to the model."""

    kind: Literal["approve"] = "approve"
    step: int
    index: int
    note: str = ""


class Deny(Base):
    """No to the action that was asked about; the note is told to the model."""

    kind: Literal["deny"] = "deny"
    step: int
    index: int
    note: str = ""


class Pause(Base):
    """Wait before the next thing."""

    kind: Literal["pause"] = "pause"


class Resume(Base):
    """Go on."""

    kind: Literal["resume"] = "resume"


class TakeOver(Base):
    """The person uses the mouse now: wait, and look again afterwards."""

    kind: Literal["take_over"] = "take_over"


class Stop(Base):
    """Close the hands at once and cancel the thought; a second one ends the process."""

    kind: Literal["stop"] = "stop"


class Unload(Base):
    """Let the model go, once no run is under way; the next run loads it anew."""

    kind: Literal["unload"] = "unload"


class Quit(Base):
    """End the runner."""

    kind: Literal["quit"] = "quit"


Intent = StartRun | Approve | Deny | Pause | Resume | TakeOver | Stop | Unload | Quit

_INTENT: TypeAdapter[Intent] = TypeAdapter(Annotated[Intent, Field(discriminator="kind")])


def intent_to_json(intent: Intent) -> str:
    """One line of JSON without its newline."""
    return intent.model_dump_json()


def intent_from_json(line: str | bytes) -> Intent:
    """The intent of a line.

    Raises:
        ProtocolError: it is no intent of this version.
    """
    try:
        return _INTENT.validate_json(line)
    except ValidationError as error:
        raise ProtocolError(f"not an intent of schema 1: {error.errors()[0]['msg']}") from error
