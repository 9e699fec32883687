"""What the tests of nano's training share: one tokenizer, made-up samples, and a generator that only replays them."""

from __future__ import annotations

import numpy as np
import pytest

from agent.train.nano import tokenizer
from agent.train.nano.model import HEIGHT, WIDTH
from agent.train.nano.sequence import Speller
from agent.train.nano.stream import Header, Record, Turn, Widget

SAVE = Widget(label="Save", kind="button", box=(20, 30, 80, 26), area=(20, 30, 80, 26))
ROWS = [
    Widget(label=name, kind="row", box=(200, y, 90, 21), area=(200, y, 90, 21)) for name, y in (("Up", 64), ("Low", 85))
]


@pytest.fixture(scope="session")
def speller() -> Speller:
    return Speller(tokenizer.build())


def status(text: str) -> list[tuple[str, float, float]]:
    """The glyphs of a status line, where the desk draws it."""
    return [(c, 12 + 8 * i, 247) for i, c in enumerate(text) if c != " "]


def record(lesson: str, turns: list[Turn], frames: int, said: str = "Ready") -> Record:
    header = Header(
        lesson=lesson,
        frames=frames,
        width=WIDTH,
        height=HEIGHT,
        glyphs=[("S", 44, 43), ("a", 52, 43), *status(said)],
        widgets=[SAVE, *ROWS],
        task="press Save, then type X1 into Name",
        goals=2,
        turns=turns,
    )
    pixels = np.random.default_rng(len(lesson)).integers(0, 255, (frames, HEIGHT, WIDTH, 3), dtype=np.uint8)
    return Record(header, pixels)


def press(frame: int, echo: str = "", task: str = "", learn: bool = True) -> Turn:
    start = len(echo) + len("Press ")
    return Turn(
        frame=frame,
        task=task,
        thought=f"{echo}Press Save.",
        action={"action": "left_click", "coordinate": [170, 170]},
        name=(start, start + 4),
        target=(20, 30, 80, 26),
        learn=learn,
        outcome="Done.",
    )


def done(frame: int, echo: str) -> Turn:
    action = {"action": "terminate", "status": "success"}
    return Turn(frame=frame, thought=f"{echo}Done.", action=action, outcome="Done.")


@pytest.fixture
def episode() -> Record:
    return record("episode", [press(0), done(1, "Pressed Save. ")], 2)


@pytest.fixture
def words() -> Record:
    return record("words", [press(-1), done(-1, "Pressed Save. ")], 0)


@pytest.fixture
def quiz() -> Record:
    return record("quiz", [press(0, task="press Save"), press(0, task="press Save")], 1)


@pytest.fixture
def desk() -> Record:
    return record("desk", [], 1, said="Typed X1")
