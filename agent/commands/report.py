"""Owns `deskhand report`: the HTML report of a run's folder."""

from __future__ import annotations

import argparse
from pathlib import Path

from agent.report import write_report


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", type=Path, help="the run's folder")


def go(options: argparse.Namespace) -> int:
    """Write the report and print where it is. Raises StoreError."""
    print(write_report(options.folder))
    return 0
