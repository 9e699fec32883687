"""Where an episode is played: the seam between scenes with pictures and desks on paper, and the latter."""

from random import Random
from typing import Protocol

from app.practice.layout import BAR_HEIGHT, HEIGHT, STATUS_TOP, WIDTH, Box, DeskSpec, Target
from app.practice.state import Event, State, Verb


class Stage(Protocol):
    """Where an episode is played: a scene with pictures, or paper."""

    @property
    def state(self) -> State: ...

    def targets(self) -> list[Target]:
        """What can be clicked now."""

    def act(self, target: Target) -> None:
        """Click the target's centre."""

    def miss(self, rng: Random) -> tuple[int, int]:
        """Click where nothing is -> the pixel."""

    def type(self, text: str) -> None:
        """Press the keys."""


_CLICKED: dict[str, Verb] = {
    "button": "pressed",
    "check": "ticked",
    "field": "entered",
    "row": "chose",
    "menu": "opened",
}


def event_of(target: Target, state: State) -> Event:
    """What a click of the target brings about while no popup but the target's own is open."""
    if target.kind == "item":
        return Event("picked", target.label, state.open_menu or "")
    ticked = target.kind == "check" and target.label in state.ticked
    return Event("unticked" if ticked else _CLICKED[target.kind], target.label)


class PaperStage:
    """A desk as words only: the same events without widgets, for episodes without pictures. Places mean nothing."""

    def __init__(self, spec: DeskSpec) -> None:
        self._spec = spec
        self.state = State()

    def targets(self) -> list[Target]:
        nowhere = Box(0, BAR_HEIGHT, WIDTH, STATUS_TOP - BAR_HEIGHT)
        items = [
            Target("item", i, nowhere, nowhere) for m in self._spec.menus for i in m.items if self._is_open(m.title)
        ]
        if items:
            return items
        rows = [Target("row", row, nowhere, nowhere) for row in self._spec.rows]
        return [*self._spec.targets, *rows, *(Target("menu", m.title, nowhere, nowhere) for m in self._spec.menus)]

    def _is_open(self, title: str) -> bool:
        return self.state.open_menu == title

    def act(self, target: Target) -> None:
        event, menu = event_of(target, self.state), self.state.open_menu
        if menu is not None:
            self.state.apply(Event("closed", menu))
        if menu is None or target.kind == "item":
            self.state.apply(event)

    def miss(self, rng: Random) -> tuple[int, int]:
        if self.state.open_menu is not None:
            self.state.apply(Event("closed", self.state.open_menu))
        return rng.randrange(WIDTH), rng.randrange(HEIGHT)

    def type(self, text: str) -> None:
        field = self.state.focused
        if field is not None and self.state.open_menu is None:
            self.state.apply(Event("typed", field, self.state.texts.get(field, "") + text))
