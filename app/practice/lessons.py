"""The lessons: what one sample of each kind shows, says and asks."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import BinaryIO

from app.practice.episodes import GRID, Turn, play, right_click, sought
from app.practice.layout import HEIGHT, WIDTH, DeskSpec, Target, desk_spec
from app.practice.pages import busy, page
from app.practice.scene import Glyph, Pixels, Scene
from app.practice.stage import PaperStage
from app.practice.state import READY
from app.practice.tasks import Goal, Task, draw_task, possible_goals
from app.practice.words import typed

_QUESTIONS = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One sample: pictures, what stands on the first of them, and for episodes what was said and done."""

    lesson: str
    pictures: list[Pixels]
    glyphs: list[Glyph] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    goals: int = 1
    task: str | None = None

    def header(self) -> dict[str, object]:
        """The JSON line."""
        head: dict[str, object] = {
            "lesson": self.lesson,
            "frames": len(self.pictures),
            "width": WIDTH,
            "height": HEIGHT,
        }
        if self.glyphs:
            head["glyphs"] = self.glyphs
        if self.targets:
            head["widgets"] = [
                {"label": t.label, "kind": t.kind, "box": list(t.box), "area": list(t.area)} for t in self.targets
            ]
        if self.turns:
            head |= {"goals": self.goals, "turns": [turn.fields() for turn in self.turns]}
        if self.task is not None:
            head["task"] = self.task
        return head

    def write(self, stream: BinaryIO) -> None:
        """Send it."""
        stream.write(json.dumps(self.header(), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        stream.writelines(picture.tobytes() for picture in self.pictures)


def page_record(rng: Random) -> Record:
    """Words on plain ground."""
    return Record("page", *_alone(page(rng)))


def busy_record(rng: Random) -> Record:
    """Words among boxes."""
    return Record("busy", *_alone(busy(rng)))


def _alone(drawn: tuple[Pixels, list[Glyph]]) -> tuple[list[Pixels], list[Glyph]]:
    return [drawn[0]], drawn[1]


def desk_record(rng: Random) -> Record:
    """A desk in any state that clicks and keys can bring it to."""
    with Scene(desk_spec(rng)) as scene:
        for _ in range(rng.choice((0, 0, 1, 2, 3, 4))):
            target = rng.choice(scene.desk.targets())
            scene.click(*target.box.centre)
            if target.kind == "field" and rng.random() < 0.8 and not scene.desk.fields[target.label].text():
                scene.type(typed(rng))
        if scene.desk.bar.lit is None and rng.random() < 0.2:
            scene.click(*rng.choice([t for t in scene.desk.targets() if t.kind == "menu"]).box.centre)
        return Record("desk", [scene.draw()], scene.glyphs(), scene.desk.targets())


def quiz_record(rng: Random) -> Record:
    """One picture and up to eight tasks of one step each (an open popup asks for its three or four items only)."""
    with Scene(desk_spec(rng)) as scene:
        spec, chance = scene.desk.spec, rng.random()
        if chance < 0.2:
            turns = _menu_questions(rng, scene)
        else:
            if chance < 0.5:
                _disarrange(rng, scene)
            turns = _questions(rng, scene, spec)
        return Record("quiz", [scene.draw()], scene.glyphs(), scene.targets(), turns)


def _disarrange(rng: Random, scene: Scene) -> None:
    """Tick, choose and type as if in the middle of a task, but let the status line say that all is new."""
    usable = [target for target in scene.targets() if target.kind in {"check", "field", "row"}]
    for target in rng.sample(usable, rng.randint(1, 3)):
        scene.act(target)
        if target.kind == "field":
            scene.type(typed(rng))
    scene.desk.reset_status()


def _questions(rng: Random, scene: Scene, spec: DeskSpec) -> list[Turn]:
    """The first sub-steps of eight goals, no two at one place, none that holds already."""
    goals = [goal for family in possible_goals(rng, spec).values() for goal in family if not goal.holds(scene.state)]
    rng.shuffle(goals)
    turns: dict[str, Turn] = {}
    for goal in goals:
        if goal.label != scene.state.focused and len(turns) < _QUESTIONS:
            turn = _question(goal, scene)
            turns.setdefault(turn.thought, turn)
    return list(turns.values())


def _question(goal: Goal, scene: Scene) -> Turn:
    task = Task((goal,))
    step = goal.next_step(scene.state)
    status = scene.state.status
    echo = "" if status == READY else f"{status}. "
    return replace(right_click(step, sought(step, scene.targets()), echo, 0), task=task.words)


def _menu_questions(rng: Random, scene: Scene) -> list[Turn]:
    """With a popup open: pick each of its items."""
    scene.act(rng.choice([target for target in scene.targets() if target.kind == "menu"]))
    menu = next(menu for menu in scene.desk.spec.menus if menu.title == scene.state.open_menu)
    items = rng.sample(menu.items, len(menu.items))
    return [_question(Goal("menu", item, menu=menu.title), scene) for item in items]


_GOALS, _GOAL_SHARES = (1, 2, 3), (3, 4, 4)
_WRONG_SEEN, _WRONG_TOLD = 0.35, 0.6
"""Shares of episodes with a wrong click. That a status line tells of another widget than was meant is learned from words
alone for the most part, which cost little: with a wrong click in 18 % of both, 11 of 13 went unnoticed."""


def episode_record(rng: Random) -> Record:
    """A task from its first picture to its end."""
    pictures: list[Pixels] = []
    with Scene(desk_spec(rng)) as scene:
        glyphs, targets = scene.glyphs(), scene.targets()
        task = draw_task(rng, scene.desk.spec, rng.choices(_GOALS, _GOAL_SHARES)[0])

        def look() -> int:
            pictures.append(scene.draw())
            return len(pictures) - 1

        turns = play(rng, task, scene, look, _WRONG_SEEN)
    return Record("episode", pictures, glyphs, targets, turns, len(task.goals), task.words)


def words_record(rng: Random) -> Record:
    """An episode without pictures: the same words, coordinates that mean nothing."""
    spec = desk_spec(rng)
    task = draw_task(rng, spec, rng.choices(_GOALS, _GOAL_SHARES)[0])
    turns = play(rng, task, PaperStage(spec), lambda: -1, _WRONG_TOLD)
    turns = [_placeless(rng, turn) for turn in turns]
    return Record("words", [], turns=turns, goals=len(task.goals), task=task.words)


def _placeless(rng: Random, turn: Turn) -> Turn:
    if "coordinate" not in turn.action:
        return turn
    anywhere = [rng.randrange(GRID), rng.randrange(GRID)]
    return replace(turn, action=turn.action | {"coordinate": anywhere}, target=None)


LESSONS: dict[str, Callable[[Random], Record]] = {
    "page": page_record,
    "busy": busy_record,
    "desk": desk_record,
    "quiz": quiz_record,
    "episode": episode_record,
    "words": words_record,
}
