"""Owns the report of a run: one HTML file that needs nothing beside it, with everything that was seen, said and done."""

from __future__ import annotations

import json
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template

from agent.assets import asset
from agent.errors import StoreError
from agent.events import Acted, ApprovalGiven, Judged, LookedCloser, Noted, Replied, RunStarted
from agent.picture import picture
from agent.step import Step, Trajectory, gather, words_of
from agent.stopwatch import PARTS
from agent.store import RunFolder

REPORT = "report.html"
_STATUS = {
    "success": ("good", "Done, says the model"),
    "answered": ("good", "Answered"),
    "failure": ("bad", "Not done, says the model"),
    "stopped": ("warn", "Stopped"),
    "limit": ("warn", "Limit reached"),
    "error": ("bad", "Error"),
}
_CUT_OFF = ("warn", "Cut off")
_FATE = {"done": "good", "failed": "bad", "refused": "bad", "dropped": "warn"}
_ICON = {
    "type": "type",
    "key": "keys",
    "scroll": "scroll",
    "hscroll": "scroll",
    "wait": "wait",
    "answer": "answer",
    "terminate": "finish",
    "mouse_move": "move",
    "left_click_drag": "drag",
}
_MUSED = 'Thought · <span lang="zh">思考</span>'
"""Whoever reads the page may not read English."""
_NAMED = 0.03
"""The least share of a step's time with which a part is named."""


def write_report(folder: Path) -> Path:
    """Write `report.html` into a run's folder, for its owner alone, and return its path.

    Raises:
        StoreError: the folder holds no run that can be read, or may not be written.
    """
    trajectory = gather(RunFolder.read(folder))
    path = folder / REPORT
    try:
        path.touch(mode=0o600)
        path.write_text(_page(trajectory, folder), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"The report {path} cannot be written ({error.strerror}).") from error
    return path


def _page(run: Trajectory, folder: Path) -> str:
    task = run.started.task if run.started else folder.name
    longest = max((step.finished.wall for step in run.steps if step.finished), default=0.0)
    notes = list(run.notes)
    steps = []
    for step in run.steps:
        until = step.finished.at if step.finished else float("inf")
        steps.append(_step(step, [note for note in notes if note.at <= until], folder, longest))
        notes = [note for note in notes if note.at > until]
    return Template(asset("report/page.html").read_text(encoding="utf-8")).substitute(
        title=escape(f"{task} · Deskhand"),
        style=_style(),
        header=_header(run, task),
        steps="\n".join(steps) or '<p class="note">No step was begun.</p>',
        ending="".join(map(_note, notes)) + _footer(run),
    )


def _style() -> str:
    """The style sheet, with the colours that the shell's themes have."""
    roots = [_root(name) for name in ("light", "dark")]
    sheet = asset("report/report.css").read_text(encoding="utf-8")
    return f"{roots[0]}\n@media (prefers-color-scheme: dark) {{ {roots[1]} }}\n{sheet}"


def _root(theme: str) -> str:
    colours = json.loads(asset(f"theme/{theme}.json").read_text(encoding="utf-8"))
    return ":root {" + " ".join(f"--{role}: {colour};" for role, colour in colours.items()) + "}"


# -------------------------------------------------------------------------------------------------------------- header


def _header(run: Trajectory, task: str) -> str:
    kind, words = _STATUS[run.finished.status] if run.finished else _CUT_OFF
    said = run.finished.words if run.finished else "The record ends here: the process was ended from outside."
    return (
        f'<header>\n<p class="kicker">Deskhand · {escape(_when(run))}</p>\n<h1>{escape(task)}</h1>\n'
        f'<p class="verdict"><span class="pill {kind}">{words}</span> {escape(said)}</p>\n'
        f'<dl class="facts">{"".join(_facts(run))}</dl>\n{_times(_total(run), 0.0)}\n</header>'
    )


def _when(run: Trajectory) -> str:
    return f"{datetime.fromtimestamp(run.started.at).astimezone():%d %B %Y, %H:%M}" if run.started else "time unknown"


def _facts(run: Trajectory) -> list[str]:
    total = _total(run)
    waited = total.get("wait", 0.0)
    facts = [_fact("Steps", str(len(run.steps)), f"{sum(len(step.acted) for step in run.steps)} actions")]
    facts.append(_fact("Time", _time(sum(total.values())), f"{_time(waited)} of it waiting" if waited else ""))
    if started := run.started:
        mind = started.mind
        hardware = " · ".join(str(mind[name]) for name in ("device", "dtype", "attention") if mind.get(name))
        facts.append(_fact("Model", _short(str(mind.get("model") or "unknown")), hardware))
        facts.append(_fact("Mode", started.mode, _capture(started)))
    return facts


def _short(model: str) -> str:
    return model if len(model) < 60 else "…/" + Path(model).name


def _capture(started: RunStarted) -> str:
    kind, name = started.capture.get("kind", ""), started.capture.get("name", "")
    return f"sees the {kind}{f' “{name}”' if name else ''}"


def _fact(name: str, value: str, beside: str = "") -> str:
    small = f"<small>{escape(beside)}</small>" if beside else ""
    return f"<div><dt>{escape(name)}</dt><dd>{escape(value)}{small}</dd></div>"


def _footer(run: Trajectory) -> str:
    if run.started is None:
        return ""
    mind, policy = run.started.mind, run.started.policy
    words = [f"Run {run.started.run}", f"Deskhand {run.started.version}"]
    words += [f"model revision {mind['revision']}"] if mind.get("revision") else []
    words += [str(mind["chosen"]).rstrip(".")] if mind.get("chosen") else []
    speed = mind.get("measured")
    if isinstance(speed, dict) and speed:
        words.append(f"reads {speed['read']:.0f} and says {speed['spoken']:.0f} tokens a second")
    words += [f"history {policy.get('kind')}", f"screen {run.started.desktop.get('monitors', '')}"]
    return f"<footer>{escape(' · '.join(words))}</footer>"


# --------------------------------------------------------------------------------------------------------------- steps


def _step(step: Step, notes: list[Noted], folder: Path, longest: float) -> str:
    wall = f"<time>{_time(step.finished.wall)}</time>" if step.finished else "<time>cut off</time>"
    times = _times(step.finished.seconds, longest) if step.finished else ""
    return (
        f'<article class="step" id="step-{step.number}">\n<header><h2>Step {step.number}</h2>{wall}</header>\n'
        f"{''.join(map(_note, notes))}\n"
        f'<div class="columns"><figure>{picture(step, folder)}</figure>\n'
        f'<div class="told">{_thought(step)}{_actions(step)}{_outcome(step)}{_verbatim(step)}</div></div>\n'
        f"{times}</article>"
    )


def _thought(step: Step) -> str:
    """What was said, below what was thought before it, which is folded."""
    told = words_of(step)
    if not told.mused:
        said = step.reply.thought if step.reply else told.said
        return f'<p class="thought">{escape(said)}</p>' if said.strip() else '<p class="thought none">No thought.</p>'
    said = f'<p class="thought">{escape(told.said)}</p>' if told.said else ""
    return f'<details class="mused"><summary>{_MUSED}</summary><p>{escape(told.mused)}</p></details>{said}'


def _actions(step: Step) -> str:
    judged = {event.index: event for event in step.judged}
    answers = {event.index: event for event in step.answered}
    acted = {event.index: event for event in step.acted}
    rows = [_action(judged.get(index), answers.get(index), acted.get(index)) for index in sorted({*judged, *acted})]
    return f'<ol class="actions">{"".join(rows)}</ol>' if rows else ""


def _action(judged: Judged | None, answer: ApprovalGiven | None, acted: Acted | None) -> str:
    words = judged.words if judged else "A further action"
    icon = _icon(_ICON.get(str(judged.action.get("action")), "click") if judged else "skip")
    fate = f'<span class="pill {_FATE[acted.status]}">{acted.status}</span>' if acted else ""
    return (
        f'<li>{icon}<div><div class="words">{escape(words)}</div>'
        f'<div class="fate">{fate}{escape(_why(judged, answer, acted))}</div></div></li>'
    )


def _why(judged: Judged | None, answer: ApprovalGiven | None, acted: Acted | None) -> str:
    """How it came to an action's fate: by the guard's rule, by the person, or by the machine."""
    if answer:
        verdict = "the person said yes" if answer.approved else "the person said no"
        verdict += f": “{answer.note}”" if answer.note else ""
    else:
        verdict = judged.reason if judged else ""
    happened = acted.words if acted and acted.status in ("failed", "dropped") else ""
    return " · ".join(words for words in (verdict, happened) if words)


def _outcome(step: Step) -> str:
    if step.finished is None:
        return '<p class="outcome">The record ends in this step.</p>'
    return f'<p class="outcome">The model is told: <b>{escape(step.finished.outcome)}</b></p>'


def _verbatim(step: Step) -> str:
    first = _details("The reply to the first look", step.closer) if step.closer else ""
    return first + (_details("The reply", step.reply) if step.reply else "")


def _details(what: str, reply: Replied | LookedCloser) -> str:
    tokens = f"{len(reply.ids)} tokens, " if reply.ids is not None else ""
    read = f", {reply.prompt_tokens} read, {reply.cached_tokens} of them known" if reply.prompt_tokens else ""
    if reply.reuse == "reread":
        read += ", as this model's memory cannot go back"
    read += f", {reply.memory / 1e9:.1f} GB held" if reply.memory else ""
    summary = f"{what} as it was written ({tokens}ended by {reply.stop}{read})"
    return f"<details><summary>{escape(summary)}</summary><pre>{escape(reply.text)}</pre></details>"


def _note(note: Noted) -> str:
    icon = _icon("warning" if note.level == "warning" else "info")
    return f'<p class="note {note.level}">{icon}<span>{escape(note.words)}</span></p>'


def _icon(name: str) -> str:
    drawing = asset(f"icons/{name}.svg").read_text(encoding="utf-8")
    return drawing.replace("<svg ", '<svg class="icon" aria-hidden="true" ', 1)


# --------------------------------------------------------------------------------------------------------------- times


def _total(run: Trajectory) -> dict[str, float]:
    total: dict[str, float] = {}
    for step in run.steps:
        for part, seconds in (step.finished.seconds if step.finished else {}).items():
            total[part] = total.get(part, 0.0) + seconds
    return total


def _times(seconds: dict[str, float], longest: float) -> str:
    """A bar of the parts, as long as the step took compared to the longest one, and the parts that matter by name."""
    whole = sum(seconds.values())
    if not whole:
        return ""
    ordered = sorted(seconds.items(), key=lambda item: PARTS.index(item[0]) if item[0] in PARTS else len(PARTS))
    bar = "".join(f'<i class="{_class(part)}" style="width:{100 * s / whole:.2f}%"></i>' for part, s in ordered if s)
    named = sorted((item for item in ordered if item[1] >= _NAMED * whole), key=lambda item: -item[1])
    legend = "".join(f'<li><i class="{_class(part)}"></i>{escape(part)} <b>{_time(s)}</b></li>' for part, s in named)
    length = 100 * whole / longest if longest else 100
    return (
        f'<div class="times"><div class="bar" style="width:{max(2, min(100, length)):.1f}%">{bar}</div>'
        f'<ul class="legend">{legend}</ul></div>'
    )


def _class(part: str) -> str:
    return part if part in PARTS else "other"


def _time(seconds: float) -> str:
    if seconds >= 100:
        return f"{int(seconds) // 60} min {int(seconds) % 60} s"
    return f"{seconds:.1f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"
