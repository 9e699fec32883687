"""Owns the mailbox between whoever steers a run and the loop: thread-safe, asked at every token and input event."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Literal

State = Literal["running", "paused", "taken_over", "stopping"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The person's word on the action that was asked about."""

    approved: bool
    note: str = ""


class Control:
    """Stop, pause and approvals for one run. Setters may be called from any thread, also from a signal's.

    Args:
        attended: whether somebody sees the run who can let it go on after a pause of its own.
    """

    def __init__(self, *, attended: bool = False) -> None:
        self.attended = attended
        self._changed = threading.Condition()
        self._state: State = "running"
        self._question: tuple[int, int] | None = None
        self._answer: Answer | None = None
        self._stop = threading.Event()

    @property
    def state(self) -> State:
        """What the person wants at this moment."""
        return self._state

    def stopped(self) -> bool:
        """Whether to end; cheap enough for every token and key."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End the run as soon as possible."""
        self._stop.set()
        self._set("stopping")

    def pause(self) -> None:
        """Wait before the next action or look."""
        self._set("paused")

    def take_over(self) -> None:
        """Wait while the person works; the next look is a fresh one."""
        self._set("taken_over")

    def resume(self) -> None:
        """Go on."""
        self._set("running")

    def ask(self, step: int, index: int) -> None:
        """Open the question about one action, before anybody is told of it."""
        with self._changed:
            self._question, self._answer = (step, index), None

    def answer(self, step: int, index: int, answer: Answer) -> None:
        """Answer the open question; an answer to any other action than the one asked about is never used."""
        with self._changed:
            if self._question == (step, index):
                self._answer = answer
            self._changed.notify_all()

    def wait_for_answer(self) -> Answer | None:
        """Block until the open question is answered, and close it; None when the run is stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped() or self._answer is not None)
            answer, self._question, self._answer = self._answer, None, None
            return None if self.stopped() else answer

    def wait_while(self, state: State) -> None:
        """Block as long as the person wants `state`; a stop ends every wait."""
        with self._changed:
            self._changed.wait_for(lambda: self.stopped() or self._state != state)

    def _set(self, state: State) -> None:
        with self._changed:
            if self._state != "stopping":
                self._state = state
            self._changed.notify_all()
