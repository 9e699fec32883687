"""Owns `deskhand demo`: the shell and the practice desk, on the screen that is there."""

from __future__ import annotations

import argparse
import subprocess
import sys


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--seed", type=int, default=7, help="which desks are dealt (7)")
    parser.add_argument("--tasks", type=int, default=4, help="how many (4)")


def go(options: argparse.Namespace) -> int:
    """Play the demo; 0 when every task was finished by the desk's own state."""
    command = [sys.executable, "-P", "-m", "app.demo", "--seed", str(options.seed), "--tasks", str(options.tasks)]
    return subprocess.run(command, check=False).returncode
