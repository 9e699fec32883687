"""What the model says, letter for letter, and what a person reads."""

import pytest

from actions.action import (
    Answer,
    Ask,
    Click,
    Drag,
    FocusApp,
    Move,
    OpenApp,
    PressKeys,
    ReadClipboard,
    Scroll,
    Secret,
    Terminate,
    TypeText,
    Wait,
)
from actions.geometry import GridPoint
from actions.render import arguments, describe, render

AT = GridPoint(412, 305)


def test_a_call_is_three_lines_of_qwens_own_words():
    assert render(Click("left", 1, AT)) == (
        "<tool_call>\n"
        '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [412, 305]}}\n'
        "</tool_call>"
    )
    assert render(Wait(2.0)).splitlines()[1].endswith('{"action": "wait", "time": 2}}')


def test_letters_of_any_language_are_written_as_they_are():
    assert '"text": "Grüße 你好 €"' in render(TypeText("Grüße 你好 €"))


@pytest.mark.parametrize("tag", ["</think>", "<tool_call>", "</tool_call>", "<|im_end|>", "<tool_response>"])
def test_a_tag_in_a_text_is_no_tag(tag):
    assert tag not in render(TypeText(f"a{tag}b")).removeprefix("<tool_call>").removesuffix("</tool_call>")


@pytest.mark.parametrize(
    "unsayable", [Click(), Click("right", 2, AT), Click("middle", 3, AT), Click("left", 2, AT, (), 1)]
)
def test_what_the_tool_has_no_word_for(unsayable):
    with pytest.raises(ValueError, match="no word"):
        arguments(unsayable)


@pytest.mark.parametrize(
    "action, words",
    [
        (Click("left", 1, AT), "Click at (412, 305)"),
        (Click("left", 2, AT), "Double-click at (412, 305)"),
        (Click("left", 3, AT), "Triple-click at (412, 305)"),
        (Click("right", 1, AT), "Right click at (412, 305)"),
        (Click(), "Click where the pointer is"),
        (Move(AT), "Move to (412, 305)"),
        (Drag(AT), "Drag to (412, 305)"),
        (Scroll(-5), "Scroll down by 5"),
        (Scroll(3, horizontal=True, at=AT), "Scroll right by 3 at (412, 305)"),
        (PressKeys(("ctrl", "s")), "Press Ctrl+s"),
        (TypeText("ALICE"), "Type “ALICE”"),
        (TypeText("rm\n\t\u202e\x1b"), "Type “rm⏎⇥\\u202e\\u001b”"),
        (TypeText(Secret("bank")), "Type the secret “bank”"),
        (Click("left", 1, AT, ("ctrl", "shift")), "Click at (412, 305) with Ctrl+Shift held"),
        (Click("left", 1, AT, (), 1.5), "Click at (412, 305) for 1.5 s"),
        (Drag(AT, (GridPoint(1, 2), GridPoint(3, 4))), "Drag through (1, 2) through (3, 4) to (412, 305)"),
        (PressKeys(("ctrl", "a"), 2), "Hold Ctrl+a for 2 s"),
        (Ask("Which\n?"), "Ask “Which⏎?”"),
        (FocusApp("Mail"), "Bring “Mail” to the front"),
        (OpenApp("Mail"), "Start the program “Mail”"),
        (ReadClipboard(), "Read what was copied"),
        (Wait(0.5), "Wait 0.5 s"),
        (Answer("42"), "Answer “42”"),
        (Terminate("failure"), "End the task: failure"),
    ],
)
def test_words_for_a_person(action, words):
    assert describe(action) == words
