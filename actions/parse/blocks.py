"""Owns finding calls in a reply: where thinking ends, where each call begins and ends, and what is only talk around it.

The scan goes forward once. A call's end is where its JSON ends, or its `</function>` behind the last of its arguments, never
where another tag is found, because a text to be typed may contain any tag.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from actions.errors import ParseError
from actions.parse.function import opens_function, read_function
from actions.parse.literal import CALL_END, CutOff, fold, read_value
from actions.parse.scan import Scanner

_MARK: Final = re.compile(r"<tool_call>|</?think>|(?<![^\n])<function=[\w-]{1,40}>\s{0,8}<parameter=")
_THOUGHT_OUT: Final = re.compile(r"</think>")
_FENCE: Final = re.compile(r"```\w{0,16}")
_BRACES: Final = re.compile(r"\}*+")
_BLANKS: Final = re.compile(r"[ \t]*+")

CUT_OFF: Final = (
    "The call is cut off: write one whole "
    '<tool_call>{"name": "computer_use", "arguments": {"action": ...}}</tool_call>, with every bracket closed.'
)
_NOT_CLOSED: Final = "Nothing but </tool_call> may follow a call."
_STILL_THINKING: Final = "End your thinking with </think> before you call."


@dataclass(slots=True)
class Blocks:
    """A reply in parts.

    Attributes:
        thinking: what was thought, up to the last `</think>`.
        unended: thinking began and did not end; then nothing is called.
        start: where the words after thinking begin.
        before: words before the first call.
        around: words between and after calls.
        calls: what each call says, as JSON values, also where its arguments stand in tags.
        loose: words follow a call that was not begun with its tag, so that it may be an example.
    """

    thinking: str = ""
    unended: bool = False
    start: int = 0
    before: list[str] = field(default_factory=list)
    around: list[str] = field(default_factory=list)
    calls: list[object] = field(default_factory=list)
    loose: bool = False

    def add_prose(self, prose: str) -> None:
        """Take words that are no call."""
        (self.around if self.calls else self.before).append(prose)


def find_blocks(scan: Scanner) -> Blocks:
    """The parts of a reply whose calls stand in tags.

    Raises:
        ParseError: a call is cut off, not closed, no JSON, perhaps an example, or inside thinking that does not end.
    """
    blocks, last_thinking = Blocks(), scan.text.rfind("</think>")
    position = 0
    while mark := scan.find(_MARK):
        if mark.group() == "<think>":
            blocks.add_prose(scan.text[position : mark.start()])
            position = mark.start()
            if not scan.find(_THOUGHT_OUT):
                return _unended(blocks, scan.text[mark.end() :])
            blocks, position = Blocks(scan.text[: scan.at - len("</think>")], start=scan.at), scan.at
        elif mark.group() == "</think>":
            # Calls that were only thought about are not meant.
            blocks, position = Blocks(scan.text[: mark.start()], start=mark.end()), mark.end()
        elif mark.group().startswith("<function="):
            blocks.add_prose(scan.text[position : mark.start()])
            scan.at = mark.start()
            _take_untagged(scan, blocks)
            position = scan.at
        elif _opens_call(scan):
            blocks.add_prose(scan.text[position : mark.start()])
            _take_calls(scan, blocks.calls)
            position = scan.at
        elif mark.start() > last_thinking:
            raise ParseError(CUT_OFF)
    if blocks.loose:
        raise ParseError(_NOT_CLOSED)
    blocks.add_prose(scan.text[position:])
    return blocks


def skip_fence(scan: Scanner) -> bool:
    """Go past a code fence that begins or ends here, with the white space around it."""
    scan.skip()
    fence = scan.starts("```") and _FENCE.match(scan.text, scan.at)
    if not fence:
        return False
    scan.at = fence.end()
    scan.skip()
    return True


def opens_value(scan: Scanner) -> bool:
    """Whether an object or a list begins here."""
    if fold(scan.peek()) not in {"{", "["}:
        return False
    start = scan.at
    scan.at += 1
    scan.skip()
    inside = fold(scan.peek())
    scan.at = start
    # Three dots in braces are how one talks about a call.
    return inside not in {".", "…"}


def _unended(blocks: Blocks, thought: str) -> Blocks:
    if blocks.calls or "<tool_call>" in thought:
        raise ParseError(_STILL_THINKING)
    return Blocks("".join([*blocks.before, thought]), unended=True)


def _opens_call(scan: Scanner) -> bool:
    skip_fence(scan)
    return opens_value(scan) or opens_function(scan)


def _read_call(scan: Scanner) -> object:
    return read_function(scan) if opens_function(scan) else read_value(scan)


def _take_calls(scan: Scanner, calls: list[object]) -> None:
    """Read what stands in one tag, to behind its end."""
    try:
        calls.append(_read_call(scan))
        end = scan.at
        while _another(scan):
            calls.append(_read_call(scan))
            end = scan.at
    except CutOff as error:
        raise ParseError(CUT_OFF) from error
    fenced = skip_fence(scan)
    if scan.take(CALL_END):
        close_fence(scan)
    elif scan.rest_is(CALL_END):
        scan.at = len(scan.text)
    elif not (scan.starts("<tool_call>") or fenced or "\n" in scan.text[end : scan.at]):
        raise ParseError(_NOT_CLOSED)


def _take_untagged(scan: Scanner, blocks: Blocks) -> None:
    """Read a call in tags whose first one was left out, to behind its end."""
    blocks.calls.append(read_function(scan))
    scan.skip()
    if scan.rest_is(CALL_END):
        scan.at = len(scan.text)
    elif not scan.take(CALL_END):
        blocks.loose |= not opens_function(scan)


def close_fence(scan: Scanner) -> None:
    """Go past the end of a code fence, if it stands on the next line."""
    start = scan.at
    scan.run(_BLANKS)
    if not scan.take("\n```"):
        scan.at = start


def _another(scan: Scanner) -> bool:
    """Whether one more call follows in the same tag; braces and a comma too many are gone past."""
    scan.skip()
    if scan.run(_BRACES):
        scan.skip()
    if fold(scan.peek()) == ",":
        scan.at += 1
        scan.skip()
    return opens_value(scan) or opens_function(scan)
