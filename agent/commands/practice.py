"""Owns `deskhand practice`: fresh desks of every family, played on a screen of its own, and one line of JSON."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from pathlib import Path

from actions.backends import close_desktop, open_desktop
from agent.errors import InputError
from agent.evaluate.desk import PracticeDesk
from agent.evaluate.practice import practice
from agent.mind.choose import open_mind
from agent.virtual_screen import VirtualScreen


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seed", type=int, default=1, help="which desks are dealt (1)")
    parser.add_argument("--count", type=int, default=50, help="how many of every family (50)")
    parser.add_argument("--model", default="nano", help="nano, a checkpoint folder, a hub name or openai:URL#MODEL")
    parser.add_argument("--into", type=Path, metavar="FILE", help="write the score to a file, too, with seed and count")
    parser.add_argument("--real", action="store_true", help="on the real screen, with the real mouse and keyboard")


def go(options: argparse.Namespace) -> int:
    """Play, tell each desk's fate on stderr, and print the score on stdout.

    Raises:
        InputError: nothing would be played, or the score could not be written.
        AgentError, ActionError: it cannot be played here.
    """
    if options.count < 1:
        raise InputError(f"--count must be at least 1, not {options.count}.")
    if options.into and not options.into.parent.is_dir():
        raise InputError(f"--into {options.into}: there is no folder {options.into.parent}; make it first.")
    with contextlib.ExitStack() as stack:
        if not options.real:
            os.environ.update(stack.enter_context(VirtualScreen()))
        desk = stack.enter_context(PracticeDesk(options.seed))
        desktop = open_desktop()
        stack.callback(close_desktop, desktop)
        mind = stack.enter_context(contextlib.closing(open_mind(options.model)))
        result = practice(options.seed, options.count, desk, desktop, mind, lambda play: _tell(play.words))
    print(json.dumps(result, ensure_ascii=False))
    if options.into:
        played = {"seed": options.seed, "count": options.count} | result
        options.into.write_text(json.dumps(played, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def _tell(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
