"""Owns the demo: the embedded model finishes practice tasks in the shell, and the practice desk itself is the judge."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, QPoint, QRect, QSize, QTimer, Signal
from PySide6.QtWidgets import QApplication

from agent.errors import AgentError
from agent.evaluate.desk import WINDOW, PracticeDesk
from agent.evaluate.score import DeskSeed, Play
from agent.intents import Capture, Limits, StartRun
from app.main import Shell
from app.paths import settings_file
from app.practice.layout import WIDTH as DESK_WIDTH

KINDS = ("type", "menu", "tick", "choose", "press")
SHELL = QSize(1400, 1000)
"""How large the shell would like to be, in logical pixels."""
GAP, FRAME = 24, 40
"""Room around the windows, and above the desk for its title bar, in logical pixels."""
REST_MS = 800
"""So long the end of a task stays to be seen."""


def places(available: QRect, ratio: float) -> tuple[QRect, tuple[int, int]]:
    """The shell at the left and the desk beside it, at the right edge.

    Args:
        available: what the screen has for windows, in logical pixels.
        ratio: physical pixels to a logical one; the desk's window always has a ratio of 1.

    Returns:
        The shell's place in logical pixels, and the desk's top left corner in physical ones.
    """
    left = available.left() + available.width() - GAP - math.ceil(DESK_WIDTH / ratio)
    most = QSize(left - available.left() - 2 * GAP, available.height() - FRAME - GAP)
    corner = available.topLeft() + QPoint(GAP, FRAME)
    desk = round(left * ratio), round((corner.y() + FRAME) * ratio)
    return QRect(corner, SHELL.boundedTo(most)), desk


def tasks(seed: int, count: int) -> Iterator[DeskSeed]:
    """Desks of two steps or more: one goal that takes two, or two goals of which one is of the kind named."""
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        goals = 1 if kind in {"type", "menu"} else 2
        yield DeskSeed("demo", kind, goals, seed * 1000 + number)


class Demo(QObject):
    """Deals one desk after the other and runs its task in the shell.

    Attributes:
        plays: what came of each, by the desk's own state.
    """

    ended = Signal()

    def __init__(self, shell: Shell, desk: PracticeDesk, seed: int, count: int) -> None:
        super().__init__(shell)
        self._shell, self._desk = shell, desk
        self._tasks = tasks(seed, count)
        self._now: tuple[DeskSeed, str] | None = None
        self.plays: list[Play] = []

    def begin(self) -> None:
        """Start with the first task; call it once the shell is furnished."""
        self._shell.session.changed.connect(self._on_changed)
        self._next()

    def _next(self) -> None:
        dealt = next(self._tasks, None)
        if dealt is None:
            self.ended.emit()
            return
        task = self._desk.deal(dealt.seed, dealt.kind, dealt.goals).task
        self._now = (dealt, task)
        self._shell.trace.clear()
        limits = Limits(steps=16, seconds=300)
        capture = Capture(kind="window", name=WINDOW)
        self._shell.session.start(StartRun(task=task, model="nano", mode="free", capture=capture, limits=limits))

    def _on_changed(self) -> None:
        session = self._shell.session
        if session.state != "finished" or self._now is None or session.finished is None:
            return
        (dealt, task), self._now = self._now, None
        claimed = session.finished.status == "success"
        steps = session.finished.steps
        play = Play(dealt.family, task, claimed, self._desk.state(), steps, 0.0)
        self.plays.append(play)
        report = f"\n    {session.folder / 'report.html'}" if session.folder else ""
        print(play.words + report, flush=True)  # noqa: T201 - the demo's whole point is to tell
        QTimer.singleShot(REST_MS, self, self._next)


def main(argv: Sequence[str] | None = None) -> int:
    """Play the demo; returns 0 when every task was finished by the desk's own state, 1 when not, 2 when it cannot be."""
    parser = argparse.ArgumentParser(prog="deskhand demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tasks", type=int, default=4)
    options = parser.parse_args(argv)
    application = QApplication(["deskhand"])
    shell = Shell(application, settings_file())
    screen = application.primaryScreen()
    geometry, place = places(screen.availableGeometry(), screen.devicePixelRatio())
    shell.window.setGeometry(geometry)
    try:
        with PracticeDesk(options.seed, place) as desk:
            return _play(application, shell, Demo(shell, desk, options.seed, options.tasks))
    except AgentError as error:
        print(error, file=sys.stderr)  # noqa: T201 - one sentence, as on every command line
        return 2


def _play(application: QApplication, shell: Shell, demo: Demo) -> int:
    shell.window.show()
    shell.furnish()
    demo.ended.connect(application.quit)
    QTimer.singleShot(0, demo, demo.begin)
    application.exec()
    shell.close()
    finished = sum(play.state.finished for play in demo.plays)
    print(f"{finished} of {len(demo.plays)} tasks finished, judged by the desk's own state.")  # noqa: T201
    return 0 if demo.plays and finished == len(demo.plays) else 1


if __name__ == "__main__":
    sys.exit(main())
