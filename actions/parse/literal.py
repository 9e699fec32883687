"""Owns reading one JSON value with exactly one meaning, as models write it: what is listed here is mended, nothing else.

Mended: trailing commas, single and full-width quotes, full-width punctuation and digits, Python's True, False, None and
tuples, line breaks inside strings, every brace doubled, and braces missing right before `</tool_call>`. Refused: what ends
before it is finished, keys that say two things, numbers that are none, and whatever else is not JSON.
"""

from __future__ import annotations

import math
import re
from typing import Final

from actions.errors import ParseError
from actions.parse.scan import Scanner

CALL_END: Final = "</tool_call>"

_DEEPEST: Final = 24
_LONGEST_NUMBER: Final = 24
_FOLDED: Final = dict(zip("｛｝［］（）：，", "{}[]():,", strict=True))
_CLOSING_QUOTE: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "＂": "＂", "＇": "＇"}
_CLOSING: Final = {"[": "]", "(": ")"}
_INSIDE: Final = {quote: re.compile(rf"[^\\{quote}]*+") for quote in _CLOSING_QUOTE.values()}
_NUMBER_RUN: Final = re.compile(r"[-+.\w]*+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?")
_WIDE_DIGITS: Final = str.maketrans("０１２３４５６７８９－．", "0123456789-.")
_WORD: Final = re.compile(r"\w*+")
_WORDS: Final = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"} | {mark: mark for mark in "\"'\\/"}
_HEX: Final = re.compile("[0-9a-fA-F]{4}")
_HALF: Final = re.compile("[\ud800-\udfff]")


class CutOff(ParseError):
    """The text ends inside a value."""


def fold(letter: str) -> str:
    """A punctuation mark of JSON for its full-width form."""
    return _FOLDED.get(letter, letter)


def is_writable(text: str) -> bool:
    """Whether a text holds whole characters only; JSON can escape half a surrogate pair, which no file can store."""
    return not _HALF.search(text)


def shown(value: object) -> str:
    """A few characters of what the model wrote, fit to be shown."""
    return ascii(str(value)[:24])[1:-1]


def number_from(text: str) -> int | float | None:
    """The number that a text is, or None where it is none, or one that nobody means."""
    digits = text.translate(_WIDE_DIGITS)
    if len(digits) > _LONGEST_NUMBER or not _NUMBER.fullmatch(digits):
        return None
    value = float(digits)
    if not math.isfinite(value):
        return None
    return value if set(digits) & set(".eE") else int(digits)


def read_value(scan: Scanner, depth: int = 0) -> object:
    """The value that begins here; the place of reading goes behind it.

    Raises:
        CutOff: the text ends before the value does.
        ParseError: it is not one value with one meaning.
    """
    if depth > _DEEPEST:
        raise ParseError("The call is nested too deeply: write it again.")
    scan.skip()
    mark = fold(scan.peek())
    if mark == "{":
        return _object(scan, depth)
    if mark in _CLOSING:
        return _array(scan, _CLOSING[mark], depth)
    if mark in _CLOSING_QUOTE:
        return read_string(scan)
    return _word(scan)


def read_string(scan: Scanner) -> str:
    """The text between the quotation marks that begin here."""
    closing = _CLOSING_QUOTE[scan.peek()]
    scan.at += 1
    pieces: list[str] = []
    while True:
        pieces.append(scan.run(_INSIDE[closing]))
        mark = scan.peek()
        scan.at += 1
        if mark == closing:
            return "".join(pieces)
        if not mark:
            raise CutOff("a string")
        pieces.append(_escape(scan))


def _escape(scan: Scanner) -> str:
    letter = scan.peek()
    scan.at += 1
    if letter == "u":
        return _code_point(scan)
    if not letter:
        raise CutOff("a string")
    if letter not in _ESCAPES:
        raise ParseError(f'A string holds "\\{shown(letter)}": write two backslashes where you mean one.')
    return _ESCAPES[letter]


def _code_point(scan: Scanner) -> str:
    letter = _four_digits(scan)
    if "\ud800" <= letter <= "\udbff" and scan.take("\\u"):
        second = _four_digits(scan)
        if "\udc00" <= second <= "\udfff":
            return (letter + second).encode("utf-16", "surrogatepass").decode("utf-16")
        return letter + second
    return letter


def _four_digits(scan: Scanner) -> str:
    found = _HEX.match(scan.text, scan.at)
    if not found:
        raise ParseError('A string holds "\\u" without four hexadecimal digits.')
    scan.at = found.end()
    return chr(int(found.group(), 16))


def _object(scan: Scanner, depth: int) -> dict[str, object]:
    scan.at += 1
    scan.skip()
    if fold(scan.peek()) == "{":
        # Every brace twice: what a template makes of one.
        inner = _object(scan, depth + 1) if depth < _DEEPEST else read_value(scan, depth + 1)
        scan.skip()
        _expect(scan, "}")
        return inner if isinstance(inner, dict) else {}
    found: dict[str, object] = {}
    while not _closed(scan, "}"):
        _pair(scan, found, depth)
        scan.skip()
        if scan.starts(CALL_END):
            return found  # the model took the object for finished
        if not _comma(scan):
            _expect(scan, "}")
            return found
    return found


def _pair(scan: Scanner, found: dict[str, object], depth: int) -> None:
    if scan.peek() not in _CLOSING_QUOTE:
        raise _unexpected(scan, "a key in quotation marks")
    key = read_string(scan)
    scan.skip()
    _expect(scan, ":")
    value = read_value(scan, depth + 1)
    if key in found and repr(found[key]) != repr(value):
        raise ParseError(f'The call says "{shown(key)}" twice, and differently: write it once.')
    found[key] = value


def _array(scan: Scanner, closing: str, depth: int) -> list[object]:
    scan.at += 1
    found: list[object] = []
    while not _closed(scan, closing):
        found.append(read_value(scan, depth + 1))
        scan.skip()
        if not _comma(scan):
            _expect(scan, closing)
            break
    return found


def _closed(scan: Scanner, closing: str) -> bool:
    scan.skip()
    if fold(scan.peek()) != closing:
        return False
    scan.at += 1
    return True


def _comma(scan: Scanner) -> bool:
    return _closed(scan, ",")


def _expect(scan: Scanner, mark: str) -> None:
    if not _closed(scan, mark):
        raise _unexpected(scan, f'"{mark}"')


def _unexpected(scan: Scanner, wanted: str) -> ParseError:
    if not (found := scan.peek()):
        return CutOff(wanted)
    return ParseError(f'The call is not JSON: {wanted} is missing before "{shown(found)}". Write the call again.')


def _word(scan: Scanner) -> object:
    start = scan.at
    word = scan.run(_NUMBER_RUN)
    if not word:
        raise _unexpected(scan, "a value")
    if scan.at == len(scan.text):
        raise CutOff("a value")  # perhaps only half of it
    if word in _WORDS:
        return _WORDS[word]
    number = number_from(word)
    if number is None:
        scan.at = start
        raise ParseError(f'The call holds "{shown(word)}", which is no value: write whole numbers and quoted strings.')
    return number
