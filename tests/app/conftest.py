"""What tests of the shell share: a run's events, and a window over a session whose intents are kept."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from agent.events import (
    Acted,
    ApprovalAsked,
    Event,
    FrameTaken,
    Judged,
    Replied,
    RunFinished,
    RunStarted,
    Said,
    StepFinished,
    StepStarted,
)
from agent.intents import Intent, StartRun
from app.settings import Settings
from app.state.frames import Frames
from app.state.session import Session
from app.state.trace import Trace
from app.windows.main_window import MainWindow


class Story:
    """Events as a runner sends them."""

    def __init__(self, run: str = "") -> None:
        self._run = run

    def started(self) -> RunStarted:
        return RunStarted(
            at=0,
            run=self._run,
            task="press Save",
            mode="watch",
            capture={},
            policy={},
            limits={},
            mind={},
            desktop={},
            version="0",
        )

    def looked(self, step: int = 1, file: str | None = None) -> list[Event]:
        frame = FrameTaken(at=0, step=step, digest="d", view=(100, 200, 400, 200), file=file)
        return [StepStarted(at=0, step=step), frame]

    def said(self, text: str, step: int = 1) -> Said:
        return Said(at=0, step=step, text=text)

    def replied(self, thought: str, step: int = 1) -> Replied:
        return Replied(
            at=0,
            step=step,
            text=thought,
            ids=None,
            stop="end",
            prompt_tokens=0,
            cached_tokens=0,
            thought=thought,
            actions=[{"action": "left_click"}],
        )

    def judged(self, verdict: str = "ask", step: int = 1) -> Judged:
        return Judged.model_validate(
            {
                "at": 0,
                "step": step,
                "index": 0,
                "action": {"action": "left_click"},
                "words": "Click at (500, 500)",
                "target": (300, 300),
                "verdict": verdict,
                "reason": "In watch mode the person is asked before every action.",
            }
        )

    def asked(self, step: int = 1) -> ApprovalAsked:
        return ApprovalAsked(at=0, step=step, index=0, words="Click at (500, 500)", reason="")

    def acted(self, step: int = 1) -> list[Event]:
        done = Acted(at=0, step=step, index=0, status="done", words="Done.")
        return [done, StepFinished(at=0, step=step, outcome="Done.", seconds={"decode": 1.0}, wall=1.24)]

    def finished(self, status: str = "success", words: str = "") -> RunFinished:
        return RunFinished.model_validate({"at": 0, "status": status, "words": words, "steps": 1})


@dataclass
class Stage:
    """A window, what is behind it, and what it asked of the runner."""

    window: MainWindow
    session: Session
    trace: Trace
    sent: list[Intent]
    kills: list[int]

    def play(self, *events: Event) -> None:
        for event in events:
            self.session.take_event(event)
            self.trace.add(event)

    def start(self, **options: object) -> None:
        beside = {"task": "press Save", "capture": {"kind": "window", "name": "Desk"}}
        self.session.start(StartRun.model_validate(beside | options))


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.fixture
def stage_of(qtbot) -> Callable[[], Stage]:
    made: list[Frames] = []

    def make(width: int = 1120) -> Stage:
        session, trace, frames = Session(), Trace(), Frames()
        made.append(frames)
        window = MainWindow()
        qtbot.addWidget(window)
        window.furnish(session, trace, frames)
        window.show_settings(Settings())
        window.resize(width, 760)
        window.show()
        stage = Stage(window, session, trace, [], [])
        session.intent_made.connect(stage.sent.append)
        session.kill_wanted.connect(lambda: stage.kills.append(1))
        return stage

    yield make
    for frames in made:
        frames.close()


@pytest.fixture
def stage(stage_of) -> Stage:
    return stage_of()
