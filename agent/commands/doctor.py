"""Owns `deskhand doctor`: what this machine has, what is missing, how to get it; and the first try of a model."""

from __future__ import annotations

import argparse
import contextlib
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import psutil

from actions.backends import close_desktop, conditions, desktop_name, open_desktop, refusal
from actions.look import CaptureTarget
from agent.errors import AgentError, InputError
from agent.evaluate.desk import PracticeDesk
from agent.evaluate.find import find_widgets
from agent.mind.address import is_remote
from agent.mind.base import Mind
from agent.mind.client import MindClient
from agent.mind.probe import probe
from agent.mind.weights import find_weights
from agent.virtual_screen import VirtualScreen, missing_tools

_LIBRARIES = ("torch", "transformers", "PySide6-Essentials", "mss", "pyautogui", "pynput", "qwen-vl-utils") + (
    ("pyobjc-framework-Quartz",) if sys.platform == "darwin" else ()
)
_GB = 1e9
WIDGETS = 10
_LARGE = (3840, 2160)
_INSTALL = "Install these packages, or run `make setup`, which does so or names the command."


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, what was found, whether that is well, what to do if not, and whether it must be.

    Attributes:
        needed: Deskhand cannot run here as long as this is not well.
    """

    what: str
    found: str
    well: bool = True
    advice: str = ""
    needed: bool = True


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = (
        "Exit code: 0 Deskhand can run here (✗ marks what it needs and lacks, – what it can do without; of a desktop and "
        "a virtual screen it needs one), 1 it cannot, or the model of --try does not work, 2 that model cannot be opened."
    )
    parser.add_argument("--try", dest="model", metavar="MODEL", help="load a model and see whether it sees and finds")
    parser.add_argument(
        "--zoom",
        action="store_true",
        help="with --try: find things on a screen of 3840×2160, too, in one look and in two",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def go(options: argparse.Namespace) -> int:
    """Print the findings; 0 when Deskhand can run here, 1 when something that it needs is missing.

    Raises:
        InputError: two looks of no model.
        AgentError, ActionError: the model cannot be tried.
    """
    if options.zoom and not options.model:
        raise InputError("--zoom says how a model is tried: add --try MODEL.")
    findings = [*machine(), *(tried(options.model, zoom=options.zoom) if options.model else ())]
    if options.json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            _show(finding)
    return 0 if all(finding.well or not finding.needed for finding in findings) else 1


def _show(finding: Finding) -> None:
    mark = "✓" if finding.well else "✗" if finding.needed else "–"
    print(f"{mark} {finding.what:<20} {finding.found}")
    if not finding.well and finding.advice:
        print(f"  {'':<20} {finding.advice}")


def machine() -> Iterator[Finding]:
    """What the machine has."""
    memory = psutil.virtual_memory()
    yield Finding("System", f"{platform.system()} {platform.release()}, Python {platform.python_version()}")
    yield Finding("Memory", f"{memory.total / _GB:.0f} GB, {memory.available / _GB:.0f} GB free")
    for library in _LIBRARIES:
        try:
            yield Finding(library, importlib.metadata.version(library))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(library, "not installed", well=False, advice="Install Deskhand again, or run `make setup`.")
    yield from _screens()
    try:
        yield Finding("Embedded model", f"{find_weights('nano').size / 1e6:.0f} MB")
    except AgentError as error:
        yield Finding("Embedded model", str(error), well=False, advice="Install Deskhand again, or run `make nano`.")


def _screens() -> Iterator[Finding]:
    """Where Deskhand could work; one of the two is enough."""
    why, missing = _desktop_trouble(), missing_tools()
    neither = bool(why and missing)
    yield Finding("Desktop", "none that can be used" if why else desktop_name(), not why, why, neither)
    for condition in conditions():
        yield Finding(condition.what, condition.found, condition.well, condition.advice, neither)
    found, advice = (f"needs {', '.join(missing)}" if missing else "ready"), _INSTALL
    if sys.platform in {"win32", "darwin"}:
        found, advice = "only on Linux", ""
    yield Finding("Virtual screen", found, well=not missing, advice=advice, needed=neither)


def _desktop_trouble() -> str:
    """Why there is no desktop that can be looked at, and what to do; empty where there is one."""
    if why := refusal():
        return why
    # The eyes alone: pyautogui would stay with this display when --try goes to another.
    desktop = open_desktop(dry_run=True)
    close_desktop(desktop)
    if desktop.screen.name != "dry_run":
        return ""
    return (
        f"Nothing can be seen on {desktop_name()}: start Deskhand in a desktop session"
        f"{', or correct DISPLAY' if 'DISPLAY' in os.environ else ''}."
    )


def tried(model: str, *, zoom: bool = False) -> Iterator[Finding]:
    """What a model does when it is loaded and asked to find widgets on a screen of its own, of 4K with `zoom`.

    Raises:
        InputError: it is on a server.
    """
    if is_remote(model):
        raise InputError("--try loads a model on this machine; `deskhand practice --model` tries one on a server.")
    with contextlib.closing(MindClient(model)) as mind:
        result = probe(mind)
        info, found = result.info, result.found
        yield Finding("Model", f"{info.model}, loaded in {result.load_seconds:.1f} s")
        yield Finding("Runs on", f"{info.device}, {info.dtype}, {info.attention}: {info.chosen}", found.all_on_device)
        advice = "This build drops pictures: use the published safetensors checkpoint."
        yield Finding("Sees the picture", "yes" if found.sees_image else "no", well=found.sees_image, advice=advice)
        yield Finding("Reads", f"{found.prefill_tokens_per_second:.0f} tokens a second")
        yield Finding("Speaks", f"{found.decode_tokens_per_second:.1f} tokens a second")
        yield Finding("Peak memory", f"{found.peak_memory / _GB:.2f} GB")
        yield from _finds(mind, zoom=zoom)


def _finds(mind: Mind, *, zoom: bool) -> Iterator[Finding]:
    """How many widgets a model finds: in their window, and on a whole screen of 4K in one look and in two."""
    with contextlib.ExitStack() as stack:
        os.environ.update(stack.enter_context(VirtualScreen(*_LARGE) if zoom else VirtualScreen()))
        desk = stack.enter_context(PracticeDesk())
        desktop = open_desktop()
        stack.callback(close_desktop, desktop)
        hits = find_widgets(mind, desk, desktop, WIDGETS).hits
        yield Finding("Finds widgets", f"{hits} of {WIDGETS}", well=hits > WIDGETS // 2)
        for what, twice in (("On 4K, one look", False), ("On 4K, two looks", True)) if zoom else ():
            found = find_widgets(mind, desk, desktop, WIDGETS, CaptureTarget("desktop"), zoom=twice)
            words = f"{found.hits} of {WIDGETS}, {found.tokens} tokens a step"
            yield Finding(what, words, well=found.hits > WIDGETS // 2, needed=False)
