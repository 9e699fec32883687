"""Tasks in words, the truth about whether they are done, and the one sub-step that they ask for next."""

from dataclasses import dataclass
from random import Random
from typing import Literal, assert_never, get_args

from app.practice import words
from app.practice.layout import DeskSpec, Kind, Target
from app.practice.state import Event, State

Family = Literal["press", "tick", "type", "choose", "menu"]
FAMILIES: tuple[Family, ...] = get_args(Family)


@dataclass(frozen=True, slots=True)
class SubStep:
    """One click or one word typed: what is said before it, and what the status line says when it has worked."""

    verb: str
    name: str
    kind: Kind | None
    expects: str

    @property
    def words(self) -> str:
        """The do-phrase of a thought, for example "Press Save."."""
        return f"{self.verb} {self.name}."


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing to bring about. `text` is what a field must read; `menu` is where an item is picked from."""

    family: Family
    label: str
    text: str = ""
    menu: str = ""

    @property
    def words(self) -> str:
        """The goal as the task says it."""
        match self.family:
            case "press" | "tick" | "choose":
                return f"{self.family} {self.label}"
            case "type":
                return f"type {self.text} into {self.label}"
            case "menu":
                return f"pick {self.label} from {self.menu}"
        assert_never(self.family)

    def holds(self, state: State) -> bool:
        """Whether the desk's contents are as this goal wants them."""
        match self.family:
            case "press":
                return self.label in state.pressed
            case "tick":
                return self.label in state.ticked
            case "type":
                return state.texts.get(self.label) == self.text
            case "choose":
                return state.chosen == self.label
            case "menu":
                return (self.menu, self.label) in state.picked
        assert_never(self.family)

    def next_step(self, state: State) -> SubStep:
        """The sub-step that this goal, while it does not hold, asks for."""
        match self.family:
            case "press":
                return SubStep("Press", self.label, "button", Event("pressed", self.label).status)
            case "tick":
                return SubStep("Tick", self.label, "check", Event("ticked", self.label).status)
            case "choose":
                return SubStep("Choose", self.label, "row", Event("chose", self.label).status)
            case "type":
                if state.focused == self.label and state.open_menu is None:
                    return SubStep("Type", self.text, None, Event("typed", self.label, self.text).status)
                return SubStep("Click", self.label, "field", Event("entered", self.label).status)
            case "menu":
                if state.open_menu == self.menu:
                    return SubStep("Pick", self.label, "item", Event("picked", self.label, self.menu).status)
                return SubStep("Open", self.menu, "menu", Event("opened", self.menu).status)
        assert_never(self.family)


@dataclass(frozen=True, slots=True)
class Task:
    """One to three goals, asked for in one sentence."""

    goals: tuple[Goal, ...]

    @property
    def words(self) -> str:
        """What the agent is told."""
        return ", then ".join(goal.words for goal in self.goals)

    def next_step(self, state: State) -> SubStep | None:
        """The sub-step that the first open goal asks for; None when every goal holds."""
        return next((goal.next_step(state) for goal in self.goals if not goal.holds(state)), None)

    def wants(self, state: State, target: Target) -> bool:
        """Whether a click of the target is what the next sub-step asks for (while typing: of the field typed into)."""
        goal = next((goal for goal in self.goals if not goal.holds(state)), None)
        if goal is None:
            return False
        step = goal.next_step(state)
        kind, label = ("field", goal.label) if step.kind is None else (step.kind, step.name)
        return (target.kind, target.label) == (kind, label)

    def finished(self, state: State) -> bool:
        """Whether every goal holds and nothing else was changed."""
        return all(goal.holds(state) for goal in self.goals) and not self.spoiled(state)

    def spoiled(self, state: State) -> list[str]:
        """In words, whatever was changed that no goal asked for. Presses and picks stay; the rest counts as it stands."""
        wanted = {(goal.family, goal.label) for goal in self.goals}
        picks = {(goal.menu, goal.label) for goal in self.goals if goal.family == "menu"}
        found = [f"{label} was pressed" for label in state.pressed if ("press", label) not in wanted]
        found += [f"{item} was picked from {menu}" for menu, item in state.picked if (menu, item) not in picks]
        found += [f"{label} is ticked" for label in sorted(state.ticked) if ("tick", label) not in wanted]
        if state.chosen is not None and ("choose", state.chosen) not in wanted:
            found.append(f"{state.chosen} is chosen")
        texts = sorted(state.texts.items())
        return found + [f"{label} reads {text}" for label, text in texts if text and ("type", label) not in wanted]


def possible_goals(rng: Random, spec: DeskSpec) -> dict[Family, list[Goal]]:
    """Every goal that the desk allows, each family in random order, with a word to type drawn for each field."""
    by_kind: dict[str, list[str]] = {"button": [], "check": [], "field": []}
    for target in spec.targets:
        by_kind[target.kind].append(target.label)
    found: dict[Family, list[Goal]] = {
        "press": [Goal("press", label) for label in by_kind["button"]],
        "tick": [Goal("tick", label) for label in by_kind["check"]],
        "type": [Goal("type", label, text=words.typed(rng)) for label in by_kind["field"]],
        "choose": [Goal("choose", label) for label in spec.rows],
        "menu": [Goal("menu", item, menu=menu.title) for menu in spec.menus for item in menu.items],
    }
    for goals in found.values():
        rng.shuffle(goals)
    return found


def draw_task(rng: Random, spec: DeskSpec, count: int, family: Family | None = None) -> Task:
    """A task of `count` goals, one of them of `family`; at most one row and two goals of any other family."""
    possible = possible_goals(rng, spec)
    open_families = [name for name in FAMILIES for _ in range(min(len(possible[name]), 1 if name == "choose" else 2))]
    rng.shuffle(open_families)
    if family is not None:
        open_families.remove(family)
        open_families.insert(0, family)
    goals = [possible[name].pop() for name in open_families[:count]]
    rng.shuffle(goals)
    return Task(tuple(goals))
