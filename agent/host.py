"""Owns what stays between runs: the desktop and the mind; and it makes a run of a StartRun."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from actions.backends import close_desktop, open_desktop
from actions.desktop import Desktop
from actions.errors import ActionError
from actions.geometry import Rect
from actions.look import CaptureTarget
from actions.rules import Rule, Rules
from agent import intents
from agent.control import Control
from agent.errors import AgentError, StoreError
from agent.events import Event, Noted, RunFinished
from agent.history import HistoryPolicy
from agent.intents import Capture, StartRun
from agent.loop import Options, run
from agent.mind.base import Mind
from agent.mind.choose import open_mind
from agent.mind.client import MindClient
from agent.report import write_report
from agent.store import RunFolder

FREED = "The memory of the model is free again; the next run loads it anew."
NONE_LOADED = "No model is loaded."


class Host:
    """Keeps the desktop open and the model loaded from one run to the next; one run at a time.

    Args:
        on_stop: called, from another thread, whenever the person presses the stop key.
        shell: the process whose windows are our own; None where there is no shell.
    """

    def __init__(self, on_stop: Callable[[], None], shell: int | None = None) -> None:
        self._on_stop, self._shell = on_stop, shell
        self._desktop: tuple[bool, Desktop] | None = None
        self._mind: tuple[str, Mind] | None = None
        self._keep_minutes = 0.0

    @property
    def patience(self) -> float | None:
        """Seconds without a run after which the model is to be let go; None where there is none, or never."""
        return self._keep_minutes * 60 if self._keep_minutes and self._holds_weights() else None

    def run(self, start: StartRun, control: Control) -> Iterator[Event]:
        """The events of one run, whatever happens; it leaves a folder with a report."""
        self._keep_minutes = start.keep_minutes
        try:
            options = options_of(start)
            desktop = self._opened(start.dry_run)
            mind = self._thinking(start.model)
            folder = RunFolder.create()
        except (ActionError, AgentError) as error:
            yield RunFinished(at=time.time(), status="error", words=str(error), steps=0)
            return
        ended: RunFinished | None = None
        with contextlib.closing(folder):
            for event in run(start.task, control, desktop, mind, options, folder):
                if isinstance(event, RunFinished):
                    ended = event  # told when the report is there
                else:
                    yield event
        try:
            write_report(folder.path)
        except StoreError as error:
            yield Noted(at=time.time(), words=str(error), level="warning")
        if ended:
            yield ended

    def unload(self) -> Noted:
        """Let the mind go, and its memory with it; the next run loads it anew. Returns what the person is told."""
        words = FREED if self._holds_weights() else NONE_LOADED
        self._let_mind_go()
        return Noted(at=time.time(), words=words)

    def close(self) -> None:
        """Let desktop and mind go; safe to call twice."""
        self._let_mind_go()
        if self._desktop:
            close_desktop(self._desktop[1])
            self._desktop = None

    def _holds_weights(self) -> bool:
        return self._mind is not None and isinstance(self._mind[1], MindClient) and self._mind[1].process_id is not None

    def _let_mind_go(self) -> None:
        if self._mind:
            self._mind[1].close()
            self._mind = None

    def _opened(self, dry_run: bool) -> Desktop:
        if self._desktop and self._desktop[0] == dry_run:
            return self._desktop[1]
        if self._desktop:
            close_desktop(self._desktop[1])
            self._desktop = None
        desktop = open_desktop(dry_run=dry_run, shell=self._shell)
        desktop.listener.listen(self._on_stop)
        self._desktop = (dry_run, desktop)
        return desktop

    def _thinking(self, model: str) -> Mind:
        if self._mind and self._mind[0] == model and not model.startswith("scripted:"):
            return self._mind[1]
        self._let_mind_go()
        mind = open_mind(model)
        self._mind = (model, mind)
        return mind


def options_of(start: StartRun) -> Options:
    """How the loop is to work for an intent.

    Raises:
        InputError: free mode without a window.
    """
    policy = HistoryPolicy(kind=start.history)
    return Options(
        mode=start.mode,
        capture=target_of(start.capture),
        limits=start.limits,
        rules=rules_of(start.rules),
        policy=policy,
        zoom=start.zoom,
    )


def rules_of(rules: intents.Rules) -> Rules:
    """What was laid down, for what an intent says."""
    return Rules(tuple(map(_rule, rules.allow)), tuple(map(_rule, rules.deny)), rules.actions_per_minute)


def _rule(rule: intents.Rule) -> Rule:
    return Rule(rule.application, rule.title, Rect(*rule.region) if rule.region else None, frozenset(rule.keys))


def target_of(capture: Capture) -> CaptureTarget:
    """What is looked at, for what an intent says."""
    return CaptureTarget(capture.kind, capture.name, Rect(*capture.region) if capture.region else None)
