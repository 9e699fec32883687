"""Owns the saying of one turn: which token comes next, when its text is whole, and why the turn ends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Final

from agent.mind.base import StopReason, ThinkOptions

if TYPE_CHECKING:
    import torch

THOUGHT, THOUGHT_END = "<think>", "</think>"
CALL, CALL_END = "<tool_call>", "</tool_call>"
_UNFINISHED: Final = "\N{REPLACEMENT CHARACTER}"
_CHARACTER_TOKENS: Final = 8
"""No character is spread over more tokens; what is still unfinished then is no text at all."""
_LOOP, _PERIOD, _LOOP_CHECK = 64, 16, 8
"""A turn repeats itself when its last 64 tokens are one sequence of at most 16 over and over."""
_LOOK_AHEAD: Final = 4
"""Tokens after a call within which the next call must begin."""

Decode = Callable[[Sequence[int]], str]


def pick(scores: torch.Tensor, options: ThinkOptions, said: Collection[int] = ()) -> int:
    """The next token: the best one, or drawn from the best few when the temperature is above 0.

    Args:
        scores: of all tokens.
        options: how to choose.
        said: the tokens that the presence penalty is taken from.
    """
    import torch

    if options.presence_penalty and said:
        scores = scores.clone()
        scores[list(set(said))] -= options.presence_penalty
    if options.temperature <= 0:
        return int(scores.argmax())
    best, ids = (scores.float() / options.temperature).topk(min(options.top_k, scores.numel()))
    share = best.softmax(-1)
    # Keep the fewest that hold top_p together: each whose betters do not hold it without it.
    share = share * (share.cumsum(-1) - share < options.top_p)
    return int(ids[torch.multinomial(share, 1)])


class Words:
    """Text of tokens as they come; characters that are spread over several tokens come whole."""

    def __init__(self, decode: Decode) -> None:
        self._decode = decode
        # Decoding looks back a little, since the text of a token may depend on the one before it.
        self._context: list[int] = []
        self._fresh: list[int] = []

    def add(self, token: int) -> str:
        """What can be said after this token; empty while a character is unfinished."""
        self._fresh.append(token)
        text = self._text()
        return "" if text.endswith(_UNFINISHED) and len(self._fresh) < _CHARACTER_TOKENS else self._said(text)

    def rest(self) -> str:
        """What is left unfinished at the end of a turn."""
        return self._said(self._text())

    def _text(self) -> str:
        return self._decode(self._context + self._fresh)[len(self._decode(self._context)) :]

    def _said(self, text: str) -> str:
        self._context = [] if text.endswith(_UNFINISHED) else self._fresh or self._context
        self._fresh = []
        return text


class Turn:
    """A turn while it is being said.

    Args:
        decode: ids to text, special tokens and all.
        encode: text to ids, for the end of a thought that went on too long.
        ends: tokens with which the model ends a turn.
        in_thought: the chat template has opened a thought already.
        options: how long it may be, and whether it ends with its calls.
        tagged: calls stand in tags; else the whole answer may be one.

    Attributes:
        ids: every token said, verbatim; with the end mark where the model ended the turn itself, without what it said
            after its calls.
        text: what was said, without the end mark.
        stop: why it ended; None while it goes on.
    """

    def __init__(
        self,
        decode: Decode,
        encode: Callable[[str], Sequence[int]],
        ends: frozenset[int],
        in_thought: bool,
        options: ThinkOptions,
        tagged: bool = True,
    ) -> None:
        self.ids: list[int] = []
        self.text = ""
        self.stop: StopReason | None = None
        self._words = Words(decode)
        self._ends, self._options, self._tagged = ends, options, tagged
        self._thought_end = list(encode(f"\n{THOUGHT_END}\n\n"))
        self._in_thought, self._thought_tokens = in_thought, 0
        self._in_call = False
        self._forced: deque[int] = deque()
        self._tail = ""
        self._called: int | None = None
        self._after_call = ""

    @property
    def at_call(self) -> bool:
        """Whether a call has just begun."""
        return not self._in_thought and self._called is None and self._tail.endswith(CALL)

    @property
    def free(self) -> Sequence[int]:
        """The tokens that were said, for a penalty on what is said again; none within a call."""
        in_call = self._in_call if self._tagged else not self._in_thought
        return () if in_call else self.ids

    def forced(self) -> int | None:
        """The token that comes next whatever the scores say, or None: the budget ends a thought, not the turn."""
        if self._in_thought and not self._forced and self._thought_tokens >= self._options.max_thought_tokens:
            self._forced.extend(self._thought_end)
        return self._forced.popleft() if self._forced else None

    def add(self, token: int) -> str:
        """Take the next token and return the text that it completes; sets `stop` when it was the last one."""
        self.ids.append(token)
        if token in self._ends:
            return self.end("end" if self._called is None else "call")
        self._thought_tokens += self._in_thought
        piece = self._words.add(token)
        said = self._followed(piece) if self._called is not None else self._say(piece)
        if self.stop is None and len(self.ids) - self._thought_tokens >= self._options.max_new_tokens:
            return said + self.end("length")
        if self.stop is None and len(self.ids) % _LOOP_CHECK == 0 and repeats(self.ids):
            return said + self.end("repeated")
        return said

    def end(self, why: StopReason) -> str:
        """End the turn here and return what is left to say."""
        if self._called is not None:
            self._cut()
            return ""
        self.stop = why
        rest = self._words.rest()
        self.text += rest
        return rest

    def _say(self, piece: str) -> str:
        self.text += piece
        self._tail = (self._tail + piece)[-2 * len(CALL_END) - len(piece) :]
        self._in_call = self._in_call or (not self._in_thought and CALL in self._tail)
        mark = THOUGHT_END if self._in_thought else CALL_END
        if mark in self._tail:
            self._tail = self._tail.partition(mark)[2]
            if not self._in_thought and self._options.stop_at_call:
                self._called, self._after_call = len(self.ids), ""
            self._in_thought = self._in_call = False
        elif THOUGHT in self._tail:
            self._in_thought, self._tail = True, self._tail.partition(THOUGHT)[2]
        return piece

    def _followed(self, piece: str) -> str:
        """After a call: another call goes on with the turn; anything else is unsaid and ends it."""
        self._after_call += piece
        text = self._after_call.lstrip()
        if text.startswith(CALL):
            self._called = None
            return self._say(self._after_call)
        if not CALL.startswith(text) or len(self.ids) - (self._called or 0) >= _LOOK_AHEAD:
            self._cut()
        return ""

    def _cut(self) -> None:
        self.ids = self.ids[: self._called]
        self.stop = "call"


def repeats(ids: Sequence[int]) -> bool:
    """Whether the last tokens are one short sequence over and over."""
    last = list(ids[-_LOOP:])
    return len(last) == _LOOP and any(last[period:] == last[:-period] for period in range(1, _PERIOD + 1))
