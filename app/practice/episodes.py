"""Episodes: a task played step by step as the model should play it, with the slips from which it learns to look."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from app.practice.layout import HEIGHT, WIDTH, Box, Target
from app.practice.slips import Slips, misspelt, wrong_target
from app.practice.stage import Stage
from app.practice.state import READY
from app.practice.tasks import SubStep, Task

GRID = 1000
"""The model's coordinates run from 0 to this over the picture, both ways."""

Arguments = dict[str, object]


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said and done at one picture. `name` is where the sought name stands in `thought`, `target` its area."""

    thought: str
    action: Arguments
    frame: int = -1
    name: tuple[int, int] | None = None
    target: Box | None = None
    learn: bool = True
    task: str | None = None

    def fields(self) -> dict[str, object]:
        """The turn as the stream has it."""
        found: dict[str, object] = {} if self.task is None else {"task": self.task}
        return found | {
            "frame": self.frame,
            "thought": self.thought,
            "action": self.action,
            "name": self.name,
            "target": self.target,
            "learn": self.learn,
            "outcome": "Done.",
        }


def click(x: int, y: int) -> Arguments:
    """A left click at a pixel of the picture, as the model writes it."""
    return {"action": "left_click", "coordinate": [_grid(x, WIDTH), _grid(y, HEIGHT)]}


def _grid(pixel: int, size: int) -> int:
    """The middle of the pixel on the model's grid, in tens: less than two pixels off, and a digit less to learn."""
    return min(GRID - 10, 10 * round((pixel + 0.5) * GRID / size / 10))


def play(rng: Random, task: Task, stage: Stage, look: Callable[[], int], wrong_share: float) -> list[Turn]:
    """Play to the end. `look` is called before every turn and says which picture the turn looks at.

    In at most `wrong_share` of the episodes a click goes to a wrong widget; the status line that tells of it ends them.
    """
    turns: list[Turn] = []
    slips = Slips.drawn(rng, 2 * len(task.goals), wrong_share)
    expected = before = stage.state.status
    while True:
        frame, status = look(), stage.state.status
        echo = "" if not turns and status == READY else f"{status}. "
        step = task.next_step(stage.state)
        if status not in {expected, before} and not status.startswith("Closed "):
            return [*turns, _ending(f"{echo}Failed.", "failure", frame)]
        if step is None:
            return [*turns, _ending(f"{echo}Done.", "success", frame)]
        before, expected = status, step.expects
        turns.append(_turn(rng, stage, step, echo, frame, slips))


def _ending(thought: str, status: str, frame: int) -> Turn:
    return Turn(thought, {"action": "terminate", "status": status}, frame)


def _turn(rng: Random, stage: Stage, step: SubStep, echo: str, frame: int, slips: Slips) -> Turn:
    if step.kind is None:
        return _typing(rng, stage, step, echo, frame, slips)
    if slips.wrong_now():
        wrong = wrong_target(rng, stage, step)
        if wrong is not None:
            return _wrong_click(rng, stage, wrong, step, echo, frame)
    if rng.random() < slips.empty_share:
        action = click(*stage.miss(rng))
        return Turn(echo + step.words, action, frame, _span(echo, step.verb, step.name), learn=False)
    target = sought(step, stage.targets())
    stage.act(target)
    return right_click(step, target, echo, frame)


def sought(step: SubStep, targets: list[Target]) -> Target:
    """The target that a click of this sub-step is meant for."""
    return next(target for target in targets if target.kind == step.kind and target.label == step.name)


def right_click(step: SubStep, target: Target, echo: str, frame: int) -> Turn:
    """The turn that clicks the sought target in its centre."""
    span = _span(echo, step.verb, step.name)
    return Turn(echo + step.words, click(*target.box.centre), frame, span, target.area)


def _span(echo: str, verb: str, name: str) -> tuple[int, int]:
    start = len(echo) + len(verb) + 1
    return start, start + len(name)


def _typing(rng: Random, stage: Stage, step: SubStep, echo: str, frame: int, slips: Slips) -> Turn:
    """Type the word; now and then a misspelt one, sometimes misread from the task already."""
    text, said = step.name, step.name
    slip = rng.random() < slips.misspelt_share
    if slip:
        text = misspelt(rng, text)
        said = text if rng.random() < 0.5 else said
    stage.type(text)
    action: Arguments = {"action": "type", "text": text}
    return Turn(f"{echo}{step.verb} {said}.", action, frame, _span(echo, step.verb, said), learn=not slip)


def _wrong_click(rng: Random, stage: Stage, target: Target, step: SubStep, echo: str, frame: int) -> Turn:
    """Click a wrong widget, sometimes because its name was taken for the task's."""
    said = target.label if target.kind == step.kind and rng.random() < 0.15 else step.name
    stage.act(target)
    action = click(*target.box.centre)
    return Turn(f"{echo}{step.verb} {said}.", action, frame, _span(echo, step.verb, said), learn=False)
