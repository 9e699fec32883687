"""Owns `deskhand run`: the runner's loop in a terminal, with approvals at the prompt."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from agent.commands.consent import agree
from agent.commands.terminal import Terminal
from agent.control import Answer, Control
from agent.errors import InputError
from agent.events import ApprovalAsked, Event, RunFinished, StateChanged, event_to_json
from agent.host import Host, options_of
from agent.intents import Capture, Limits, Rules, StartRun
from agent.process import take_stdout, write_line


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = "Exit code: 0 the model says that it is done, 1 it is not, 2 the run could not begin."
    parser.add_argument("task", help="what to do, in plain words")
    parser.add_argument(
        "--model", default="nano", help="nano, a checkpoint folder, a hub name, openai:URL#MODEL, or scripted:FILE"
    )
    parser.add_argument(
        "--consent", metavar="HOST", help="agree, for good, that pictures of your screen go to this host"
    )
    seen = parser.add_mutually_exclusive_group()
    seen.add_argument("--window", metavar="TITLE", help="show the model one window, by a part of its title")
    seen.add_argument("--monitor", metavar="NAME", help="show the model one monitor")
    seen.add_argument("--region", metavar="L,T,W,H", help="show the model a region, in pixels of the desktop")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--guarded", action="store_true", help="ask only before what has consequences, such as sending")
    modes.add_argument("--free", action="store_true", help="do not ask; act inside --window only")
    parser.add_argument("--rules", metavar="FILE", help="where it may work and where never, as JSON (docs/guard.md)")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing; asks as always")
    parser.add_argument("--yes", action="store_true", help="in a dry run: answer yes to every question")
    parser.add_argument("--json", action="store_true", help="print the run's events, one JSON object a line")
    parser.add_argument("--max-steps", type=int, default=40, metavar="N", help="most steps (40)")
    parser.add_argument("--history", choices=("append", "rewrite"), default="append", help="how the past is read again")
    parser.add_argument(
        "--zoom", action="store_true", help="for large screens: a coarse look, then the part that is meant as it is"
    )


def go(options: argparse.Namespace) -> int:
    """Do the task; 0 when the model says that it is done, 1 when not.

    Raises:
        InputError: the options cannot be used together, nobody is there to be asked, or the run could not begin.
    """
    start = start_of(options)
    options_of(start)
    if options.yes and not start.dry_run:
        raise InputError("--yes is for a dry run, where nothing is done: add --dry-run, or use --free with --window.")
    if start.mode == "watch" and not options.yes and not sys.stdin.isatty():
        raise InputError(
            "Nobody can be asked here: run it in a terminal, or use --free with --window, or --dry-run --yes."
        )
    agree(options.model, options.consent)
    control = Control()
    host = Host(lambda: _stop_key(control))
    before = signal.signal(signal.SIGINT, lambda *_: _interrupted(control))
    try:
        with contextlib.closing(host):
            return _follow(host.run(start, control), control, as_json=options.json, yes=options.yes)
    except KeyboardInterrupt:
        return 1
    finally:
        signal.signal(signal.SIGINT, before)


def _follow(events: Iterator[Event], control: Control, *, as_json: bool, yes: bool) -> int:
    """Show the events and answer what they ask; the exit code of how they end. Raises InputError if they never began."""
    # Lines of JSON share their pipe with nothing that a library prints.
    protocol = take_stdout() if as_json else -1
    terminal, ended = Terminal(), None
    for event in events:
        if as_json:
            write_line(protocol, event_to_json(event))
        else:
            terminal.show(event)
        if isinstance(event, ApprovalAsked):
            answer = _nobodys(event, yes=yes) or terminal.ask(event, control.stopped)
            if answer:
                control.answer(event.step, event.index, answer)
            else:
                control.stop()
        if isinstance(event, StateChanged) and event.state == "taken_over":
            _hand_back(control, None if as_json or not sys.stdin.isatty() else terminal)
        if isinstance(event, RunFinished):
            ended = event
    if ended and ended.never_began:
        raise InputError(ended.words)
    return 0 if ended and ended.status in ("success", "answered") else 1


def _nobodys(event: ApprovalAsked, *, yes: bool) -> Answer | None:
    """The answer that needs no person: the yes of `--yes`, or that nobody can be asked; None where somebody can."""
    if yes and event.wants == "yes":
        return Answer(approved=True)
    return Answer(approved=False, note="nobody can be asked") if yes or not sys.stdin.isatty() else None


def _hand_back(control: Control, terminal: Terminal | None) -> None:
    """Go on once the person who took over says so; where nobody can say it, look again at once."""
    if terminal is None or terminal.wait_to_go_on(control.stopped):
        control.resume()
    else:
        control.stop()


def _interrupted(control: Control) -> None:
    """Ctrl-C stops the run; a second one ends the command."""
    if control.stopped():
        raise KeyboardInterrupt
    control.stop()


def _stop_key(control: Control) -> None:
    """The stop key, heard by another thread, does what Ctrl-C does: only the main thread can end the command."""
    if control.stopped():
        _signal_main_thread()
    control.stop()


def _signal_main_thread() -> None:
    """Ctrl-C for the main thread, whatever it waits for: a signal to the process would not wake it from a slow file."""
    main = threading.main_thread().ident
    if sys.platform == "win32" or main is None:
        signal.raise_signal(signal.SIGINT)
    else:
        signal.pthread_kill(main, signal.SIGINT)


def start_of(options: argparse.Namespace) -> StartRun:
    """The intent that the options are.

    Raises:
        InputError: a value cannot be used.
    """
    if not options.task.strip():
        raise InputError("The task is empty: say in plain words what to do.")
    if options.max_steps < 1:
        raise InputError(f"--max-steps must be at least 1, not {options.max_steps}.")
    return StartRun(
        task=options.task,
        model=options.model,
        mode="free" if options.free else "guarded" if options.guarded else "watch",
        capture=_capture(options),
        limits=Limits(steps=options.max_steps),
        rules=_rules(options.rules) if options.rules else Rules(),
        history=options.history,
        zoom=options.zoom,
        dry_run=options.dry_run,
    )


def _rules(file: str) -> Rules:
    try:
        return Rules.model_validate_json(Path(file).read_bytes())
    except OSError as error:
        raise InputError(f"--rules {file} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        wrong = error.errors()[0]
        where = ".".join(str(part) for part in wrong["loc"]) or "the file"
        raise InputError(f"--rules {file} cannot be used: {where}: {wrong['msg']}.") from error


def _capture(options: argparse.Namespace) -> Capture:
    if options.window:
        return Capture(kind="window", name=options.window)
    if options.monitor:
        return Capture(kind="monitor", name=options.monitor)
    if options.region:
        return Capture(kind="region", region=_region(options.region))
    return Capture()


def _region(text: str) -> tuple[int, int, int, int]:
    try:
        left, top, width, height = (int(part) for part in text.split(","))
    except ValueError as error:
        raise InputError(f"--region takes four whole numbers, LEFT,TOP,WIDTH,HEIGHT, not “{text}”.") from error
    if width < 1 or height < 1:
        raise InputError(f"--region {text} is empty: width and height must be at least 1.")
    return left, top, width, height
