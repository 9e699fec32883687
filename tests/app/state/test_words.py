from typing import get_args

import pytest

from agent.events import Acted, ApprovalAsked, ApprovalGiven, Judged, Replied, RunStatus
from agent.step import Step
from app import translate
from app.state import words
from app.state.session import Phase, Session, State


@pytest.fixture
def chinese():
    translate.use("zh_CN")
    yield
    translate.use("en")


def judged(index=0, verdict="ask", action=None, text="Click at (10, 20)"):
    action = action or {"action": "left_click"}
    return Judged(at=0, step=1, index=index, action=action, words=text, target=None, verdict=verdict, reason="why")


def step(*events):
    made = Step(1)
    for event in events:
        made.add(event)
    return made


def only(*events):
    (doing,) = words.actions(step(*events))
    return doing


def test_every_state_and_phase_has_its_own_sentence(qapp):
    session = Session()
    said = set()
    for state in get_args(State):
        session.state = state
        for phase in get_args(Phase) if state == "running" else ("loading",):
            session.phase = phase
            said.add(words.status(session)[1])
    assert len(said) == len(get_args(State)) + len(get_args(Phase)) - 2  # starting and loading say the same


def test_every_ending_is_told_apart():
    assert len({words.ending(status)[1] for status in get_args(RunStatus)}) == len(get_args(RunStatus))


def test_a_claim_is_called_a_claim():
    assert words.ending("success")[1] == "The model says it is done"


ASKED = ApprovalAsked(at=0, step=1, index=0, words="", reason="")


@pytest.mark.parametrize(
    "events, tone, state",
    [
        ([judged(verdict="allow")], "work", "Doing it"),
        ([judged(), ASKED], "wait", "Waiting for you"),
        ([judged(), ASKED, ApprovalGiven(at=0, step=1, index=0, approved=True)], "work", "Allowed by you"),
        ([judged(), ASKED, ApprovalGiven(at=0, step=1, index=0, approved=False)], "bad", "Denied by you"),
        ([judged(verdict="refuse")], "bad", "Refused"),
        ([judged(), Acted(at=0, step=1, index=0, status="done", words="Done.")], "good", "Done"),
        ([judged(), Acted(at=0, step=1, index=0, status="failed", words="no screen")], "bad", "Failed"),
    ],
)
def test_how_far_an_action_has_come(events, tone, state):
    doing = only(*events)
    assert (doing.tone, doing.state) == (tone, state)


def test_what_spoke_against_an_action_is_said():
    denied = ApprovalGiven(at=0, step=1, index=0, approved=False, note="wrong button")
    refused = Acted(at=0, step=1, index=0, status="refused", words="the person said no: wrong button")
    assert only(judged(), ASKED, denied, refused).why == "“wrong button”"
    assert only(judged(), Acted(at=0, step=1, index=0, status="failed", words="no screen")).why == "no screen"
    assert only(judged(), Acted(at=0, step=1, index=0, status="done", words="Done.")).why == ""


def test_an_action_that_was_dropped_unjudged_is_shown_all_the_same():
    reply = Replied(
        at=0,
        step=1,
        text="",
        ids=None,
        stop="end",
        prompt_tokens=0,
        cached_tokens=0,
        thought="",
        actions=[{"action": "left_click"}, {"action": "type", "text": "x"}],
    )
    dropped = Acted(at=0, step=1, index=1, status="dropped", words="not tried")
    first, second = words.actions(step(reply, judged(), dropped))
    assert (first.words, second.words) == ("Click at (10, 20)", "Type")
    assert (second.icon, second.state, second.why) == ("type", "Skipped", "not tried")


def test_recorded_words_are_shown_in_the_persons_language(chinese):
    assert only(judged()).words == "点击 (10, 20)"
    typed = only(judged(action={"action": "type"}, text="Type “{A} \\u202e”"))
    assert typed.words == "输入“{A} \\u202e”"
    assert only(judged(text="Something unheard of")).words == "Something unheard of"


def test_durations():
    assert [words.seconds(value) for value in (0.04, 9.94, 12.4, 75)] == ["0.0 s", "9.9 s", "12 s", "1:15"]


def test_where_the_time_went_longest_first():
    assert words.time_parts({"decode": 2.0, "act": 0.01, "prefill": 3.0, "odd": 1.0}) == (
        "Read: 3.0 s\nThink: 2.0 s\nodd: 1.0 s"
    )
