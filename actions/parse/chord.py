"""Owns reading which keys are meant, from a list, one word such as `ctrl+c`, or a list that fell into strings."""

from __future__ import annotations

from typing import Final

from actions.errors import ParseError
from actions.keys import MODIFIERS, canonical_key
from actions.parse.literal import read_value, shown
from actions.parse.scan import Scanner

_LONGEST: Final = 200


def keys_of(name: str, value: object) -> tuple[str, ...]:
    """The canonical names of the keys that `value` asks for.

    Args:
        name: the action's, for the sentence.
        value: what the model wrote as `keys`.

    Raises:
        ParseError: it is no list of keys, or names one twice, or one that there is not.
    """
    named = _listed([value] if isinstance(value, str) else value)
    if not isinstance(named, list) or not named:
        raise ParseError(f'{name} needs "keys": a list of key names, such as ["ctrl", "s"].')
    pressed = tuple(key for word in named for key in _chord(word))
    if len(set(pressed)) < len(pressed):
        raise ParseError(f"{name} presses keys together, so each only once: to press one again, call again.")
    return pressed


def _listed(named: object) -> object:
    """The list, where it was written as a string, or as pieces of one: `["keys=['ctrl'", "'c']"]`."""
    if not isinstance(named, list) or not named or not all(isinstance(word, str) for word in named):
        return named
    whole = ", ".join(named).strip().removeprefix("keys=")
    if not (whole.startswith("[") and whole.endswith("]") and 1 < len(whole) <= _LONGEST):
        return named
    scan = Scanner(whole)
    value = read_value(scan)
    return value if scan.at == len(whole) else named


def _chord(word: object) -> tuple[str, ...]:
    """The keys of one word of a chord; `ctrl+c` in one word can only mean both."""
    if isinstance(word, str) and len(word) <= _LONGEST:
        if key := canonical_key(word) or canonical_key("".join(word.split())):
            return (key,)
        for parts in (_plus(word), word.split(), word.split("-")):
            keys = [canonical_key(part) for part in parts]
            if len(keys) > 1 and None not in keys and (parts == _plus(word) or keys[0] in MODIFIERS):
                return tuple(key for key in keys if key)
    raise ParseError(
        f'There is no key "{shown(word)}": use names such as enter, esc, ctrl, pagedown, f5, or one letter.'
    )


def _plus(word: str) -> list[str]:
    """What stands between the plus signs; a plus sign at the end that another one precedes is the key."""
    return [*word[:-2].split("+"), "+"] if word.endswith("++") else word.split("+")
