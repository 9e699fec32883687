"""What the grammar of a call lets through, and what not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer

from actions.action import Click, Drag, Move, PressKeys, TypeText
from actions.geometry import GridPoint, Size
from actions.parse import parse
from actions.render import render
from actions.schema import ACTION_NAMES
from agent.assets import asset
from agent.mind.grammar import CALL, CALL_END, _up_to, call_grammar
from agent.mind.guide import Guides

SIZE = Size(1280, 800)
HALVES = {"left_mouse_down", "left_mouse_up", "key_down", "key_up"}


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(asset("models/nano"))


@pytest.fixture(scope="module")
def takes(tokenizer):
    """Whether a call is one of the grammar's."""
    guides = Guides(tokenizer)

    def asked(text, units="grid", offer="published", form="json"):
        guide = guides.begin(call_grammar(units, offer, SIZE, form))
        assert text.startswith(CALL)
        ids = tokenizer.encode(text.removeprefix(CALL), add_special_tokens=False)
        return all(guide.take(token) for token in ids) and guide.ended

    return asked


def call(**arguments):
    return f"{CALL}\n{json.dumps({'name': 'computer_use', 'arguments': arguments}, ensure_ascii=False)}\n{CALL_END}"


def in_tags(**arguments):
    """The same as Qwen3.5's template has it."""
    values = {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}
    said = "".join(f"\n<parameter={key}>\n{value}\n</parameter>" for key, value in values.items())
    return f"{CALL}\n<function=computer_use>{said}\n</function>\n{CALL_END}"


def tagged(text):
    """A call in JSON, in tags."""
    return in_tags(**json.loads(text.removeprefix(CALL).removesuffix(CALL_END))["arguments"])


def turn(*calls, write=call):
    """Some calls one after the other."""
    return "\n".join(write(action=name, **arguments) for name, arguments in calls)


PUBLISHED = [
    call(action="left_click", coordinate=[0, 1000]),
    call(action="left_click_drag", coordinate=[500, 7]),
    call(action="key", keys=["ctrl", "shift", "t"]),
    call(action="key", keys=["enter"]),
    call(action="key", keys=["super"]),
    call(action="key", keys=['"']),
    call(action="type", text='Grüße, 世界 "quoted" \\ \n'),
    call(action="type", text=""),
    call(action="scroll", pixels=-5, coordinate=[1, 2]),
    call(action="hscroll", pixels=10),
    call(action="wait", time=2.5),
    call(action="terminate", status="failure"),
    call(action="answer", text="42 < 43"),
]
OURS = [
    call(action="left_click", coordinate=[1, 2], keys=["ctrl"]),
    call(action="left_click_drag", coordinate=[1, 2], path=[[3, 4], [5, 6]]),
    call(action="long_press", coordinate=[1, 2], time=60),
    call(action="hold_key", keys=["a"], time=0.5),
    call(action="ask_user", text="Which one?"),
    call(action="read_clipboard"),
]


@pytest.mark.parametrize("text", PUBLISHED)
def test_calls_as_models_were_trained_on_them_are_let_through(takes, text):
    assert takes(text)
    assert takes(text, offer="all")


@pytest.mark.parametrize("text", OURS)
def test_further_actions_are_let_through_where_they_are_offered(takes, text):
    assert takes(text, offer="all")
    assert not takes(text)


@pytest.mark.parametrize(
    "text",
    [
        call(action="left_click", coordinate=[1001, 0]),
        call(action="left_click", coordinate=[-1, 0]),
        call(action="left_click", coordinate=[1.5, 0]),
        call(action="left_click", coordinate=[1]),
        call(action="left_click"),
        call(action="fly", coordinate=[1, 2]),
        call(action="key", keys=["ctrl", "ctrl"]),
        call(action="key", keys=[]),
        call(action="key", keys=["foo"]),
        call(action="wait", time=61),
        call(action="terminate", status="done"),
        call(action="type", text="</tool_call>"),
        call(action="scroll", pixels=0.5),
        call(coordinate=[1, 2], action="left_click"),
        call(action="ask_user", text="  "),
        *(call(action=name, coordinate=[1, 2]) for name in sorted(HALVES)),
        turn(("left_mouse_down", {}), ("left_click", {"coordinate": [1, 2]}), ("left_mouse_up", {})),
        turn(("left_mouse_down", {}), ("key_up", {"keys": ["ctrl"]})),
        turn(("key_down", {"keys": ["ctrl"]}), ("key_up", {"keys": ["shift"]})),
        turn(("key_down", {"keys": ["ctrl"]}), ("mouse_move", {"coordinate": [1, 2]}), ("key_up", {"keys": ["ctrl"]})),
        turn(("left_click", {"coordinate": [1, 2]}), ("left_click", {"coordinate": [1, 2]})),
    ],
)
def test_what_could_not_be_done_is_not(takes, text):
    assert not takes(text, offer="all")


@pytest.mark.parametrize(
    "calls, done",
    [
        (
            [
                ("left_mouse_down", {"coordinate": [1, 2]}),
                ("mouse_move", {"coordinate": [3, 4]}),
                ("left_mouse_up", {}),
            ],
            [Move(GridPoint(1, 2)), Drag(GridPoint(3, 4))],
        ),
        ([("left_mouse_down", {}), ("left_mouse_up", {"coordinate": [5, 6]})], [Drag(GridPoint(5, 6))]),
        (
            [
                ("key_down", {"keys": ["ctrl", "shift"]}),
                ("left_click", {"coordinate": [1, 2]}),
                ("right_click", {"coordinate": [3, 4]}),
                ("key_up", {"keys": ["ctrl", "shift"]}),
            ],
            [
                Click(at=GridPoint(1, 2), keys=("ctrl", "shift")),
                Click("right", at=GridPoint(3, 4), keys=("ctrl", "shift")),
            ],
        ),
        ([("key_down", {"keys": ["alt"]}), ("key_up", {"keys": ["alt"]})], [PressKeys(("alt",))]),
    ],
)
@pytest.mark.parametrize("form, write", [("json", call), ("tags", in_tags)])
def test_what_is_held_from_call_to_call_is_let_go_in_the_same_turn(takes, calls, done, form, write):
    text = turn(*calls, write=write)
    assert takes(text, offer="all", form=form)
    assert not takes(text, form=form)
    assert list(parse(text).actions) == done


@pytest.mark.parametrize("text", PUBLISHED + OURS)
def test_what_is_let_through_in_json_is_let_through_in_tags_and_means_the_same(takes, text):
    assert takes(tagged(text), offer="all", form="tags")
    assert takes(tagged(text), form="tags") is (text in PUBLISHED)
    assert not takes(tagged(text), offer="all")
    assert parse(tagged(text)).actions == parse(text).actions


@pytest.mark.parametrize(
    "said",
    ["a <b>c</b> < d <", "x = [1, 2", '"{}" \\n', " \n two\n\n", "<table><th>1</th>", "<tool_response> </tool_call <"],
)
def test_a_text_in_tags_is_taken_as_it_stands(takes, said):
    assert takes(in_tags(action="type", text=said), form="tags")
    assert parse(in_tags(action="type", text=said)).actions == (TypeText(said),)


@pytest.mark.parametrize(
    "text",
    [
        in_tags(action="left_click", coordinate=[1001, 0]),
        in_tags(action="left_click"),
        in_tags(action="fly", coordinate=[1, 2]),
        in_tags(action="terminate", status="done"),
        in_tags(action="type", text="a</parameter>b"),
        *(in_tags(action="type", text=f"a <{mark}> b") for mark in ("tool_call", "/tool_call", "think", "/think")),
        in_tags(action="ask_user", text="Is <<think> right?"),
        in_tags(action="ask_user", text="  "),
    ],
)
def test_what_could_not_be_done_is_not_in_tags_either(takes, text):
    assert not takes(text, offer="all", form="tags")


@pytest.mark.parametrize("units, most", [("grid", [1000, 1000]), ("pixel", [1279, 799])])
def test_places_end_with_the_picture(takes, units, most):
    assert takes(call(action="left_click", coordinate=most), units)
    for beyond in ([most[0] + 1, 0], [0, most[1] + 1]):
        assert not takes(call(action="left_click", coordinate=beyond), units)


@pytest.mark.parametrize("place, within", [([0.25, 1], True), ([0, 0.1234], True), ([1.5, 0], False), ([2, 0], False)])
def test_fractions_are_of_the_picture(takes, place, within):
    assert takes(call(action="left_click", coordinate=place), "unit") is within


def test_pixels_of_a_picture_of_unknown_size_mean_nothing():
    with pytest.raises(ValueError, match="size"):
        call_grammar("pixel")


def test_every_action_that_is_offered_is_in_it():
    grammar = call_grammar("grid", "all")
    assert all(f'"{name}\\"' in grammar for name in ACTION_NAMES)


@pytest.mark.parametrize("text", [*PUBLISHED, *OURS])
def test_what_is_written_again_is_let_through_again(takes, text):
    (action,) = parse(text).actions
    assert takes(render(action), offer="all")


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_a_pattern_of_numbers_up_to_one_takes_these_alone(most, number):
    import re

    pattern = _up_to(most).strip("/")
    assert bool(re.fullmatch(pattern, str(number))) is (number <= most)
    assert not re.fullmatch(pattern, f"0{number}")
