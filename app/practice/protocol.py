"""What is said over the practice desk's pipes: stdout kept for it, requests as they may come, answers as JSON lines."""

import json
import os
from typing import BinaryIO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.practice.tasks import Family

Answer = dict[str, object]


class BadRequestError(Exception):
    """A line that is no request; the message is one sentence."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Deal(_Strict):
    """Ask for a fresh desk and a task of `goals` goals, one of them of `family` (null: any)."""

    seed: int
    family: Family | None = None
    goals: int = Field(default=1, ge=1, le=3)


class Request(_Strict):
    """One line from the other end: exactly one of the three."""

    deal: Deal | None = None
    state: Literal[True] | None = None
    close: Literal[True] | None = None


def keep_stdout() -> BinaryIO:
    """Keep the process's stdout for the protocol: whatever else prints, from Python or C, prints to stderr.

    Call it before Qt is imported.
    """
    kept = os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    os.dup2(2, 1)
    return kept


def read_request(line: bytes) -> Request:
    """Read one line.

    Raises:
        BadRequestError: the line is not JSON or not one of the requests.
    """
    try:
        request = Request.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the line"
        raise BadRequestError(f"Not a request: {place}: {first['msg']}.") from error
    if len(request.model_fields_set) != 1:
        raise BadRequestError("A request holds exactly one of deal, state and close.")
    return request


def write_answer(stream: BinaryIO, answer: Answer) -> None:
    """Send one line."""
    stream.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    stream.flush()
