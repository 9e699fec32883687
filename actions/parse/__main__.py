"""Owns `python -m actions.parse FILE`: prints what a reply means as JSON; 0 where it means something, 1 refused, 2 unreadable."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from actions.errors import ParseError
from actions.parse import parse
from actions.parse.turn import Turn
from actions.render import arguments


def main(words: Sequence[str]) -> int:
    """Print the Turn of the reply in the file that `words` name; `-` is the standard input."""
    if len(words) != 1:
        sys.stderr.write(
            "Name one file that holds a reply, or - for the standard input: python -m actions.parse FILE\n"
        )
        return 2
    try:
        data = sys.stdin.buffer.read() if words[0] == "-" else Path(words[0]).read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        sys.stderr.write(f"{words[0]} cannot be read: {error.strerror}.\n")
        return 2
    except UnicodeDecodeError as error:
        sys.stderr.write(f"{words[0]} is not UTF-8 at byte {error.start}: save it as UTF-8 text.\n")
        return 2
    try:
        turn, trouble = parse(text), None
    except ParseError as error:
        turn, trouble = Turn("", text, ()), str(error)
    said = {"thought": turn.thought, "text": turn.text, "actions": [arguments(action) for action in turn.actions]}
    places = [asdict(place) for place in turn.places]
    sys.stdout.write(json.dumps({**said, "places": places, "error": trouble}, ensure_ascii=True) + "\n")
    return 1 if trouble else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
