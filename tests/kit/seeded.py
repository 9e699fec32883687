"""Owns the two options of every script that draws at random: `--seed N` and `--count N`."""

import argparse


def seeded(description: str, which: str, how_many: str, count: int | None = None) -> argparse.ArgumentParser:
    """A parser that knows both options; a count below one is refused.

    Args:
        description: what the script does.
        which: what the seed draws, for the help.
        how_many: what is counted, for the help.
        count: how many without the option; None is all that there are.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=1, help=f"which {which} are drawn (1)")
    usual = "all" if count is None else f"{count:,}"
    parser.add_argument("--count", type=_count, default=count, help=f"how many {how_many} ({usual})")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, not {text}.")
    return int(text)
