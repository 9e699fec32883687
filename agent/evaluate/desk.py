"""Owns the client of the practice desk's process: deals a desk, asks how it stands."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType
from typing import IO, TypeVar, cast

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import AgentError

Answer = TypeVar("Answer", bound=BaseModel)

WINDOW = "Deskhand practice"
"""Title of the practice window, under which the model's capture finds it."""


class DeskError(AgentError):
    """The practice desk does not start, ended, or did not understand a request."""


class Spot(BaseModel):
    """Something on the desk that can be clicked: its label, and left, top, width, height in pixels of the window."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    label: str
    box: tuple[int, int, int, int]


class Deal(BaseModel):
    """A fresh desk: the task in words, how many goals it has, and what stands on it."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    task: str
    goals: int
    targets: tuple[Spot, ...] = ()


class Goal(BaseModel):
    """One goal and whether it holds now."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    goal: str
    done: bool


class Landing(BaseModel):
    """Where a click landed, in pixels of the window, and whether that was the target that the task wanted next."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    x: int
    y: int
    widget: str | None = None
    wanted: bool


class State(BaseModel):
    """How a desk stands: its own truth, independent of what the model says."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    finished: bool
    goals: tuple[Goal, ...]
    spoiled: tuple[str, ...] = ()
    clicks: tuple[Landing, ...] = ()


class PracticeDesk:
    """The practice window in a process of its own, on the screen that `env` names.

    Args:
        seed: decides where on the screen the window stands.
        place: left and top of the window in pixels, where it is to stand at a certain place.
        env: environment of the process; this one's if None.
    """

    def __init__(
        self, seed: int = 0, place: tuple[int, int] | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        command = [sys.executable, "-m", "app.practice.serve", "--seed", str(seed)]
        command += ["--place", f"{place[0]},{place[1]}"] if place else []
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=env
        )
        self._requests = cast("IO[str]", self._process.stdin)
        self._answers = cast("IO[str]", self._process.stdout)

    def deal(self, seed: int, family: str, goals: int) -> Deal:
        """Lay out a fresh desk; the same arguments give the same desk at the same place.

        Raises:
            DeskError: the process ended, or refuses the request.
        """
        answer = self._ask({"deal": {"seed": seed, "family": family, "goals": goals}})
        return _read(Deal, answer)

    def state(self) -> State:
        """How the desk stands now.

        Raises:
            DeskError: the process ended.
        """
        return _read(State, self._ask({"state": True}))

    def close(self) -> None:
        """End the process; safe to call twice."""
        with contextlib.suppress(OSError):
            self._requests.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._answers.close()

    def __enter__(self) -> PracticeDesk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, request: dict[str, object]) -> str:
        try:
            self._requests.write(json.dumps(request) + "\n")
            self._requests.flush()
        except OSError as error:
            raise DeskError("the practice desk's process ended; its own words are above") from error
        answer = self._answers.readline()
        if not answer:
            raise DeskError("the practice desk did not answer; its own words are above")
        if answer.startswith('{"error"'):
            raise DeskError(f"the practice desk says: {json.loads(answer)['error']}")
        return answer


def _read(kind: type[Answer], line: str) -> Answer:
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        raise DeskError(f"the practice desk answered something else than a {kind.__name__}: {line[:200]}") from error
