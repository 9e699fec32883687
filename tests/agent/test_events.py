"""What was recorded reads, and what is recorded stays as it was."""

import json

import pytest

from agent.events import LookedCloser, Replied, event_from_json, event_to_json

HEARD = {
    "step": 1,
    "text": "Press it.",
    "ids": [1, 2],
    "stop": "call",
    "prompt_tokens": 9,
    "cached_tokens": 3,
    "reuse": "",
    "memory": 7,
    "actions": [{"action": "left_click", "coordinate": [1, 2]}],
}
REPLIED = {"v": 1, "at": 1.5, "kind": "replied", **HEARD, "thought": "Press it.", "error": None}
LOOKED_CLOSER = {"v": 1, "at": 1.5, "kind": "looked_closer", **HEARD, "digest": "d", "view": [0, 0, 640, 480]}


@pytest.mark.parametrize("line, kind", [(REPLIED, Replied), (LOOKED_CLOSER, LookedCloser)])
def test_a_reply_is_recorded_as_it_always_was(line, kind):
    event = event_from_json(json.dumps(line))
    assert type(event) is kind
    assert json.loads(event_to_json(event)) == line


def test_a_reply_of_before_there_was_reuse_and_memory_reads():
    old = {name: value for name, value in REPLIED.items() if name not in ("reuse", "memory")}
    assert event_from_json(json.dumps(old)) == event_from_json(json.dumps(REPLIED | {"memory": 0}))
