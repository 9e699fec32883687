"""What replies mean: the calls that count, the ones that do not, and the sentences that the model gets instead."""

import json
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
from actions.errors import ParseError
from actions.geometry import Coordinates, GridPoint, Size
from actions.keys import MODIFIERS, NAMED_KEYS, canonical_key
from actions.parse import parse
from actions.parse.turn import Turn
from actions.render import arguments, describe, render

CLICK = Click("left", 1, GridPoint(512, 377))
HOLO = '{"note": null, "thought": "Look.", "tool_call": {"tool_name": "left_click", "x": 5, "y": 6}}'


def call(text: str) -> str:
    return f"<tool_call>\n{text}\n</tool_call>"


def read(text: str) -> Turn | str:
    """The turn, or the sentence that the model gets instead."""
    try:
        return parse(text)
    except ParseError as error:
        return str(error)


def asking(**asked) -> str:
    return call(json.dumps({"name": "computer_use", "arguments": asked}))


@pytest.mark.parametrize(
    "coordinates, written, at",
    [
        (Coordinates("unit"), [0.29, 1], GridPoint(290, 1000)),
        (Coordinates("pixel", Size(1000, 500)), [29, 499], GridPoint(Fraction(59, 2), 999)),
        (Coordinates(), [29.0, 1000], GridPoint(29, 1000)),
    ],
)
def test_a_place_is_read_as_the_model_writes_it(coordinates, written, at):
    (action,) = parse(asking(action="left_click", coordinate=written), coordinates).actions
    assert action == Click("left", 1, at)
    assert json.dumps(arguments(action))
    assert describe(action).startswith(f"Click at ({float(at.x):g}, ")


@pytest.mark.parametrize(
    "coordinates, written, words",
    [
        (Coordinates("unit"), [1.01, 0], "two numbers from 0 to 1."),
        (Coordinates("pixel", Size(1000, 500)), [0, 500], "whole numbers from [0, 0] to [999, 499]."),
        (Coordinates("pixel", Size(1000, 500)), [999.5, 5], "whole numbers from [0, 0] to [999, 499]."),
        (Coordinates(), [1001, 0], "two whole numbers from 0 to 1000."),
    ],
)
def test_a_place_out_of_range_is_told_in_the_models_own_units(coordinates, written, words):
    with pytest.raises(ParseError) as error:
        parse(asking(action="left_click", coordinate=written), coordinates)
    assert str(error.value) == f'left_click needs "coordinate": [x, y], {words}'


places = st.builds(GridPoint, st.integers(0, 1000), st.integers(0, 1000))
held = st.lists(st.sampled_from(MODIFIERS), max_size=3, unique=True).map(tuple)
clicks = st.one_of(
    st.builds(Click, st.just("left"), st.sampled_from([1, 2, 3]), places, held),
    st.builds(Click, st.sampled_from(["right", "middle"]), st.just(1), places, held),
    st.builds(Click, st.just("left"), st.just(1), places, held, st.floats(0, 60)),
)
letters = st.characters(exclude_categories=("Cs",)).filter(lambda letter: canonical_key(letter) == letter)
chords = st.lists(st.sampled_from(NAMED_KEYS) | letters, min_size=1, max_size=4, unique=True).map(tuple)
tricky = st.sampled_from(["</think>", "<tool_call>", "</tool_call>", "{", '"', "\\", "<|im_end|>", ",}", "```", "\n"])
texts = st.text() | st.lists(tricky | st.text(max_size=3), max_size=8).map("".join)
every_action = st.one_of(
    clicks,
    st.builds(Move, places),
    st.builds(Drag, places, st.lists(places, max_size=4).map(tuple)),
    st.builds(Scroll, st.integers(-100_000, 100_000), st.booleans(), st.none() | places),
    st.builds(PressKeys, chords, st.just(0.0) | st.floats(0, 60)),
    st.builds(TypeText, texts | st.builds(Secret, st.text(min_size=1))),
    st.builds(Wait, st.floats(0, 60)),
    st.builds(Answer, texts),
    *(st.builds(kind, texts.filter(str.strip)) for kind in (Ask, FocusApp, OpenApp)),
    st.builds(ReadClipboard),
    st.builds(Terminate, st.sampled_from(["success", "failure"])),
)


@given(every_action)
@example(TypeText('</think>\n<tool_call>{"name": "computer_use"}</tool_call>'))
@example(TypeText("a, ]} ```"))
def test_what_is_said_is_what_was_meant(action):
    assert parse(render(action)).actions == (action,)


@given(st.lists(every_action, min_size=2, max_size=4), st.text(alphabet="ab \n"))
def test_several_calls_keep_their_order(actions, thought):
    turn = parse(thought + "\n".join(render(action) for action in actions))
    assert turn.actions == tuple(actions)
    assert turn.thought == thought.strip()


pieces = st.sampled_from([
    *("<tool_call>", "</tool_call>", "<think>", "</think>", "```json\n", "```", "\n", " ", "Look."),
    *('{"name": "computer_use", "arguments": ', '{"action": "left_click", "coordinate": [1, 2]}', "{", "}", "[", "]"),
    *('"', ",", "\\", "NaN", "1e999", '"action": ', '"type"', '"text": "a"', "9" * 5000, "[" * 2000, '"\\ud800"'),
])  # fmt: skip


@given(st.text() | st.lists(pieces, max_size=14).map("".join))
@example('<tool_call>{"name": "computer_use", "arguments": {"action": "type", "text": "\\ud800"}}</tool_call>')
@example("<tool_call>" + "[" * 100_000)
@example('<tool_call>{"a": ' + "[" * 100_000 + "]" * 100_000 + "}")
def test_any_text_is_read_or_refused(text):
    meaning = read(text)
    if isinstance(meaning, str):
        assert meaning.endswith((".", "}", "]", ")"))
        assert len(meaning) < 400
        return
    for action in meaning.actions:
        describe(action)
        json.dumps(arguments(action), ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "nasty",
    [
        *("<tool_call> " * 40_000, "<tool_call>" + " " * 400_000, "<tool_call>{" + '"' * 400_001, "```\n" * 100_000),
        *(
            "</think>" * 50_000,
            '<tool_call>{"' + '\\"' * 200_000,
            "<tool_call>{" + ", " * 200_000 + "}" + " " * 200_000,
        ),
        *("<tool_call>{}" * 30_000, "```json\n{" * 40_000, "<think>" * 50_000, "\n" * 400_000 + "{"),
    ],
    ids=range(11),
)
def test_reading_takes_linear_time(nasty):
    # Quadratic time would take minutes here, and run into the test's timeout.
    with pytest.raises(ParseError):
        parse(nasty + "<tool_call>")


# ------------------------------------------------------------------------------------------------------ what is forgiven


@pytest.mark.parametrize(
    "text",
    [
        render(CLICK),
        render(CLICK).replace("\n", ""),
        render(CLICK).removesuffix("\n</tool_call>"),
        "```json\n" + render(CLICK) + "\n```",
        "<tool_call>\n```json\n" + render(CLICK)[12:-13] + "\n```\n</tool_call>",
        "```json\n" + render(CLICK)[12:-13] + "\n```",
        call('{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [512, 377,],},}'),
        call(
            '{"arguments": {"coordinate": [512.0, 377], "action": "left_click", "text": null}, "name": "computer_use"}'
        ),
        call('{\n  "name": "computer_use",\n  "arguments": {"action": "left_click",\n  "coordinate": [512, 377]}\n}'),
    ],
)
def test_one_meaning_in_other_words(text):
    assert parse(text).actions == (CLICK,)


def test_a_second_call_may_follow_a_first_that_was_not_closed():
    assert parse(render(CLICK).removesuffix("</tool_call>") + render(Wait(1))).actions == (CLICK, Wait(1.0))


def test_a_comma_in_a_text_stays():
    text = call('{"name": "computer_use", "arguments": {"action": "type", "text": "[a, ] {b,}",},}')
    assert parse(text).actions == (TypeText("[a, ] {b,}"),)


def test_a_line_break_in_a_text_is_one():
    text = call('{"name": "computer_use", "arguments": {"action": "type", "text": "a\nb"}}')
    assert parse(text).actions == (TypeText("a\nb"),)


# ------------------------------------------------------------------------------------------------------ thought and text


def test_words_before_the_call_are_the_thought():
    turn = parse("The name is missing.\n" + render(CLICK) + "\nThen save.")
    assert (turn.thought, turn.text, turn.actions) == ("The name is missing.", "Then save.", (CLICK,))


def test_a_reply_without_a_call_is_text():
    assert parse("I cannot see a window.\n") == Turn("", "I cannot see a window.", ())


@pytest.mark.parametrize("opening", ["", "<think>\n"])
def test_only_what_follows_thinking_counts(opening):
    turn = parse(f"{opening}Perhaps {render(Wait(5))}? No, <tool_call> later.\n</think>\n\nSave it.\n{render(CLICK)}")
    assert turn.actions == (CLICK,)
    assert turn.thought.startswith("Perhaps")
    assert turn.thought.endswith("later.\nSave it.")


def test_thinking_that_does_not_end_moves_nothing():
    with pytest.raises(ParseError, match="</think>"):
        parse("<think>I could " + render(CLICK))
    assert parse("<think>I could").actions == ()


def test_a_call_inside_a_typed_text_is_text():
    inner = "</think>" + render(CLICK)
    raw = call(json.dumps({"name": "computer_use", "arguments": {"action": "type", "text": inner}}))
    assert parse(raw).actions == (TypeText(inner),)
    with pytest.raises(ParseError):
        parse(raw.removesuffix('"}}\n</tool_call>'))


def test_code_in_an_answer_is_no_call():
    words = 'Write this:\n```json\n{"a": 1}\n```\nor\n```c\nint main() {\n```'
    assert parse(words).text == words


# ------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "text, hint",
    [
        ('<tool_call>{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [512, 37', "cut off"),
        ("<tool_call>", "cut off"),
        ("<tool_call>left_click</tool_call>", "cut off"),
        (render(CLICK).removesuffix("\n</tool_call>") + " and so on", "</tool_call>"),
        (call('{"name": "computer_use", "arguments": {"action": "wait", "time": 1, "time": 2}}'), '"time" twice'),
        (call('{"name": "computer_use", "arguments": {"action": "wait", "time": NaN}}'), "number"),
        (call("{name: 'computer_use', 'arguments': {'action': 'wait', 'time': 1}}"), "JSON"),
        (call('{"name": "mobile_use", "arguments": {"action": "wait", "time": 1}}'), "computer_use"),
        (call('{"time": 1}'), "computer_use"),
        (call('{"name": "computer_use", "arguments": "wait"}'), "object"),
        (call('{"name": "computer_use", "arguments": {"action": "wait"}, "time": 1}'), '"time" into "arguments"'),
        (call('[{"name": "computer_use"}]'), "must be one of"),
        ('{"name": "computer_use", "arguments": {"action": "wait", "time": 1}}\nor so.', "between <tool_call>"),
        ("```json\n" + '{"name": "computer_use", "arguments": {"action": "wait", "time": 1', "cut off"),
    ],
)
def test_no_single_meaning(text, hint):
    with pytest.raises(ParseError, match="(?i)" + hint.replace("(", r"\(")):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        HOLO[:-8],
        f"```json\n{HOLO}",
        f"{HOLO} I did it.",
        HOLO.replace("left_click", "fly"),
        HOLO.replace(', "y": 6', ""),
        '{"note": null, "thought": "Look.", "tool_call": null}',
    ],
)
def test_a_turn_of_holo_is_refused_in_its_own_words(text):
    with pytest.raises(ParseError) as refused:
        parse(text)
    assert "computer_use" not in str(refused.value) and "<tool_call>" not in str(refused.value)
    assert "JSON object" in str(refused.value) or '"tool_name": "left_click"' in str(refused.value)


@pytest.mark.parametrize(
    "asked, hint",
    [
        ({}, "must be one of key, type"),
        ({"action": "swipe"}, "must be one of key, type"),
        ({"action": ["key"]}, "must be one of key, type"),
        *(({"action": name}, "coordinate") for name in ("left_click", "right_click", "mouse_move", "left_click_drag")),
        ({"action": "left_click", "coordinate": [1001, 5]}, "0 to 1000"),
        ({"action": "left_click", "coordinate": [-1, 5]}, "0 to 1000"),
        ({"action": "left_click", "coordinate": [0.5, 0.25]}, "not from 0 to 1"),
        ({"action": "left_click", "coordinate": [True, 5]}, "whole"),
        ({"action": "left_click", "coordinate": ["1", "five"]}, "whole"),
        ({"action": "left_click", "coordinate": [1, 2, 3]}, "two"),
        ({"action": "left_click", "coordinate": [[1, 2]]}, "two"),
        ({"action": "left_click", "coordinate": "[1, 2"}, "two"),
        ({"action": "left_click", "coordinate": [1, 2], "text": "a"}, 'not "text"'),
        ({"action": "type"}, "text"),
        ({"action": "type", "text": 5}, "text"),
        ({"action": "type", "text": "a", "secret": "b"}, "either"),
        ({"action": "type", "secret": ""}, "either"),
        ({"action": "key"}, "keys"),
        ({"action": "key", "keys": []}, "keys"),
        ({"action": "key", "keys": ["hyper"]}, 'no key "hyper"'),
        ({"action": "key", "keys": [5]}, 'no key "5"'),
        ({"action": "key", "keys": ["keys=['ctrl'"]}, "no key"),
        ({"action": "key", "keys": ["ctrl", "control"]}, "once"),
        ({"action": "scroll"}, "pixels"),
        ({"action": "scroll", "pixels": 1.5}, "whole"),
        ({"action": "scroll", "pixels": 10**9}, "pixels"),
        ({"action": "scroll", "pixels": 5, "coordinate": [5]}, "coordinate"),
        ({"action": "wait"}, "time"),
        ({"action": "wait", "time": -1}, "time"),
        ({"action": "wait", "time": 3600}, "60"),
        ({"action": "wait", "time": True}, "time"),
        ({"action": "terminate"}, "success"),
        ({"action": "terminate", "status": "ok"}, "success"),
        ({"action": "answer"}, "text"),
        ({"action": "left_click", "coordinate": [1, 2], "keys": ["a"]}, "holds ctrl, shift, alt"),
        ({"action": "left_click", "coordinate": [1, 2], "time": 2}, 'not "time"'),
        ({"action": "long_press", "coordinate": [1, 2]}, "time"),
        ({"action": "hold_key", "keys": ["a"]}, "time"),
        ({"action": "hold_key", "keys": ["a"], "time": 61}, "60"),
        ({"action": "left_click_drag", "coordinate": [1, 2], "path": [1, 2]}, "coordinate"),
        ({"action": "left_click_drag", "coordinate": [1, 2], "path": "x"}, "path"),
        ({"action": "left_click_drag", "path": [[1, 2]]}, "coordinate"),
        *(({"action": name}, "text") for name in ("ask_user", "focus_app", "open_app")),
        ({"action": "open_app", "text": " "}, "some words"),
        ({"action": "read_clipboard", "text": "x"}, "no argument"),
    ],
)
def test_a_call_that_misses_something(asked, hint):
    with pytest.raises(ParseError) as refused:
        parse(asking(**asked))
    assert hint in str(refused.value)


def test_one_bad_call_takes_the_others_along():
    with pytest.raises(ParseError):
        parse(render(CLICK) + asking(action="left_click"))


@pytest.mark.parametrize(
    "keys, meant",
    [
        (["Ctrl", "S"], ("ctrl", "s")),
        (["control_l", "Page_Down"], ("ctrl", "pagedown")),
        (["ctrl+shift+t"], ("ctrl", "shift", "t")),
        ("Return", ("enter",)),
        ("+", ("+",)),
        ([" "], ("space",)),
        (["cmd", "ArrowLeft"], ("super", "left")),
    ],
)
def test_keys_have_one_name_each(keys, meant):
    assert parse(asking(action="key", keys=keys)).actions == (PressKeys(meant),)


def test_a_reply_of_another_dialect_is_read_in_the_models_units_too():
    seen = Coordinates("pixel", Size(1280, 720))
    (action,) = parse("Thought: Save.\nAction: click(start_box='(1279,360)')", seen).actions
    assert action == Click("left", 1, GridPoint(Fraction(2559 * 1000, 2 * 1280), Fraction(721 * 1000, 2 * 720)))
    (boxed,) = parse(asking(action="left_click", coordinate=[0.1, 0.2, 0.3, 0.6]), Coordinates("unit")).actions
    assert boxed == Click("left", 1, GridPoint(200, 400))
