"""Owns the command that trains nano and writes its folder: `python -m agent.train.nano`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent.errors import AgentError
from agent.train.nano.export import export, story
from agent.train.nano.recipe import Recipe, load, train


def main(arguments: list[str] | None = None) -> int:
    """Train, going on from the run folder, and export. -> exit code: 2 when something given cannot be used."""
    given = _parser().parse_args(arguments)
    recipe = Recipe(
        given.seed, given.read_minutes, given.talk_minutes, given.share, given.tower, given.rate, given.decay
    )
    try:
        nano, trainers = (load if given.export_only else train)(recipe, given.run)
        export(nano, given.out, story(recipe, trainers))
    except (AgentError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    usual = Recipe()
    parser = argparse.ArgumentParser("agent.train.nano", description="Train the embedded model from nothing.")
    parser.add_argument("--run", type=Path, default=Path("runs/nano"), help="folder of checkpoints; goes on from there")
    parser.add_argument("--out", type=Path, default=Path("assets/models/nano"), help="the model folder to write")
    parser.add_argument("--export-only", action="store_true", help="train nothing, write the checkpoint's folder")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--read-minutes", type=float, default=usual.read_minutes)
    parser.add_argument("--talk-minutes", type=float, default=usual.talk_minutes)
    parser.add_argument("--share", type=float, default=usual.share, help="share of batches that are episodes")
    parser.add_argument("--tower", type=float, default=usual.tower, help="the vision tower's share of the rate in talk")
    parser.add_argument("--rate", type=float, default=usual.rate)
    parser.add_argument("--decay", type=float, default=usual.decay, help="share of a stage in which the rate falls")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
