"""Owns the `deskhand` command: its verbs, and one sentence for whatever goes wrong."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from actions.errors import ActionError
from agent.commands import demo, doctor, key, models, practice, report, run
from agent.errors import AgentError

_VERBS = {
    "run": (run, "do a task"),
    "demo": (demo, "the embedded model finishes practice tasks"),
    "practice": (practice, "play fresh practice desks and score them"),
    "models": (models, "what models are here, what suits this machine, fetch one, remove one"),
    "doctor": (doctor, "what this machine has, what is missing, and how to get it"),
    "key": (key, "keep the key of a server that models are served by"),
    "report": (report, "write the report of a run's folder"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; without a verb the shell opens. Returns the exit code: 2 for what cannot be used."""
    parser = argparse.ArgumentParser(prog="deskhand", description="A desktop agent that runs on its owner's machine.")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for name, (module, about) in _VERBS.items():
        module.add(verbs.add_parser(name, help=about, description=module.__doc__))
    options = parser.parse_args(argv)
    if options.verb is None:
        return subprocess.run([sys.executable, "-P", "-m", "app"], check=False).returncode
    try:
        code: int = _VERBS[options.verb][0].go(options)
        return code
    except (ActionError, AgentError) as error:
        print(f"deskhand {options.verb}: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
