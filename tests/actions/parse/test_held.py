"""What is held down in one call and let go in a later one."""

import json

import pytest

from actions.action import Click, Drag, Move, PressKeys, TypeText
from actions.errors import ParseError
from actions.geometry import GridPoint
from actions.parse import parse

A, B, C = GridPoint(100, 200), GridPoint(300, 400), GridPoint(500, 600)


def said(*calls: dict):
    lines = [json.dumps({"name": "computer_use", "arguments": call}) for call in calls]
    return parse("".join(f"<tool_call>\n{line}\n</tool_call>\n" for line in lines)).actions


def at(place: GridPoint) -> dict:
    return {"coordinate": [int(place.x), int(place.y)]}


def move(place: GridPoint) -> dict:
    return {"action": "mouse_move", **at(place)}


DOWN, UP = {"action": "left_mouse_down"}, {"action": "left_mouse_up"}


def keys(action: str, *names: str) -> dict:
    return {"action": action, "keys": list(names)}


@pytest.mark.parametrize(
    "calls, actions",
    [
        ([DOWN | at(A), UP], (Click(at=A),)),
        ([DOWN | at(A), UP | at(A)], (Click(at=A),)),
        ([DOWN, UP], (Click(),)),
        ([DOWN | at(A), UP | at(B)], (Move(A), Drag(B))),
        ([DOWN | at(A), move(B), UP], (Move(A), Drag(B))),
        ([DOWN | at(A), move(B), UP | at(B)], (Move(A), Drag(B))),
        ([DOWN | at(A), move(B), UP | at(C)], (Move(A), Drag(C, (B,)))),
        ([move(A), DOWN, move(B), move(C), UP], (Move(A), Drag(C, (B,)))),
        ([keys("key_down", "ctrl"), keys("key_up", "ctrl")], (PressKeys(("ctrl",)),)),
        (
            [
                *[keys("key_down", "ctrl"), {"action": "left_click", **at(A)}, {"action": "left_click", **at(B)}],
                *[keys("key_up", "ctrl"), {"action": "type", "text": "x"}],
            ],
            (Click(at=A, keys=("ctrl",)), Click(at=B, keys=("ctrl",)), TypeText("x")),
        ),
    ],
)
def test_two_halves_are_one_action(calls, actions):
    assert said(*calls) == actions


@pytest.mark.parametrize(
    "calls, sentence",
    [
        ([DOWN | at(A)], "let go in the same reply"),
        ([keys("key_down", "ctrl")], "let go in the same reply"),
        ([UP], "Only what is held down"),
        ([keys("key_up", "ctrl")], "Only what is held down"),
        ([DOWN, keys("key_down", "ctrl"), keys("key_up", "ctrl"), UP], "one thing at a time"),
        ([keys("key_down", "ctrl"), keys("key_up", "shift")], "Only what is held down"),
        ([DOWN, keys("key_up", "ctrl")], "Only what is held down"),
        ([DOWN, {"action": "type", "text": "x"}, UP], "only be moved"),
        ([keys("key_down", "ctrl"), move(A), keys("key_up", "ctrl")], "only clicks"),
        ([keys("key_down", "a"), {"action": "left_click", **at(A)}, keys("key_up", "a")], "only clicks"),
        (
            [keys("key_down", "ctrl"), {"action": "left_click", **at(A), "keys": ["alt"]}, keys("key_up", "ctrl")],
            "named again",
        ),
    ],
)
def test_what_has_no_other_half_is_refused(calls, sentence):
    with pytest.raises(ParseError, match=sentence):
        said(*calls)
