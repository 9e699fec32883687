"""Models that speak otherwise than Qwen3-VL: asked in their dialect, read in it, and their places found in pixels."""

import json

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.desktop import Window
from actions.frame import frame_from_rgb
from actions.geometry import Coordinates, Rect, Size
from actions.look import CaptureTarget
from actions.parse import parse
from agent.control import Control
from agent.loop import Options, run
from agent.mind.base import MindInfo, Piece, Reply
from agent.prompt import HistoryPolicy, PastStep, prompt, prompt_closer, system_text

EDITOR = Window(7, "Letter - Editor", "editor", Rect(10, 20, 200, 100))
FRAME = frame_from_rgb(bytes(3), Rect(0, 0, 1, 1), 0.0)
OPTIONS = Options(mode="free", capture=CaptureTarget("window", "Editor"), policy=HistoryPolicy(frames=2, fold=1))


class Speaker:
    """Says what it was told to, as a model that was shown each picture in another size would."""

    def __init__(self, replies, seen=None, **info):
        self.replies, self.asked, self.seen = list(replies), [], seen
        self._info = MindInfo("speaker", **info)

    def info(self, cancelled):
        return self._info

    def think(self, conversation, options, cancelled):
        self.asked.append(conversation)
        text = self.replies.pop(0)
        yield Piece(text)
        yield Reply(text, None, "end", coordinates=Coordinates(self._info.units, self.seen))

    def lighten(self):
        return ""

    def close(self):
        """There is nothing to let go of."""


def played(mind):
    """What was done, and how the run ended."""
    desktop = dry_desktop(Image.new("RGB", (400, 300), "white"), [EDITOR])
    events = list(run("write to Alice", Control(), desktop, mind, OPTIONS))
    return [event for event in events if event.kind == "judged"], events[-1]


UI_TARS = [
    "Thought: I see a letter.\nAction: click(start_box='(56,28)')",
    "Thought: Now the name.\nAction: type(content='ALICE')",
    "Thought: It is there.\nAction: finished(content='Written.')",
]
ASKED = [
    {"action": "left_click", "coordinate": "[{}, {}]"},
    {"action": "type", "text": "ALICE"},
    {"action": "terminate", "status": "success"},
]


def in_json(x, y):
    said = [json.dumps({"name": "computer_use", "arguments": asked}) for asked in ASKED]
    return [f"<tool_call>\n{text}\n</tool_call>".replace('"[{}, {}]"', f"[{x}, {y}]") for text in said]


def in_tags(x, y):
    texts = ["".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in asked.items()) for asked in ASKED]
    texts[0] = texts[0].format(x, y)
    return [f"<tool_call>\n<function=computer_use>\n{text}</function>\n</tool_call>" for text in texts]


def as_holo(x, y):
    calls = [
        {"tool_name": "left_click", "element": "the letter", "x": x, "y": y},
        {"tool_name": "type", "text": "ALICE"},
        {"tool_name": "terminate", "status": "success"},
    ]
    return [json.dumps({"note": None, "thought": "Go on.", "tool_call": call}) for call in calls]


@pytest.mark.parametrize(
    "replies, info, status",
    [
        (UI_TARS, {"units": "pixel", "dialect": "ui_tars"}, "answered"),
        (in_json(56, 28), {"units": "pixel", "offer": "published"}, "success"),
        (in_tags(502, 505), {"units": "grid", "offer": "all"}, "success"),
        (as_holo(502, 505), {"units": "grid", "dialect": "holo"}, "success"),
    ],
    ids=["ui_tars", "pixels", "tags", "holo"],
)
def test_a_run_in_another_dialect_does_what_was_meant(replies, info, status):
    mind = Speaker(replies, Size(112, 56), **info)
    judged, last = played(mind)
    # The middle of the pixel that was meant: of 112 × 56 in a window of 200 × 100 at 10, 20.
    assert judged[0].target == (110, 70)
    assert (judged[1].action["action"], judged[1].action["text"]) == ("type", "ALICE")
    assert (last.kind, last.status) == ("run_finished", status)


@pytest.mark.parametrize(
    "dialect, replies, call",
    [
        ("ui_tars", UI_TARS, "Action: click(start_box='(56,28)')"),
        (
            "holo",
            as_holo(56, 28),
            '"tool_call": {"tool_name": "left_click", "element": "the letter", "x": 56, "y": 28}',
        ),
    ],
)
def test_a_model_that_knows_no_tools_is_shown_its_calls_and_told_what_came_of_them_by_the_person(
    dialect, replies, call
):
    mind = Speaker(replies, Size(112, 56), units="pixel", dialect=dialect)
    played(mind)
    *_, last = mind.asked
    assert last.tools == ()
    assert [message.role for message in last.messages] == ["system", "user", "assistant", "user"]
    assert last.messages[0].text == system_text(dialect, "pixel")
    assert "in pixels of the picture" in last.messages[0].text and "computer_use" not in last.messages[0].text
    # A folded step keeps its call.
    assert call in last.messages[1].text


def test_a_second_look_is_shown_by_the_person_too():
    asked = prompt("do it", [], FRAME, dialect="ui_tars")
    closer = prompt_closer(asked, "Action: …", None, FRAME)
    assert [message.role for message in closer.messages[-2:]] == ["assistant", "user"]


def test_every_call_that_the_words_show_can_be_read():
    shown = [line for line in system_text("ui_tars", "grid").splitlines() if line.endswith(")") and "(" in line]
    assert len(shown) == 10
    for line in shown:
        said = line.replace("(x,y)", "(512,377)")
        assert parse(f"Thought: So.\nAction: {said}").actions, line
    shown = [line for line in system_text("holo", "grid").splitlines() if line.startswith('{"tool_name"')]
    assert len(shown) == 14
    for line in shown:
        assert parse(f'{{"note": null, "thought": "So.", "tool_call": {line}}}').actions, line


def test_the_longest_thought_of_a_folded_step_leaves_its_call_whole():
    call = "Action: click(start_box='(512,377)')"
    past = [PastStep(FRAME, f"Thought: {'so ' * 300}\n{call}", None, "Done.") for _ in range(3)]
    told = prompt("do it", past, FRAME, HistoryPolicy(frames=2, fold=1), dialect="ui_tars").messages[1].text
    assert told.count(call) == 2


@pytest.mark.parametrize("dialect", ["ui_tars", "holo"])
def test_a_model_that_knows_no_tools_is_told_of_none_where_it_called_nothing(dialect):
    mind = Speaker(["I wait.", UI_TARS[-1]], Size(112, 56), dialect=dialect)
    played(mind)
    told = "".join(message.text for message in mind.asked[-1].messages)
    assert "Nothing was called" in told and "tool." not in told
