"""Owns the dialect of UI-TARS: `Thought: … Action: click(start_box='(512,377)')`, one or more calls after one `Action:`."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import Final

from actions.action import Action
from actions.errors import ParseError
from actions.geometry import Coordinates
from actions.keys import MODIFIERS, canonical_key
from actions.parse.arguments import actions_from
from actions.parse.held import joined
from actions.parse.literal import CutOff, shown
from actions.parse.scan import Scanner
from actions.parse.ui_tars_call import CUT_OFF, Call, called_name, read_call

_MARKER: Final = re.compile(r"Action[ \t]{0,4}[:：][ \t]{0,16}(?:\n[ \t]{0,16})?(?:```\w{0,16}\s)?")
_LABEL: Final = re.compile(r"\s*+(?:```\s*+)?Thought\s*+[:：]\s*+")
_BROKEN: Final = re.compile(r"(?:click|type|drag|scroll|hotkey|wait|finished)[^\w\s.,;:]")
_BLANKS: Final = re.compile(r"[ \t]*+")
_ENDS: Final = ("</Output>", "<|im_end|>", "[EOS]", "```")
_NOTCHES: Final = 5
"""How far one scroll of this dialect goes, which names a direction only."""
_SECONDS: Final = 5
"""How long `wait()` of this dialect waits."""

_AT: Final = ("start_box", "point", "start_point", "box")
_CLICKS: Final = {
    **dict.fromkeys(("click", "left_single", "left_click"), "left_click"),
    **dict.fromkeys(("left_double", "double_click", "left_double_click"), "double_click"),
    **dict.fromkeys(("right_single", "right_click"), "right_click"),
    "middle_click": "middle_click",
    "triple_click": "triple_click",
    **dict.fromkeys(("hover", "move_to", "mouse_move"), "mouse_move"),
}
_FORMS: Final = {
    **{name: f"{name}(start_box='(512,377)')" for name in _CLICKS},
    "drag": "drag(start_box='(100,200)', end_box='(300,400)')",
    "select": "select(start_box='(100,200)', end_box='(300,400)')",
    "hotkey": "hotkey(key='ctrl c')",
    "press": "press(key='enter')",
    "type": "type(content='…')",
    "scroll": "scroll(start_box='(512,377)', direction='down')",
    "wait": "wait()",
    "finished": "finished(content='…')",
    "call_user": "call_user()",
}
_WHEEL: Final = {"up": ("scroll", 1), "down": ("scroll", -1), "right": ("hscroll", 1), "left": ("hscroll", -1)}


@dataclass(frozen=True, slots=True)
class Said:
    """A reply in this dialect, read: thought, words after the last call, and what to do."""

    thought: str
    text: str
    actions: tuple[Action, ...]


def read_ui_tars(scan: Scanner, coordinates: Coordinates) -> Said | None:
    """What the words from here on mean in this dialect, or None where they are not in it.

    Raises:
        ParseError: they are, and have no meaning, or more than one.
    """
    start = scan.at
    markers = _markers(scan)
    if own := [marker for marker in markers if marker.own_line]:
        if len(own) > 1:
            raise ParseError("Write one Action: only, and wait to see what came of it.")
        return _said(scan, start, own[0], coordinates)
    if len(markers) == 1 and _called_to_the_end(scan, markers[0].end):
        return _said(scan, start, markers[0], coordinates)
    scan.at = start
    scan.skip()
    begin = scan.at
    if not markers and called_name(scan) in _FORMS and _called_to_the_end(scan, begin):
        return _said(scan, start, _Marker(begin, begin, own_line=False), coordinates)
    return None


@dataclass(frozen=True, slots=True)
class _Marker:
    """An `Action:` before a call, or before nothing at all."""

    start: int
    end: int
    own_line: bool


def _markers(scan: Scanner) -> list[_Marker]:
    begin, found = scan.at, []
    while marker := scan.find(_MARKER):
        line = scan.text[max(begin, marker.start() - 16) : marker.start()].rpartition("\n")
        own = (not line[2].strip()) and (bool(line[1]) or marker.start() - begin < 16)
        broken = own and (scan.at == len(scan.text) or _BROKEN.match(scan.text, scan.at))
        quoted = scan.text[max(begin, marker.start() - 1) : marker.start()] in set("\"'“‘`")
        if (called_name(scan) is not None and not quoted) or broken:
            found.append(_Marker(marker.start(), marker.end(), own))
            _past_call(scan)
    return found


def _past_call(scan: Scanner) -> None:
    """Go past what an action says, so that an `Action:` inside a text to be typed marks nothing."""
    with contextlib.suppress(ParseError):  # whoever reads it for its meaning says what is wrong
        read_call(scan)


def _called_to_the_end(scan: Scanner, start: int) -> bool:
    scan.at = start
    try:
        _calls(scan)
    except ParseError:
        return False
    return scan.at == len(scan.text)


def _said(scan: Scanner, start: int, marker: _Marker, coordinates: Coordinates) -> Said:
    scan.at = marker.end
    try:
        calls = _calls(scan)
    except CutOff as error:
        raise ParseError(CUT_OFF) from error
    thought = _LABEL.sub("", scan.text[start : marker.start], count=1)
    actions = tuple(action for call in calls for action in _actions(call, coordinates))
    return Said(thought.strip(), scan.text[scan.at :].strip(), actions)


def _calls(scan: Scanner) -> list[Call]:
    """The calls that begin here, one on a line; words may follow on a line of their own."""
    calls: list[Call] = []
    while True:
        calls.append(read_call(scan))
        scan.run(_BLANKS)
        at = scan.at
        space = scan.skip()
        if any(scan.take(end) for end in _ENDS):
            scan.skip()
        if scan.at == len(scan.text):
            return calls
        if "\n" not in space:
            scan.at = at
            raise ParseError("Nothing may follow an action on its line: write one call a line.")
        if called_name(scan) is None:
            return calls


def _actions(call: Call, coordinates: Coordinates) -> tuple[Action, ...]:
    """What a call means, said in Qwen's names.

    Raises:
        ParseError: there is no such action, or its arguments mean nothing; the sentence shows the form.
    """
    if call.name not in _FORMS:
        raise ParseError(f"There is no action {shown(call.name)}: use one of {', '.join(_FORMS)}.")
    try:
        return joined(action for asked in _asked(call) for action in actions_from(asked, coordinates))
    except ParseError as error:
        raise ParseError(f"{error} Write it in this form: {_FORMS[call.name]}.") from error


def _asked(call: Call) -> list[dict[str, object]]:
    given = dict(call.arguments)
    asked = _ask(call.name, given)
    if given:
        raise ParseError(f'{call.name} takes no "{shown(min(given))}".')
    return asked


def _ask(name: str, given: dict[str, str]) -> list[dict[str, object]]:
    """The arguments of the calls that this one stands for; what is understood is taken out of `given`."""
    match name:
        case "drag" | "select":
            start, end = _place(given, _AT), _place(given, ("end_box", "end_point"))
            if not start:
                raise ParseError(f"{name} needs where it begins.")
            return [{"action": "left_click_drag", "start_coordinate": start, "coordinate": end}]
        case "hotkey" | "press":
            return [{"action": "key", "keys": _keys(name, given.pop("key", ""))}]
        case "type":
            return [{"action": "type", "text": given.pop("content", None)}]
        case "scroll":
            place, direction = _place(given, _AT), given.pop("direction", "").strip().lower()
            if direction not in _WHEEL:
                raise ParseError("scroll needs a direction: up, down, left or right.")
            action, sign = _WHEEL[direction]
            return [{"action": action, "pixels": sign * _NOTCHES, "coordinate": place}]
        case "wait":
            return [{"action": "wait", "time": given.pop("time", _SECONDS)}]
        case "finished" | "call_user":
            said = given.pop("content", "")
            status = "success" if name == "finished" else "failure"
            answer: list[dict[str, object]] = [{"action": "answer", "text": said}] if said.strip() else []
            return [*answer, {"action": "terminate", "status": status}]
        case _:
            return [{"action": _CLICKS[name], "coordinate": _place(given, _AT)}]


def _place(given: dict[str, str], names: tuple[str, ...]) -> str | None:
    found = [given.pop(name) for name in names if name in given]
    if len(found) > 1:
        raise ParseError(f"Say where once, not as {' and '.join(names)}.")
    return found[0] if found else None


def _keys(name: str, said: str) -> list[str]:
    whole = canonical_key(said) or canonical_key("".join(said.split()))
    words = [whole] if whole else said.replace("+", " ").split()
    keys = [canonical_key(word) for word in words]
    held = [key in MODIFIERS for key in keys]
    if held != sorted(held, reverse=True):
        raise ParseError("Keys such as ctrl and shift come first.")
    if name == "press" and (len(words) != 1 or any(held)):
        raise ParseError("press is for one key, and lets go of it: to press keys together use hotkey(key='ctrl c').")
    return words
