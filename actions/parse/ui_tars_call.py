"""Owns the syntax of one UI-TARS call, `name(argument='value', …)`: what stands where, not what it means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from actions.errors import ParseError
from actions.parse.literal import CutOff, shown
from actions.parse.scan import Scanner

CUT_OFF: Final = "The action is cut off: write one whole call, such as click(start_box='(512,377)')."

# All of these are bounded, so that trying one costs no more than a glance.
_CALL: Final = re.compile(r"([A-Za-z_]{1,32})[(（]")
_END_OF_STRING: Final = re.compile(r"\s{0,32}(?:[,，]\s{0,32}[A-Za-z_]{1,32}\s{0,8}=|[)）])")
_UNQUOTED: Final = re.compile(r"\([^()']{1,80}\)|\[[^\[\]']{1,80}\]|<(point|bbox)>[^<']{1,80}</\1>|[-.\w]{1,32}")
_OPEN_BOX: Final = re.compile(r"\s{0,8}(<point>[^<]{1,80}</point>|<bbox>[^<]{1,80}</bbox>)(['\"]?)[)）]?\s{0,8}")
_NAME: Final = re.compile(r"[A-Za-z_]*+")
_QUOTES: Final = {"'": "'", '"': '"', "‘": "’", "“": "”"}
_INSIDE: Final = {quote: re.compile(rf"[^\\{quote}]*+") for quote in _QUOTES.values()}
_ESCAPED: Final = re.compile(r"\\(.?)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_PATH: Final = re.compile(r"""[A-Za-z]:(?:\\[^\\/:*?"'<>|\n\t]++)++\\?""")


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it was written: its name, and its arguments by theirs."""

    name: str
    arguments: dict[str, str]


def called_name(scan: Scanner) -> str | None:
    """The name of the call that begins here, or None where none does; nothing is gone past."""
    found = _CALL.match(scan.text, scan.at)
    return found.group(1) if found else None


def read_call(scan: Scanner) -> Call:
    """The call that begins here.

    Raises:
        CutOff: the text ends inside it.
        ParseError: it is written in another way.
    """
    name = called_name(scan)
    if name is None:
        raise ParseError("Write the action as one call, such as click(start_box='(512,377)').")
    scan.at += len(name) + 1
    arguments: dict[str, str] = {}
    while True:
        scan.skip()
        if _takes(scan, ")）"):
            return Call(name, arguments)
        argument = scan.run(_NAME)
        scan.skip()
        if not argument or not _takes(scan, "=＝"):
            raise _unexpected(scan, f"{name} takes its arguments by name, such as key='ctrl c'.")
        scan.skip()
        value, ended = _value(scan)
        if arguments.setdefault(argument, value) != value:
            raise ParseError(f'{name} says "{argument}" twice, and differently: write it once.')
        if ended:
            return Call(name, arguments)
        scan.skip()
        if not _takes(scan, ",，") and scan.peek() not in set(")）"):
            raise _unexpected(scan, f'A comma or ")" must follow {argument}.')


def _value(scan: Scanner) -> tuple[str, bool]:
    """The value of an argument, and whether the call ends with it."""
    if scan.peek() in _QUOTES:
        start = scan.at
        scan.at += 1
        # A box that is closed is whole, even where the text after it was left out.
        box = _OPEN_BOX.match(scan.text, scan.at)
        if box and (box.end() == len(scan.text) or (not box.group(2) and scan.text[box.end() - 1] == "\n")):
            scan.at = box.end()
            return box.group(1), True
        scan.at = start
        return _string(scan), False
    found = _UNQUOTED.match(scan.text, scan.at)
    if not found:
        raise _unexpected(scan, "A value stands in quotation marks.")
    scan.at = found.end()
    return found.group(), False


def _string(scan: Scanner) -> str:
    closing = _QUOTES[scan.peek()]
    scan.at += 1
    pieces: list[str] = []
    while True:
        pieces.append(scan.run(_INSIDE[closing]))
        mark = scan.peek()
        if not mark:
            raise CutOff("a string")
        if mark == "\\":
            pieces.append(scan.text[scan.at : scan.at + 2])
            scan.at += 2
            continue
        scan.at += 1
        # An apostrophe in the middle of words ends nothing.
        if _END_OF_STRING.match(scan.text, scan.at) or scan.at == len(scan.text):
            return _unescaped("".join(pieces))
        pieces.append(mark)


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    if _PATH.fullmatch(raw) and not raw.endswith(("\\n", "\\t", "\\r")):
        return raw  # nobody types a drive's letter, a colon and then a line break
    return _ESCAPED.sub(_escape, raw)


def _escape(found: re.Match[str]) -> str:
    letter = found.group(1)
    if letter not in _ESCAPES or _PATH.match(found.string):
        raise ParseError(f'A string holds "\\{shown(letter)}": write two backslashes where you mean one.')
    return _ESCAPES[letter]


def _takes(scan: Scanner, marks: str) -> bool:
    if scan.peek() not in set(marks):
        return False
    scan.at += 1
    return True


def _unexpected(scan: Scanner, sentence: str) -> ParseError:
    return ParseError(sentence) if scan.peek() else CutOff(sentence)
