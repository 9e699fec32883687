"""Steps that go wrong on purpose: what a training episode clicks or types by mistake, so that the model learns to look."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from random import Random

from app.practice.layout import Target
from app.practice.stage import Stage, event_of
from app.practice.tasks import SubStep
from app.practice.words import cased


@dataclass(slots=True)
class Slips:
    """How often a step goes wrong on purpose: a wrong widget once in some episodes, a click on nothing or a wrong word anywhere."""

    empty_share: float = 0.06
    misspelt_share: float = 0.04
    left: int = 0

    @classmethod
    def drawn(cls, rng: Random, steps: int, wrong_share: float) -> "Slips":
        """Slips for an episode of about `steps` steps: in this share of them `left` counts down to a wrong click."""
        slips = cls()
        slips.left = rng.randrange(steps) if rng.random() < wrong_share else -1
        return slips

    def wrong_now(self) -> bool:
        """Whether this click goes to a wrong widget."""
        self.left -= 1
        return self.left == -1


def wrong_target(rng: Random, stage: Stage, step: SubStep) -> Target | None:
    """Another widget than the sought one, often one whose label is alike; None if a click there would look right."""
    open_menu = stage.state.open_menu is not None
    others = [t for t in stage.targets() if t.label != step.name and (t.kind == "item" or not open_menu)]
    same_kind = [target for target in others if target.kind == step.kind] or others
    chance = rng.random()
    if chance < 0.5:
        target = max(others, key=lambda other: likeness(other.label, step.name))
    else:
        target = rng.choice(same_kind if chance < 0.8 else others)
    return None if event_of(target, stage.state).status == stage.state.status else target


def likeness(one: str, other: str) -> float:
    """How alike two labels are, from 0 to 1."""
    return SequenceMatcher(None, one.lower(), other.lower()).ratio()


def misspelt(rng: Random, text: str) -> str:
    """The text with one letter changed, doubled, dropped or swapped with the next."""
    at = rng.randrange(len(text))
    kind = rng.randrange(4)
    if kind == 0 and len(text) > 1:
        changed = text[:at] + text[at + 1 :]
    elif kind == 1:
        changed = text[:at] + text[at] + text[at:]
    elif kind == 2 and at + 1 < len(text):
        changed = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    else:
        changed = text[:at] + cased(rng, rng.choice("abcdefghijklmnopqrstuvwxyz")) + text[at + 1 :]
    return changed if changed != text else text + "e"
