from typing import get_args

import pytest

from agent.events import (
    Acted,
    ApprovalAsked,
    ApprovalGiven,
    Event,
    FrameTaken,
    Judged,
    LookedCloser,
    Noted,
    RunFinished,
    RunStarted,
    Said,
    StateChanged,
    StepStarted,
)
from agent.intents import Approve, Deny, Pause, Resume, StartRun, Stop, TakeOver
from app.state.session import _PHASES, Session

START = StartRun(task="press Save")
ASKED = ApprovalAsked(at=0, step=1, index=0, words="Click at (1, 2)", reason="watched")


def started(run="/runs/one"):
    return RunStarted(
        at=0,
        run=run,
        task="press Save",
        mode="watch",
        capture={},
        policy={},
        limits={},
        mind={},
        desktop={},
        version="0",
    )


@pytest.fixture
def session(qapp):
    session = Session()
    session.sent = []
    session.kills = []
    session.intent_made.connect(session.sent.append)
    session.kill_wanted.connect(lambda: session.kills.append(1))
    return session


@pytest.fixture
def running(session):
    session.start(START)
    for event in (started(), StepStarted(at=0, step=1)):
        session.take_event(event)
    return session


def test_a_run_goes_from_idle_to_finished(session):
    states = []
    session.changed.connect(lambda: states.append((session.state, session.phase)))
    session.start(START)
    for event in (
        started(),
        StepStarted(at=0, step=1),
        FrameTaken(at=0, step=1, digest="d", view=(0, 0, 1, 1)),
        Said(at=0, step=1, text="x"),
        Judged(at=0, step=1, index=0, action={}, words="", target=None, verdict="allow", reason=""),
        Acted(at=0, step=1, index=0, status="done", words="Done."),
        RunFinished(at=0, status="success", words="", steps=1),
    ):
        session.take_event(event)
    assert states == [
        ("starting", "loading"),
        ("running", "loading"),
        ("running", "looking"),
        ("running", "thinking"),
        ("running", "acting"),
        ("running", "settling"),
        ("finished", "settling"),
    ]
    assert session.sent == [START]
    assert str(session.folder) == "/runs/one"


def test_a_second_run_waits_for_the_end_of_the_first(running):
    running.start(START)
    assert running.sent == [START]
    running.take_event(RunFinished(at=0, status="success", words="", steps=1))
    running.start(START)
    assert (running.state, running.started, running.finished) == ("starting", None, None)
    assert running.sent == [START, START]


def test_approval_is_asked_for_and_answered_once(running):
    running.take_event(ASKED)
    assert (running.state, running.question) == ("waiting", ASKED)
    running.approve()
    running.approve()
    running.deny("too late")
    assert running.sent[1:] == [Approve(step=1, index=0)]
    assert (running.state, running.question) == ("running", None)


def test_a_denial_carries_its_note(running):
    running.take_event(ASKED)
    running.deny("  not there ")
    assert running.sent[1:] == [Deny(step=1, index=0, note="not there")]


def test_nothing_can_be_approved_unasked(running):
    running.approve()
    running.deny()
    assert running.sent == [START]


def test_an_answer_from_elsewhere_closes_the_question(running):
    running.take_event(ASKED)
    running.take_event(ApprovalGiven(at=0, step=1, index=0, approved=False))
    assert (running.state, running.question) == ("running", None)


def test_streamed_text_does_not_close_a_question(running):
    running.take_event(ASKED)
    running.take_event(Said(at=0, step=1, text="late"))
    assert (running.state, running.question) == ("waiting", ASKED)


def test_stop_says_stop_and_the_second_kills(running):
    running.take_event(ASKED)
    running.stop()
    assert (running.state, running.question) == ("stopping", None)
    assert running.sent[1:] == [Stop()]
    assert running.kills == []
    running.stop()
    assert running.sent[1:] == [Stop()]
    assert running.kills == [1]


@pytest.mark.parametrize("late", [ASKED, StepStarted(at=0, step=2), Said(at=0, step=1, text="x")])
def test_events_on_their_way_do_not_undo_a_stop(running, late):
    running.stop()
    running.take_event(late)
    assert (running.state, running.question) == ("stopping", None)


def test_stop_before_anything_runs_does_nothing(session):
    session.stop()
    assert (session.state, session.sent, session.kills) == ("idle", [], [])


def test_pause_and_resume(running):
    running.pause()
    assert running.state == "running"
    running.take_event(StateChanged(at=0, state="paused"))
    assert (running.state, running.taken_over) == ("paused", False)
    running.resume()
    running.take_event(StateChanged(at=0, state="running"))
    running.take_over()
    running.take_event(StateChanged(at=0, state="taken_over"))
    assert (running.state, running.taken_over) == ("paused", True)
    assert running.sent[1:] == [Pause(), Resume(), TakeOver()]


def test_a_dead_runner_ends_the_run(running):
    running.take_event(ASKED)
    running.take_failure("The runner ended.")
    assert (running.state, running.question) == ("finished", None)
    assert (running.finished.status, running.finished.words, running.finished.steps) == (
        "error",
        "The runner ended.",
        1,
    )


def test_a_dead_runner_without_a_run_is_only_told(session):
    told = []
    session.noticed.connect(lambda words, level: told.append((words, level)))
    session.take_failure("The runner ended.")
    session.take_event(Noted(at=0, words="The mind was started again."))
    assert told == [("The runner ended.", "warning"), ("The mind was started again.", "info")]
    assert session.state == "idle"


def test_events_of_a_run_that_is_over_change_nothing(session):
    session.take_event(StepStarted(at=0, step=4))
    assert (session.state, session.step) == ("idle", 0)


def test_every_event_of_a_step_is_known(running):
    """Whatever the runner tells: a phase that is not known would be an error in the window."""
    shared = {"at": 0, "step": 1, "text": "", "ids": None, "stop": "call", "prompt_tokens": 0, "cached_tokens": 0}
    running.take_event(LookedCloser(**shared, actions=[], digest="d", view=(0, 0, 1, 1)))
    assert running.phase == "thinking"
    others = {"run_started", "run_finished", "state_changed", "approval_asked", "approval_given", "noted", "judged"}
    assert {kind_of(event) for event in get_args(Event)} - others == set(_PHASES)


def kind_of(event):
    return event.model_fields["kind"].default
