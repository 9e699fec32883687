"""Pictures of the shell in its states, themes, languages and pixel ratios: `python packaging/screenshots.py FOLDER`.

Each is taken in a process of its own, off screen, from a run whose events are written here. With names of pictures, such
as `approval-light-en-1x`, only those are taken.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATES = ("empty", "running", "approval", "finished", "error")
THEMES = ("light", "dark")
LANGUAGES = ("en", "zh_CN")
RATIOS = ("1x", "2x")
DESK = (0, 0, 352, 256)
"""What the frames show: the window of the practice desk, in pixels of the desktop."""
NARROW = "narrow"
"""A state with this word before it is taken in a slim window."""
RUN = "shown"
TASKS = {"en": "type ALICE into {field}, then press {button}", "zh_CN": "在 {field} 中输入 ALICE，然后按 {button}"}
THOUGHTS = {
    "en": (
        "The field {field} is empty. I click into it first, so that it has the focus.",
        "The cursor is in {field}. Now I type ALICE.",
        "ALICE stands in the field. What is left is the button {button}.",
    ),
    "zh_CN": (
        "{field} 输入框是空的。我先点击它，让它获得焦点。",
        "光标已经在 {field} 里了。现在输入 ALICE。",
        "输入框里已经是 ALICE，接下来只剩 {button} 按钮。",
    ),
}


def main(arguments: list[str]) -> int:
    """Take the pictures that are named, or all; returns the exit code."""
    if arguments[:1] == ["--one"]:
        _take(Path(arguments[1]), arguments[2])
        return 0
    if arguments[:1] == ["--desk"]:
        _draw_desk(Path(arguments[1]))
        return 0
    if not arguments:
        print(__doc__)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    names = arguments[1:] or ["-".join(name) for name in itertools.product(STATES, THEMES, LANGUAGES, RATIOS)]
    with tempfile.TemporaryDirectory() as home:
        frames = Path(home) / "runs" / RUN / "frames"
        frames.mkdir(parents=True)
        environment = {**os.environ, "DESKHAND_HOME": home, "XDG_CONFIG_HOME": home, "PYTHONPATH": str(ROOT)}
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        _child(environment, "--desk", str(frames))
        for name in names:
            scale = name.rsplit("-", 1)[-1].removesuffix("x")
            _child({**environment, "QT_SCALE_FACTOR": scale}, "--one", str(folder), name)
    return 0


def _child(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, __file__, *arguments], env=environment, check=True)


def _draw_desk(folder: Path) -> None:
    """What the model saw: a practice desk before, while and after ALICE is typed."""
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QLineEdit

    from app.practice.look import application
    from app.practice.protocol import Deal
    from app.practice.window import PracticeWindow

    app = application("offscreen")
    window = PracticeWindow(QPoint(0, 0))
    window.deal(Deal(seed=11, family="type", goals=1))
    window.show()
    field = window.findChildren(QLineEdit)[0]
    for number, text in enumerate(("", "", "ALICE"), 1):
        field.setText(text)
        app.processEvents()
        window.grab().save(str(folder / f"{number}.png"))
    targets = window.desk.targets() if window.desk else []
    places = {
        target.kind: (target.label, target.box) for target in reversed(targets) if target.kind in {"field", "button"}
    }
    found = {
        kind: {"label": label, "at": [box.x + box.w // 2, box.y + box.h // 2]} for kind, (label, box) in places.items()
    }
    (folder / "targets.json").write_text(json.dumps(found), encoding="utf-8")


def _take(folder: Path, name: str) -> None:
    *before, state, theme, language, _ratio = name.split("-")
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "deskhand" / "settings.json"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(f'{{"appearance": {{"theme": "{theme}", "language": "{language}"}}}}', encoding="utf-8")

    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from app.main import Shell
    from app.workers.runner_process import RunnerProcess

    RunnerProcess.send = lambda *_: None  # type: ignore[method-assign] # nothing is to run
    application = QApplication(["deskhand"])
    shell = Shell(application, settings)
    shell.furnish()
    shell.window.resize(416 if NARROW in before else 1120, 760)
    shell.window.show()
    _play(shell, state, language)
    # The frames are read meanwhile, and the buttons of consent wake up. Not QTest.qWait: it keeps Python's lock, and the
    # thread that reads the frames starves.
    meanwhile = QEventLoop()
    QTimer.singleShot(900, meanwhile.quit)
    meanwhile.exec()
    shell.window.grab().save(str(folder / f"{name}.png"))
    shell.close()


def _play(shell: object, state: str, language: str) -> None:
    from agent.intents import Capture
    from app.main import Shell
    from app.settings import Settings
    from app.translate import tr

    if state == "empty" or not isinstance(shell, Shell):
        return
    desk = Capture(kind="window", name="Deskhand practice")
    runs = Settings().runs.model_copy(update={"capture": desk})
    shell.session.start(Settings(runs=runs).start(_words(TASKS[language])))
    for event in _events(state, language):
        shell.session.take_event(event)  # type: ignore[arg-type]
        shell.trace.add(event)  # type: ignore[arg-type]
    if state == "error":
        shell.session.take_failure(tr("The runner ended unexpectedly and is started again."))


def _target(kind: str) -> tuple[str, tuple[int, int]]:
    """Label and middle of the desk's field or button."""
    targets = json.loads(
        (Path(os.environ["DESKHAND_HOME"]) / "runs" / RUN / "frames" / "targets.json").read_text("utf-8")
    )
    across, down = targets[kind]["at"]
    return targets[kind]["label"], (across, down)


def _words(template: str) -> str:
    return template.format(field=_target("field")[0], button=_target("button")[0])


def _grid(pixel: tuple[int, int]) -> list[int]:
    return [pixel[0] * 1000 // DESK[2], pixel[1] * 1000 // DESK[3]]


def _click(kind: str) -> tuple[dict[str, object], str, tuple[int, int] | None]:
    pixel = _target(kind)[1]
    across, down = _grid(pixel)
    return {"action": "left_click", "coordinate": [across, down]}, f"Click at ({across}, {down})", pixel


def _events(state: str, language: str) -> Iterator[object]:
    """The events of a run up to where the state wants it."""
    from agent.events import ApprovalAsked, FrameTaken, Replied, RunFinished, RunStarted, Said, StepStarted

    mind: dict[str, object] = {"name": "nano", "revision": "1"}
    yield RunStarted(
        at=0, run=str(Path(os.environ["DESKHAND_HOME"]) / "runs" / RUN), task=_words(TASKS[language]), mode="watch", capture={"kind": "window"}, policy={}, limits={}, mind=mind,
        desktop={}, version="0.1.0",
    )  # fmt: skip
    calls: list[tuple[dict[str, object], str, tuple[int, int] | None]] = [
        _click("field"),
        ({"action": "type", "text": "ALICE"}, "Type “ALICE”", None),
        _click("button"),
    ]
    last = len(calls) if state != "error" else 2
    for number, (action, words, target) in enumerate(calls[:last], 1):
        yield StepStarted(at=0, step=number)
        yield FrameTaken(at=0, step=number, digest=str(number), view=DESK, file=f"frames/{number}.png")
        thought = _words(THOUGHTS[language][number - 1])
        if state == "running" and number == last:
            yield Said(at=0, step=number, text=thought[: len(thought) * 2 // 3])
            return
        yield Replied(
            at=0, step=number, text=thought, ids=None, stop="end", prompt_tokens=300, cached_tokens=0, thought=thought,
            actions=[action],
        )  # fmt: skip
        yield from _acted(number, action, words, target, asked=state == "approval" and number == last)
        if state == "approval" and number == last:
            yield ApprovalAsked(
                at=0, step=number, index=0, words=words, reason="In watch mode the person is asked before every action."
            )
            return
    if state == "finished":
        yield RunFinished(at=0, status="success", words="The model says that the task is done.", steps=last)


def _acted(
    number: int, action: dict[str, object], words: str, target: tuple[int, int] | None, asked: bool
) -> Iterator[object]:
    from agent.events import Acted, Judged, StepFinished

    yield Judged(
        at=0,
        step=number,
        index=0,
        action=action,
        words=words,
        target=target,
        verdict="ask" if asked else "allow",
        reason="",
    )
    if not asked:
        yield Acted(at=0, step=number, index=0, status="done", words="Done.", target=target)
        parts = {"capture": 0.1, "encode": 0.1, "prefill": 0.7, "decode": 0.9, "act": 0.2, "settle": 0.3}
        yield StepFinished(at=0, step=number, outcome="Done.", seconds=parts, wall=sum(parts.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
