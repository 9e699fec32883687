"""Owns the settings: one tree made of each component's own part, kept as JSON in the person's configuration folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.events import Mode
from agent.intents import YEAR, Capture, Limits, Rules, StartRun
from app.glance import LanguageChoice, ThemeChoice
from app.translate import tr

RECENT = 6
"""How many models the chooser remembers."""


class Part(BaseModel):
    """What all parts share: they never change in place, and skip what a newer version may have written."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Appearance(Part):
    """How the shell looks and speaks."""

    theme: ThemeChoice = Field(default="system", description="light, dark, or as the desktop has it")
    language: LanguageChoice = Field(default="system", description="the language of the shell")
    slim: bool = Field(default=True, description="stand at the screen's edge while the whole desktop is worked on")


class Models(Part):
    """Which model thinks."""

    name: str = Field(
        default="nano", min_length=1, description="nano, a checkpoint folder, a hub name, or openai:URL#MODEL"
    )
    keep_minutes: int = Field(
        default=30, ge=0, le=YEAR, description="minutes without a run after which the model is let go; 0 never"
    )
    recent: tuple[str, ...] = Field(default=(), description="models used before, newest first")

    def used(self, name: str) -> Models:
        """These settings after a run with a model."""
        others = [known for known in self.recent if known != name]
        return self.model_copy(update={"name": name, "recent": tuple([name, *others][:RECENT])})


class Runs(Part):
    """How a run is begun unless the prompt bar says otherwise."""

    mode: Mode = Field(
        default="watch",
        description="ask before every action, before those with consequences, or act freely inside one window",
    )
    capture: Capture = Field(default=Capture(), description="what the model is shown")
    limits: Limits = Field(default=Limits(), description="where a run ends by itself")
    rules: Rules = Field(default=Rules(), description="where it may work, where never, and how quickly")
    history: Literal["append", "rewrite"] = Field(
        default="append", description="how earlier steps are told to the model"
    )
    zoom: bool = Field(default=False, description="show a large screen coarsely first, then the part that is meant")
    dry_run: bool = Field(default=False, description="decide, but leave mouse and keyboard alone")


class Settings(Part):
    """Everything that a person can set."""

    version: Literal[1] = 1
    appearance: Appearance = Appearance()
    models: Models = Models()
    runs: Runs = Runs()

    def start(self, task: str) -> StartRun:
        """The intent that begins a run of this task as the settings say."""
        runs = self.runs
        return StartRun(
            task=task,
            model=self.models.name,
            mode=runs.mode,
            capture=runs.capture,
            limits=runs.limits,
            rules=runs.rules,
            history=runs.history,
            zoom=runs.zoom,
            dry_run=runs.dry_run,
            keep_minutes=self.models.keep_minutes,
        )


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and what the person should know about how they were found."""

    settings: Settings
    trouble: str = ""


def load(path: Path) -> Loaded:
    """The settings of a file; a broken file is kept beside it and the defaults are used."""
    try:
        return Loaded(Settings.model_validate_json(path.read_bytes()))
    except FileNotFoundError:
        return Loaded(Settings())
    except OSError as error:
        return Loaded(
            Settings(), tr("The settings cannot be read ({reason}); the defaults are used.", reason=error.strerror)
        )
    except ValidationError:
        return Loaded(Settings(), _set_aside(path))


def save(settings: Settings, path: Path) -> str:
    """Write the settings at once and whole; what went wrong as a sentence, or nothing."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(settings.model_dump_json(indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        return tr("The settings cannot be saved in {path}: {reason}.", path=path, reason=error.strerror)
    return ""


def _set_aside(path: Path) -> str:
    aside = path.with_suffix(".broken.json")
    try:
        path.replace(aside)
    except OSError:
        return tr("The settings file {path} cannot be understood; the defaults are used.", path=path)
    return tr(
        "The settings file could not be understood; it was kept as {path}, and the defaults are used.", path=aside
    )
