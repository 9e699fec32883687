"""Owns reading JSON with exactly one meaning: no double keys, no NaN, no guesses; a comma too many is forgiven."""

from __future__ import annotations

import json
import re
from typing import Final

from actions.errors import ParseError

_STRING_OR_COMMA: Final = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\\?\Z))|,(?=\s*+[}\]])', re.DOTALL)
_ESCAPED_HALF: Final = re.compile("[\ud800-\udfff]")


class _DoubleKey(ValueError):
    pass


def read_object(text: str) -> dict[str, object]:
    """The JSON object that `text` is.

    Raises:
        ParseError: it is none, or says something twice, or holds half a character.
    """
    value = _read(text)
    if not isinstance(value, dict):
        raise ParseError('A call is a JSON object: {"name": "computer_use", "arguments": {...}}.')
    return value


def _read(text: str) -> object:
    try:
        return _load(text)
    except json.JSONDecodeError:
        pass  # perhaps only a comma too many
    try:
        return _load(_STRING_OR_COMMA.sub(lambda found: found.group(1) or "", text))
    except json.JSONDecodeError as error:
        raise ParseError(f"The call is not JSON ({error.msg} at character {error.pos + 1}): write it again.") from error


def _load(text: str) -> object:
    try:
        # Not strict: a line break inside a string can only mean a line break.
        value: object = json.loads(text, strict=False, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError:
        raise
    except _DoubleKey as error:
        raise ParseError(f'The call says "{error}" twice: write it once.') from error
    except RecursionError as error:
        raise ParseError("The call is nested too deeply: write it again.") from error
    except ValueError as error:
        raise ParseError("The call holds a number that is none: write whole numbers.") from error
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise _DoubleKey(key)
        found[key] = value
    return found


def _no_constant(name: str) -> object:
    raise ValueError(name)


def is_writable(text: str) -> bool:
    """Whether a text holds whole characters only; JSON can escape half a surrogate pair, which no file can store."""
    return not _ESCAPED_HALF.search(text)
