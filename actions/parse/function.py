"""Owns the syntax of a call whose arguments stand in tags, as Qwen3.5 writes it: `<function=…><parameter=…>value</parameter>…`.

A value is what stands between its tags, verbatim, without the line breaks next to them; nothing in it is escaped.
"""

from __future__ import annotations

import re
from typing import Final

from actions.errors import ParseError
from actions.parse.literal import read_value, shown
from actions.parse.names import argument_name
from actions.parse.scan import Scanner

# All of these are bounded, so that trying one costs no more than a glance.
_FUNCTION: Final = re.compile(r"<function=([\w-]{1,40})>")
_PARAMETER: Final = re.compile(r"<parameter=(\w{1,40})>")
_END: Final = re.compile(r"</parameter>")
_FUNCTION_END: Final = "</function>"
_BROKEN: Final = (
    "The call is broken or cut off: after <function=computer_use> write each argument as <parameter=name>value</parameter>, "
    "then </function> and </tool_call>."
)


def opens_function(scan: Scanner) -> bool:
    """Whether a call in tags begins here."""
    return scan.starts("<function=")


def read_function(scan: Scanner) -> dict[str, object]:
    """The call that begins here, as it would stand in JSON.

    Raises:
        ParseError: it is cut off or written in another way, or says an argument twice.
    """
    name = _tag(scan, _FUNCTION)
    arguments: dict[str, object] = {}
    scan.skip()
    while not scan.take(_FUNCTION_END):
        key = _tag(scan, _PARAMETER)
        value = _value(scan, key)
        if key in arguments and repr(arguments[key]) != repr(value):
            raise ParseError(f'The call says "{shown(key)}" twice, and differently: write it once.')
        arguments[key] = value
        scan.skip()
    return {"name": name, "arguments": arguments}


def _tag(scan: Scanner, tag: re.Pattern[str]) -> str:
    found = tag.match(scan.text, scan.at)
    if not found:
        raise ParseError(_BROKEN)
    scan.at = found.end()
    return found.group(1)


def _value(scan: Scanner, key: str) -> object:
    """The value of an argument: a list where it is written as one and is no text, else a string."""
    start = scan.at
    end = scan.find(_END)
    if not end:
        raise ParseError(_BROKEN)
    said = scan.text[start : end.start()].removeprefix("\n").removesuffix("\n")
    if argument_name(key) == "text" or not said.lstrip().startswith(("[", "{")):
        return said
    inner = Scanner(said)
    value = read_value(inner)
    inner.skip()
    if inner.at < len(said):
        raise ParseError(f'"{shown(key)}" is no single list: write it again.')
    return value
