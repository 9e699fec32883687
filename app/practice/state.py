"""What has happened on a desk, as pure data: events come in, the status line and the desk's contents follow."""

from dataclasses import dataclass, field
from typing import Literal, assert_never

Verb = Literal["pressed", "ticked", "unticked", "chose", "opened", "closed", "picked", "entered", "typed"]

READY = "Ready"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: `label` names the widget, `text` is a field's whole text or a picked item's menu."""

    verb: Verb
    label: str
    text: str = ""

    @property
    def status(self) -> str:
        """What the status line says after it."""
        match self.verb:
            case "typed":
                return f"Typed {self.text}" if self.text else f"Emptied {self.label}"
            case "entered":
                return f"In {self.label}"
            case "pressed" | "ticked" | "unticked" | "chose" | "opened" | "closed" | "picked":
                return f"{self.verb.capitalize()} {self.label}"
        assert_never(self.verb)


@dataclass(slots=True)
class State:
    """The contents of a desk: what was pressed and picked in order, and how check boxes, rows and fields stand now."""

    pressed: list[str] = field(default_factory=list)
    picked: list[tuple[str, str]] = field(default_factory=list)
    ticked: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    chosen: str | None = None
    focused: str | None = None
    open_menu: str | None = None
    status: str = READY

    def apply(self, event: Event) -> None:
        """Take an event in."""
        self.status = event.status
        match event.verb:
            case "pressed":
                self.pressed.append(event.label)
            case "picked":
                self.picked.append((event.text, event.label))
            case "ticked":
                self.ticked.add(event.label)
            case "unticked":
                self.ticked.discard(event.label)
            case "chose":
                self.chosen = event.label
            case "opened":
                self.open_menu = event.label
            case "closed":
                self.open_menu = None
            case "entered":
                self.focused = event.label
            case "typed":
                self.texts[event.label] = event.text
            case _:
                assert_never(event.verb)
