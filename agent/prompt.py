"""Owns the one prompt builder: the loop, the training data and the evaluation all call `prompt()`.

How much of a run it shows again is the history's business (agent/history.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from actions.frame import Frame
from actions.geometry import Units
from actions.schema import Dialect, Offer, computer_use, places_in_words
from agent.assets import asset
from agent.conversation import Conversation, ImagePart, Message, TextPart
from agent.history import HistoryPolicy

_THOUGHT_END: Final = "</think>"
_CALLS: Final = ("<tool_call>", "Action:", '"tool_call":')
"""What a call begins with, in one dialect or another."""
_CLOSER: Final = (
    "Not done yet. This is the part of the screen around that, larger. Make the same call once more, with its places in "
    "this picture."
)
_WORDS, _DEEDS = 160, 320
"""Most characters that are told of what a step said, or what came of it, and of its calls."""


@dataclass(frozen=True, slots=True)
class CloserLook:
    """The second look of a step, at a part of what the first one saw.

    Attributes:
        frame: the part, as large as it is on the screen.
        said: what the model then said, verbatim.
        ids: its tokens, verbatim.
    """

    frame: Frame
    said: str
    ids: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class PastStep:
    """A finished step as the model will read it.

    Attributes:
        frame: what it saw.
        said: its reply, verbatim.
        ids: the tokens of the reply, verbatim.
        outcome: what came of it, in a few words.
        closer: the second look, where it took one after that reply.
    """

    frame: Frame
    said: str
    ids: tuple[int, ...] | None
    outcome: str
    closer: CloserLook | None = None


@cache
def system_text(dialect: Dialect = "computer_use", units: Units = "grid") -> str:
    """What every conversation begins with, before the tools; it shows the calls itself where there are none."""
    if dialect == "computer_use":
        return asset("prompts/system.txt").read_text(encoding="utf-8").strip()
    return (
        asset(f"prompts/{dialect}.txt").read_text(encoding="utf-8").strip().replace("{places}", places_in_words(units))
    )


def prompt(
    task: str,
    past: Sequence[PastStep],
    frame: Frame,
    policy: HistoryPolicy | None = None,
    units: Units = "grid",
    offer: Offer = "published",
    dialect: Dialect = "computer_use",
) -> Conversation:
    """The conversation that asks for the next step.

    Args:
        task: the person's words.
        past: the finished steps, oldest first.
        frame: what the screen shows now.
        policy: how much of the past is read again; `append` with 8 frames if None.
        units: in which this model writes places.
        offer: which actions it is told of as a tool.
        dialect: how it is asked to call.
    """
    policy = policy or HistoryPolicy()
    build = _rewritten if policy.kind == "rewrite" else _appended
    system = Message("system", (TextPart(system_text(dialect, units)),))
    messages = (system, *build(task, past, frame, policy))
    if dialect == "computer_use":
        return Conversation(messages, (computer_use(units, offer),))
    return Conversation(tuple(map(_by_the_person, messages)))


def prompt_closer(asked: Conversation, said: str, ids: tuple[int, ...] | None, part: Frame) -> Conversation:
    """The conversation that goes on by showing a part of the last picture once more, larger.

    Args:
        asked: what was asked with the whole picture.
        said: the reply to it, verbatim.
        ids: its tokens.
        part: of that picture, around the places of the reply.
    """
    added = _looked_closer(said, ids, part)
    return Conversation((*asked.messages, *(added if asked.tools else map(_by_the_person, added))), asked.tools)


def _by_the_person(message: Message) -> Message:
    """The message for a model that knows of no tools: what came of its calls is said by the person."""
    return replace(message, role="user") if message.role == "tool" else message


def _looked_closer(said: str, ids: tuple[int, ...] | None, part: Frame) -> tuple[Message, Message]:
    said_first = Message("assistant", (TextPart(said),), ids)
    return said_first, Message("tool", (TextPart(_CLOSER + "\n"), ImagePart(part)))


def _said(turn: PastStep) -> tuple[Message, ...]:
    """What a step said, and what it was shown in between."""
    if (closer := turn.closer) is None:
        return (Message("assistant", (TextPart(turn.said),), turn.ids),)
    second = Message("assistant", (TextPart(closer.said),), closer.ids)
    return (*_looked_closer(turn.said, turn.ids, closer.frame), second)


def _appended(task: str, past: Sequence[PastStep], frame: Frame, policy: HistoryPolicy) -> tuple[Message, ...]:
    folded = policy.folded(len(past))
    kept = past[folded:]
    seen = [*(turn.frame for turn in kept), frame]
    told = _progress([_in_short(step) for step in past[:folded]], policy.untold(folded))
    messages = [Message("user", (TextPart(task + told + "\n"), ImagePart(seen[0])))]
    for turn, after in zip(kept, seen[1:], strict=True):
        messages += _said(turn)
        messages.append(Message("tool", (TextPart(turn.outcome + "\n"), ImagePart(after))))
    return tuple(messages)


def _rewritten(task: str, past: Sequence[PastStep], frame: Frame, policy: HistoryPolicy) -> tuple[Message, ...]:
    del policy
    lines = [f"{_one_line(turn.said)} ({_one_line(turn.outcome)})" for turn in past]
    return (Message("user", (TextPart(task + _progress(lines) + "\n"), ImagePart(frame))),)


def _progress(lines: Sequence[str], untold: int = 0) -> str:
    if not lines:
        return ""
    first = ["1. … (one step)" if untold == 1 else f"1. … ({untold} steps)"] if untold else []
    told = (f"{number}. {line}" for number, line in enumerate(lines[untold:], untold + 1))
    return "\n".join(["\nSteps so far:", *first, *told])


def _in_short(step: PastStep) -> str:
    """A step in one line of bounded length, whatever was thought before it."""
    words = step.said.rpartition(_THOUGHT_END)[2]
    words, mark, call = words.partition(next((mark for mark in _CALLS if mark in words), _CALLS[0]))
    said = f"{_one_line(words, _WORDS)} {_one_line(mark + call, _DEEDS)}".strip()
    return f"{said} ({_one_line(step.outcome, _WORDS)})"


def _one_line(text: str, most: int | None = None) -> str:
    line = " ".join(text.split())
    return line if most is None or len(line) <= most else line[: most - 1] + "…"
