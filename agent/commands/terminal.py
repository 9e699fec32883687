"""Owns how a run looks in a terminal: words as they come, what is done, and the question before it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from agent.control import Answer
from agent.events import (
    Acted,
    ApprovalAsked,
    Event,
    FrameTaken,
    Judged,
    LookedCloser,
    Noted,
    Replied,
    RunFinished,
    RunStarted,
    Said,
    StepStarted,
)
from agent.report import REPORT

_CALL = "<tool_call>"
_THOUGHT, _THOUGHT_END = "<think>", "</think>"
_PATIENCE = 0.1
"""Seconds between two looks at whether the run was stopped while the person is asked."""


class Terminal:
    """Prints events for a person and asks what a person must decide."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._said = self._mused = ""
        self._shown = 0
        self._closer = False

    def show(self, event: Event) -> None:
        """Print what an event means, if it means anything to a person."""
        match event:
            case RunStarted():
                self._folder = Path(event.run) if event.run else None
                print(event.task)
                if model := event.mind.get("model"):
                    print(f"{model}: {event.mind.get('chosen', '')}")
            case StepStarted() | LookedCloser():
                self._closer = isinstance(event, LookedCloser)
                self._begin(f"Step {event.step}" if isinstance(event, StepStarted) else "  looks closer")
            case FrameTaken() | Said() | Replied():
                self._speak(event)
            case Judged():
                print(f"  → {event.words}", flush=True)
            case Acted() if event.status != "done":
                print(f"    {event.status}: {event.words}", flush=True)
            case Noted():
                print(f"\n  ! {event.words}", flush=True)
            case RunFinished():
                self._end(event)
            case _:
                pass

    def ask(self, event: ApprovalAsked, stopped: Callable[[], bool]) -> Answer | None:
        """The person's word on an action, or on what the model asks; None when stopped, or nobody is there any more."""
        asking = event.wants == "words"
        print(f"    {event.words} " if asking else f"    {event.reason} Do it? [y/N, or why not] ", end="", flush=True)
        line = typed_line(stopped)
        if not line:
            print()
            return None
        words = line.strip()
        if asking:
            return Answer(approved=bool(words), note=words)
        yes = words.casefold() in ("y", "yes", "j", "ja", "是")
        return Answer(approved=yes, note="" if yes or words.casefold() in ("n", "no") else words)

    def wait_to_go_on(self, stopped: Callable[[], bool]) -> bool:
        """Wait until the person who took over gives a sign; False when the run is stopped, or nobody is there any more."""
        print("    You use the mouse, so the run waits. Enter goes on. ", end="", flush=True)
        return bool(typed_line(stopped))

    def _begin(self, what: str) -> None:
        self._forget()
        print(f"\n{what}: ", end="", flush=True)

    def _forget(self) -> None:
        self._said = self._mused = ""
        self._shown = 0

    def _speak(self, event: FrameTaken | Said | Replied) -> None:
        match event:
            case FrameTaken():  # also where a step is thought again
                self._forget()
            case Said(thought=True):
                begin = "" if self._mused else "(thinking) "
                self._mused += event.text
                print(begin + _without_marks(event.text), end="", flush=True)
            case Said():
                self._said += event.text
                self._stream(_before_call(self._said))
            case Replied():
                again = (
                    self._mused or self._closer
                )  # what is recorded has the thought, or the first look's words, before it
                whole = _before_call(event.text.rpartition(_THOUGHT_END)[2]) if again else event.thought
                self._stream(whole if whole.startswith(_before_call(self._said)[: self._shown]) else "")
                print(f"\n  ! {event.error}" if event.error else "")

    def _stream(self, words: str) -> None:
        if words and not self._shown and self._mused:
            print("\n  ", end="")
        print(words[self._shown :], end="", flush=True)
        self._shown = max(self._shown, len(words))

    def _end(self, event: RunFinished) -> None:
        if not event.never_began:  # whose words go where those of all bad input go
            print(f"\n{event.words}")
        if self._folder:
            print(f"Run:    {self._folder}")
            if (self._folder / REPORT).exists():
                print(f"Report: {self._folder / REPORT}")


def _before_call(said: str) -> str:
    """What was said before its call, without what may be the beginning of one."""
    words = said.lstrip().partition(_CALL)[0]
    start = next((n for n in range(len(_CALL) - 1, 0, -1) if words.endswith(_CALL[:n])), 0)
    return words[: len(words) - start].rstrip()


def _without_marks(thought: str) -> str:
    """Some of a thought: its marks come whole, with the space around them, or not at all."""
    words = thought.rpartition(_THOUGHT)[2]
    words = words.lstrip() if words != thought else words
    return words.partition(_THOUGHT_END)[0].rstrip() if _THOUGHT_END in words else words


def typed_line(stopped: Callable[[], bool]) -> str | None:
    """A line typed from now on; empty at the end of the input, None when the run was stopped meanwhile."""
    if os.name == "nt":  # whose consoles cannot be waited for beside something else
        return sys.stdin.readline()
    import select
    import termios

    if sys.stdin.isatty():
        # What was typed before the question, by whomever, is no answer to it.
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
    while not stopped():
        if select.select([sys.stdin], [], [], _PATIENCE)[0]:
            return sys.stdin.readline()
    return None
