"""Owns finding JSON in a reply that has no tags: in code fences, and where a line begins with a bracket."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from actions.errors import ParseError
from actions.parse.blocks import opens_value, skip_fence
from actions.parse.literal import CALL_END, CutOff, read_value
from actions.parse.scan import Scanner

_BEGINS: Final = re.compile(r"```\w{0,16}|(?:^|(?<=\n))[ \t]{0,16}(?=[{\[｛［])")
_KEYS: Final = re.compile(r"""["'“＂](arguments|parameters|action|tool_call|note|bbox_2d|point_2d|bbox_3d)["'”＂]""")
_HEAD: Final = 100
"""Characters of something unreadable that tell what it was meant to be."""


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON value, or why there is none, and where it stood.

    Attributes:
        value: what was read; None where nothing was.
        start: where it begins, with its fence.
        end: where it ends, with its fence or closing tag.
        fenced: whether it stood in a code fence.
        trouble: what was wrong with something that was meant for us.
        key: the first of our keys in it, where it could not be read.
    """

    value: object
    start: int
    end: int
    fenced: bool = False
    trouble: ParseError | None = None
    key: str = ""


def find_values(scan: Scanner) -> list[Found]:
    """The JSON values from here to the end; reading never goes back, so that it stays linear."""
    found: list[Found] = []
    while begins := scan.find(_BEGINS):
        fenced = begins.group().startswith("`")
        if fenced:
            scan.skip()
        value = _read(scan, begins.start(), fenced)
        if value and not (value.trouble and not value.key):
            found.append(value)
    return found


def _read(scan: Scanner, start: int, fenced: bool) -> Found | None:
    if not opens_value(scan):
        return None
    begin = scan.at
    try:
        value = read_value(scan)
    except ParseError as error:
        key = _KEYS.search(scan.text, begin, begin + _HEAD)
        return Found(None, start, scan.at, fenced, error, key.group(1) if key else "")
    end = scan.at
    scan.skip()
    if fenced:
        closed = skip_fence(scan)
        if not closed:
            return Found(value, start, scan.at, fenced, CutOff("the code fence"), "arguments")
        end = scan.at
    elif scan.take(CALL_END):
        end = scan.at
    scan.at = end
    return Found(value, start, end, fenced)
