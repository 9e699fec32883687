"""Owns what the person has laid down beforehand: where an agent may work, where never, and how quickly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actions.geometry import Point, Rect
from actions.keys import MODIFIERS

if TYPE_CHECKING:  # the shell reads rules, and has no eyes
    from actions.desktop import Window

ACTIONS_PER_MINUTE: Final = 120
"""What an agent may do in a minute when nothing else is said; a person does some sixty."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an action is held against; everything that is given must be so.

    Attributes:
        application: the window's application, such as firefox; what follows a name, as in Gimp-2.10, does not count.
        title: a part of the window's title.
        region: pixels of the desktop.
        keys: a chord, by canonical names; an action without one never fits.
    """

    application: str = ""
    title: str = ""
    region: Rect | None = None
    keys: frozenset[str] = frozenset()

    def fits(
        self, window: Window | None, at: Point | Rect | None, keys: frozenset[str], *, wholly: bool = False
    ) -> bool:
        """Whether it speaks of an action in a window, at a place, with a chord.

        Args:
            window: it.
            at: the pixel, or all those of which it may be any.
            keys: the chord.
            wholly: whether all of these pixels must be in the region, not only some.
        """
        if self.keys and self.keys != keys:
            return False
        if self.region and not _is_in(at, self.region, wholly=wholly):
            return False
        application, title = (window.application, window.title) if window else ("", "")
        if self.application and self.application.casefold() not in _names(application):
            return False
        return not self.title or self.title.casefold() in title.casefold()

    def record(self) -> dict[str, object]:
        """What is given, as JSON has it."""
        region = self.region
        given = {
            "application": self.application,
            "title": self.title,
            "region": [region.left, region.top, region.width, region.height] if region else None,
            "keys": sorted(self.keys),
        }
        return {name: value for name, value in given.items() if value}

    def __str__(self) -> str:
        region = self.region
        parts = (
            self.application and f"the application {self.application}",
            self.title and f"windows called “{self.title}”",
            region and f"the region {region.left},{region.top} {region.width}×{region.height}",
            self.keys and f"the keys {'+'.join(sorted(self.keys, key=_order))}",
        )
        return " in ".join(part for part in parts if part) or "everything"


def _is_in(at: Point | Rect | None, region: Rect, *, wholly: bool) -> bool:
    if isinstance(at, Rect):
        common = at.intersection(region)
        return common == at if wholly else common is not None
    return at is not None and region.contains(at)


def _names(application: str) -> set[str]:
    """What an application may be called: whole, by the last part of a name with dots, and without what follows a name.

    Gimp-2.10 is gimp, org.gnome.Console is console, and firefox.exe is firefox.
    """
    name = application.casefold()
    last = name.rpartition(".")[2]
    whole = last if name.count(".") > 1 and last[:1].isalpha() else name
    return {name, whole, re.split(r"[-.]|[ _]?\d+(?=[-.]|$)", whole)[0]}


def _order(key: str) -> tuple[bool, str]:
    """Modifiers first, as people say them."""
    return (key not in MODIFIERS, key)


@dataclass(frozen=True, slots=True)
class Rules:
    """All of them.

    Attributes:
        allow: where it may work; anywhere when no rule names a place. A rule of keys lets these through unasked.
        deny: what it must never do, in any mode.
        actions_per_minute: how many actions it may do in a minute; the next waits.
    """

    allow: tuple[Rule, ...] = ()
    deny: tuple[Rule, ...] = ()
    actions_per_minute: int = ACTIONS_PER_MINUTE

    def record(self) -> dict[str, object]:
        """All of them, as JSON has it."""
        allow, deny = [rule.record() for rule in self.allow], [rule.record() for rule in self.deny]
        return {"allow": allow, "deny": deny, "actions_per_minute": self.actions_per_minute}

    def denies(self, window: Window | None, at: Point | Rect | None, keys: frozenset[str]) -> Rule | None:
        """The rule that speaks against it, or None."""
        return next((rule for rule in self.deny if rule.fits(window, at, keys)), None)

    def admits(self, window: Window | None, at: Point | Rect | None) -> bool:
        """Whether it is where the agent may work."""
        places = [rule for rule in self.allow if not rule.keys]
        return not places or any(rule.fits(window, at, frozenset(), wholly=True) for rule in places)

    def lets_through(self, window: Window | None, at: Point | Rect | None, keys: frozenset[str]) -> bool:
        """Whether these keys need no asking."""
        return any(rule.keys and rule.fits(window, at, keys, wholly=True) for rule in self.allow)
