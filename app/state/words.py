"""Owns the words for what goes on: a status sentence for the run, words, icon and state for each action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

from agent.events import Acted, RunStatus, StepFinished
from agent.step import Step
from app.state.names import model_name
from app.state.session import Phase, Session
from app.translate import recorded, tr

Tone = Literal["quiet", "work", "wait", "good", "bad"]
"""How a sentence is coloured."""

_ICONS = {
    "key": "keys",
    "type": "type",
    "mouse_move": "move",
    "left_click": "click",
    "left_click_drag": "drag",
    "right_click": "click",
    "middle_click": "click",
    "double_click": "click",
    "triple_click": "click",
    "scroll": "scroll",
    "hscroll": "scroll",
    "wait": "wait",
    "terminate": "finish",
    "answer": "answer",
    "hold_key": "keys",
    "long_press": "click",
    "ask_user": "answer",
    "focus_app": "window",
    "open_app": "window",
    "read_clipboard": "eye",
}


@dataclass(frozen=True, slots=True)
class Doing:
    """One action for a person.

    Attributes:
        index: which of the step's actions.
        icon: name of its icon.
        words: what it does.
        tone, state_icon, state: how far it has come.
        why: what spoke against it.
        verdict: what the guard said about it.
    """

    index: int
    icon: str
    words: str
    tone: Tone
    state_icon: str
    state: str
    why: str = ""
    verdict: str = ""


def status(session: Session) -> tuple[Tone, str]:
    """What goes on, honestly, in one sentence."""
    match session.state:
        case "idle":
            return "quiet", tr("Ready")
        case "starting":
            return "work", _loading(session)
        case "running":
            return "work", _at_work(session.phase, session)
        case "waiting":
            return "wait", tr("Waiting for your word")
        case "paused" if session.taken_over:
            return "wait", tr("Mouse and keyboard are yours")
        case "paused":
            return "wait", tr("Paused")
        case "stopping":
            return "wait", tr("Stopping: nothing more is done to the screen")
        case "finished":
            return ending(session.finished.status if session.finished else "error")
        case _:
            assert_never(session.state)


def ending(how: RunStatus) -> tuple[Tone, str]:
    """How a run ended, in a word or two. What the model claims is called a claim."""
    match how:
        case "success":
            return "good", tr("The model says it is done")
        case "answered":
            return "good", tr("Answered")
        case "failure":
            return "bad", tr("The model gave up")
        case "stopped":
            return "quiet", tr("Stopped by you")
        case "limit":
            return "wait", tr("Ended at its limit")
        case "error":
            return "bad", tr("Ended by an error")
        case _:
            assert_never(how)


def actions(step: Step) -> list[Doing]:
    """The actions of a step that something has become of, in order."""
    known = {event.index for event in step.judged} | {event.index for event in step.acted}
    return [_doing(step, index) for index in sorted(known)]


def target(step: Step) -> tuple[int, int] | None:
    """The desktop pixel that the step aimed at last."""
    return next((judged.target for judged in reversed(step.judged) if judged.target), None)


def seconds(value: float) -> str:
    """A duration for people: tenths below ten seconds, minutes from one on."""
    if value < 10:
        return tr("{value} s", value=f"{value:.1f}")
    if value < 60:
        return tr("{value} s", value=round(value))
    return f"{int(value) // 60}:{int(value) % 60:02d}"


def step_time(finished: StepFinished) -> str:
    """How long a step took, without the wait for the person."""
    return seconds(finished.wall - finished.seconds.get("wait", 0.0))


def time_parts(parts: Mapping[str, float]) -> str:
    """Where a step's time went, longest first, one part a line."""
    names = {
        "capture": tr("Look at the screen"),
        "encode": tr("Prepare the picture"),
        "prefill": tr("Read"),
        "decode": tr("Think"),
        "parse": tr("Understand the reply"),
        "guard": tr("Check"),
        "wait": tr("Wait for you"),
        "act": tr("Act"),
        "settle": tr("Wait for the screen"),
        "store": tr("Write it down"),
    }
    ordered = sorted(parts.items(), key=lambda part: -part[1])
    return "\n".join(f"{names.get(name, name)}: {seconds(value)}" for name, value in ordered if value >= 0.05)


def _loading(session: Session) -> str:
    model = model_name(session.request.model) if session.request else ""
    return tr("Getting ready: loading the model {model}", model=model)


def _at_work(phase: Phase, session: Session) -> str:
    match phase:
        case "loading":
            return _loading(session)
        case "looking":
            return tr("Looking at the screen")
        case "thinking":
            return tr("Thinking")
        case "checking":
            return tr("Checking the next action")
        case "acting":
            return tr("Using mouse and keyboard")
        case "settling":
            return tr("Waiting until the screen is still")
        case _:
            assert_never(phase)


def _doing(step: Step, index: int) -> Doing:
    judged = next((event for event in step.judged if event.index == index), None)
    acted = next((event for event in step.acted if event.index == index), None)
    answer = next((event for event in step.answered if event.index == index), None)
    tone, icon, state = _state(step, index)
    action = judged.action if judged else _planned(step, index)
    said = recorded(judged.words) if judged else str(action.get("action", "")).replace("_", " ").capitalize()
    verdict = recorded(judged.reason) if judged else ""
    why = ""
    if answer and answer.note:
        why = f"“{answer.note}”"
    elif acted and tone != "good" and not (answer and not answer.approved):
        why = recorded(acted.words)
    return Doing(index, _ICONS.get(str(action.get("action")), "click"), said, tone, icon, state, why, verdict)


def _planned(step: Step, index: int) -> Mapping[str, object]:
    planned = step.reply.actions if step.reply else []
    return planned[index] if index < len(planned) else {}


def _state(step: Step, index: int) -> tuple[Tone, str, str]:
    """How far an action has come: tone, icon, words."""
    answer = next((event for event in step.answered if event.index == index), None)
    if answer and not answer.approved:
        return "bad", "cross", tr("Denied by you")
    acted = next((event for event in step.acted if event.index == index), None)
    if acted:
        return _outcome(acted)
    if answer:
        return "work", "", tr("Allowed by you")
    if any(event.index == index for event in step.asked):
        return "wait", "wait", tr("Waiting for you")
    refused = any(event.index == index and event.verdict == "refuse" for event in step.judged)
    return ("bad", "shield", tr("Refused")) if refused else ("work", "", tr("Doing it"))


def _outcome(acted: Acted) -> tuple[Tone, str, str]:
    match acted.status:
        case "done":
            return "good", "check", tr("Done")
        case "failed":
            return "bad", "cross", tr("Failed")
        case "refused":
            return "bad", "shield", tr("Refused")
        case "dropped":
            return "quiet", "skip", tr("Skipped")
        case _:
            assert_never(acted.status)
