"""Owns the turn that a server says, while it comes: its text in this house's form, and where it ends.

The form is what a model says here: a thought ends with `</think>`, a call stands in its tags; the turn ends after its first
block of calls, whatever more the server sends. Tokens are not known, so what is counted are the pieces that came, each of
one token or more.
"""

from __future__ import annotations

import json
import re
from typing import Final

from agent.mind.base import StopReason, ThinkOptions
from agent.mind.decode import CALL, CALL_END, THOUGHT, THOUGHT_END, repeats
from agent.mind.stream import Delta, ToolCall

_CALLS: Final = re.compile(r".*?</tool_call>(?:\s*<tool_call>.*?</tool_call>)*", re.DOTALL)
_LOOK_AHEAD: Final = 4
"""Pieces of nothing but space after a call within which the next call must begin."""
_LOOP_CHECK: Final = 8
_NEW_LINE: Final = "\n"


class Saying:
    """One turn as it comes.

    Args:
        options: how long it may be, and whether it ends with its calls.
        thinks: the model begins with a thought, which the server may not tell apart.

    Attributes:
        text: what counts as said so far.
        stop: why it ended; None while it goes on.
        thought_apart: the server tells thoughts apart.
    """

    def __init__(self, options: ThinkOptions, thinks: bool) -> None:
        self.text = ""
        self.stop: StopReason | None = None
        self.thought_apart = False
        self._options, self._in_thought = options, thinks
        self._speech = 0
        self._told = 0
        self._pieces: list[int] = []
        self._thought_pieces = self._spaces = 0
        self._call: int | None = None

    def add(self, delta: Delta) -> str:
        """Take what came and return what can be told of it; sets `stop` when nothing more is wanted."""
        piece = delta.thought + (delta.content or "")
        if not delta.says:
            return ""
        self._thought_pieces += self._in_thought or bool(delta.thought)
        if delta.thought:
            self._think(delta.thought)
        if delta.content:
            self._speak(delta.content)
        for call in delta.tool_calls or ():
            self._take(call)
        self._pieces.append(hash(piece or str(delta.tool_calls)))
        return self._tell()

    def finish(self, reason: StopReason) -> str:
        """End the turn here, for this reason unless it has called already, and return what is left to tell."""
        if self._call is not None:
            self.text += "}\n" + CALL_END
            self._call = None
        ends = _CALLS.match(self.text, self._speech)
        if self.stop is None:
            self.stop = "call" if ends and self._options.stop_at_call and reason != "cancelled" else reason
        if ends and self.stop == "call":
            self.text = self.text[: ends.end()]
        return self._rest(len(self.text))

    def _think(self, thought: str) -> None:
        self.thought_apart = self._in_thought = True
        self.text += thought

    def _speak(self, content: str) -> None:
        if self.thought_apart and self._in_thought:
            content = content.lstrip("\n")
            if not content:
                return
            self._end_thought()
        self.text += content
        if self._in_thought and THOUGHT_END in self.text:
            self._in_thought, self._speech = False, self.text.index(THOUGHT_END) + len(THOUGHT_END)
        elif not self._in_thought and self.text[self._speech :].lstrip().startswith(THOUGHT):
            self._in_thought = THOUGHT_END not in self.text[self._speech :]

    def _end_thought(self) -> None:
        self.text += f"{'' if self.text.endswith(_NEW_LINE) else _NEW_LINE}{THOUGHT_END}\n\n"
        self._in_thought, self._speech = False, len(self.text)

    def _take(self, call: ToolCall) -> None:
        """Put a call that the server took apart together again."""
        if self._in_thought and self.thought_apart:
            self._end_thought()
        if call.index != self._call:
            closed = "}\n" + CALL_END + "\n" if self._call is not None else ""
            start = f'{closed}{CALL}\n{{"name": {json.dumps(call.function.name)}, "arguments": '
            self.text += ("\n" if self.text and not self.text.endswith("\n") else "") + start
            self._call = call.index
        self.text += call.function.arguments or ""

    def _tell(self) -> str:
        ends = None if self._in_thought or self._call is not None else _CALLS.match(self.text, self._speech)
        if ends and self._options.stop_at_call:
            after = self.text[ends.end() :].lstrip()
            self._spaces = self._spaces + 1 if not after else 0
            if not after.startswith(CALL):
                if not CALL.startswith(after) or self._spaces > _LOOK_AHEAD:
                    self.stop, self.text = "call", self.text[: ends.end()]
                return self._rest(ends.end())
        if self._is_long():
            self.stop = "length"
        elif len(self._pieces) % _LOOP_CHECK == 0 and repeats(self._pieces):
            self.stop = "repeated"
        return self._rest(len(self.text))

    def _is_long(self) -> bool:
        """Whether it is as long as it may be. A thought cannot be closed from here: it may use up all there is."""
        options = self._options
        spoken = len(self._pieces) - self._thought_pieces
        return (
            spoken >= options.max_new_tokens or len(self._pieces) >= options.max_new_tokens + options.max_thought_tokens
        )

    def _rest(self, end: int) -> str:
        """What was not told yet, up to there."""
        text = self.text[self._told : end]
        self._told = max(self._told, end)
        return text
