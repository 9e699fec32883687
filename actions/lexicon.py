"""Owns the words by which the guard knows consequences, read from `actions/words/`: one file a language, and one of places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

Kind = Literal["sends", "pays", "deletes", "installs", "signs_in", "permits", "changes"]
"""What a consequence is."""

KINDS: Final[dict[Kind, str]] = {
    "sends": "sends something to others",
    "pays": "spends money or orders something",
    "deletes": "deletes or overwrites something",
    "installs": "installs, updates or runs programs",
    "signs_in": "touches passwords, keys or who is signed in",
    "permits": "gives a permission",
    "changes": "changes the system",
}
"""The same in words, to be read after the name of a control."""

Patterns = tuple[tuple[re.Pattern[str], Kind], ...]


@dataclass(frozen=True, slots=True)
class English:
    """The words of languages that have spaces between them.

    Attributes:
        orders: verbs that begin a label, and what they do.
        phrases: patterns anywhere in a label.
        also_nouns: orders that are names as well, so that only the first word of a label is taken for one.
        things: last words that make a name of such an order before them where names are likely, as in a list: "Trash box".
        compounds: the names that begin like an order, or with a word that says nothing, by their last words: "Order history".
        no_step: first words after which a label takes no step, or only undoes or shows one.
        harmless: first words of labels that have no consequence.
        goes_on: labels that only go on with what is said around them.
        to_come: words after which a text speaks of what is about to be done.
        for_good: words that say that something cannot be undone.
        participles: irregular ones, and the orders that they come from.
        question: what makes a question of a text.
    """

    orders: dict[str, Kind]
    phrases: Patterns
    also_nouns: frozenset[str]
    things: frozenset[str]
    compounds: dict[str, frozenset[str]]
    no_step: frozenset[str]
    harmless: frozenset[str]
    goes_on: frozenset[str]
    to_come: frozenset[str]
    for_good: frozenset[str]
    participles: dict[str, str]
    question: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Chinese:
    """The patterns of Chinese.

    Attributes:
        phrases: what labels and texts speak of.
        firm: orders whatever follows them.
        no_step, harmless, goes_on, question: as in English.
        things: what names end with; not_things: what such a name has not in it.
        after_orders: those of them that make a name of the verb of an order; before_things: what other names begin with.
        ahead: what may stand before the verb of an order.
        over: what says that something was done already.
    """

    phrases: Patterns
    firm: re.Pattern[str]
    no_step: re.Pattern[str]
    harmless: re.Pattern[str]
    things: re.Pattern[str]
    not_things: re.Pattern[str]
    after_orders: re.Pattern[str]
    before_things: re.Pattern[str]
    goes_on: frozenset[str]
    ahead: str
    over: re.Pattern[str]
    question: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Places:
    """What programs, fields and windows are called.

    Attributes:
        programs: in which everything is consequential, by application, and why.
        secret: fields for passwords and the like; search: fields for what is searched for.
        commands: fields and windows whose text is run; settings: windows whose boxes take effect at once.
        bin: where things are dropped to be deleted; program: names of files that are run when they are opened.
    """

    programs: tuple[tuple[re.Pattern[str], str], ...]
    secret: re.Pattern[str]
    search: re.Pattern[str]
    commands: re.Pattern[str]
    settings: re.Pattern[str]
    bin: re.Pattern[str]
    program: re.Pattern[str]

    def why_asked(self, application: str) -> str | None:
        """Why everything in a program is consequential; None where it is not."""
        name = application.casefold().removesuffix(".exe").removesuffix(".py")
        parts = (name, *name.split("."))
        return next((why for pattern, why in self.programs if any(map(pattern.fullmatch, parts))), None)


@cache
def english() -> English:
    """The words of English, with verbs of some other European languages."""
    told = _file("en")
    sets = ("also_nouns", "things", "no_step", "harmless", "goes_on", "to_come", "for_good")
    return English(
        orders={word: kind for kind in KINDS for word in told["orders"][kind].split()},
        phrases=_patterns(told["phrases"]),
        participles=told["participles"],
        compounds={last: frozenset(first.split()) for last, first in told["compounds"].items()},
        question=re.compile(told["question"]),
        **{name: frozenset(told[name].split()) for name in sets},
    )


@cache
def chinese() -> Chinese:
    """The patterns of Chinese."""
    told = _file("zh")
    return Chinese(
        # What was done, or does it, is no order: 发送过的, 发布者.
        phrases=_patterns(told["phrases"], "(?:{})(?!过|的|者)"),
        firm=_one_of(told["firm"], "^({})"),
        no_step=_one_of(told["no_step"], "^({})"),
        harmless=_one_of(told["harmless"], "^({})"),
        things=_one_of(told["things"], "({})$"),
        not_things=re.compile(told["not_things"]),
        after_orders=_one_of(told["after_orders"], "({})$"),
        before_things=_one_of(told["before_things"], "^({})"),
        goes_on=frozenset(told["goes_on"].split()),
        ahead=told["ahead"],
        over=re.compile(told["over"]),
        question=re.compile(told["question"]),
    )


@cache
def places() -> Places:
    """What programs, fields and windows are called."""
    told = _file("places")
    called = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in told["called"].items()}
    programs = tuple((re.compile(pattern, re.IGNORECASE), why) for why, pattern in told["programs"].items())
    return Places(programs, **called)


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((files("actions") / "words" / f"{name}.toml").read_text("utf-8"))


def _patterns(by_kind: dict[str, list[str]], shape: str = "{}") -> Patterns:
    return tuple((_one_of(by_kind[kind], shape), kind) for kind in KINDS if by_kind.get(kind))


def _one_of(patterns: Iterable[str], shape: str) -> re.Pattern[str]:
    return re.compile(shape.format("|".join(patterns)))
