import ast
import json
import re
from pathlib import Path

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
    Terminate,
    TypeText,
    Wait,
)
from actions.geometry import GridPoint, Rect
from actions.render import describe
from actions.rules import Rule
from agent.assets import asset
from app import translate

ROOT = Path(__file__).resolve().parents[2]
SHELL = [path for path in (ROOT / "app").rglob("*.py") if "practice" not in path.parts]


def texts(part):
    return json.loads(asset("translations/zh_CN.json").read_text("utf-8"))[part]


def spoken():
    """Every text given to tr()."""
    calls = [node for path in SHELL for node in ast.walk(ast.parse(path.read_text("utf-8"))) if is_tr(node)]
    return {ast.literal_eval(call.args[0]) for call in calls}


def is_tr(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "tr"


@pytest.fixture
def chinese():
    translate.use("zh_CN")
    yield
    translate.use("en")


def test_everything_the_shell_says_is_translated_and_nothing_else_is():
    assert spoken() == set(texts("shell"))


@pytest.mark.parametrize("part", ["shell", "recorded"])
def test_translations_have_the_same_places(part):
    places = re.compile(r"\{\w+\}")
    differing = [s for s, t in texts(part).items() if sorted(places.findall(s)) != sorted(places.findall(t))]
    assert differing == []


def test_words_with_places(chinese):
    assert translate.tr("Step {number}", number=3) == "第 3 步"
    assert translate.tr("Never heard of {thing}", thing="it") == "Never heard of it"


AT = GridPoint(10, 20)
ACTIONS = [
    Click(at=AT),
    Click(count=2, at=AT),
    Click(count=3, at=AT),
    Click("right", at=AT),
    Click("middle", at=AT),
    Move(AT),
    Drag(AT),
    Scroll(-3),
    Scroll(3, at=AT),
    Scroll(3, horizontal=True),
    PressKeys(("ctrl", "a")),
    TypeText("A {braced} “text”\n"),
    Wait(2),
    Click(at=AT, keys=("ctrl",)),
    Click(at=AT, seconds=2),
    Drag(AT, (AT, AT)),
    PressKeys(("ctrl", "a"), 2),
    Ask("Which?"),
    FocusApp("Mail"),
    OpenApp("Mail"),
    ReadClipboard(),
    Answer("42"),
    Terminate("success"),
    Terminate("failure"),
]


@pytest.mark.parametrize("action", ACTIONS, ids=describe)
def test_every_action_is_told_in_chinese(chinese, action):
    said = translate.recorded(describe(action))
    assert said != describe(action)
    assert re.search(r"[\u4e00-\u9fff]", said)


def test_what_is_typed_is_told_to_the_letter(chinese):
    assert translate.recorded("Type “A {braced} “text”⏎”") == "输入“A {braced} “text”⏎”"


def test_a_rule_is_told_part_by_part(chinese):
    rule = Rule("gimp", "Notes in the box", Rect(1, 2, 3, 4), frozenset({"ctrl", "q"}))
    said = translate.recorded(f"The person's rules say never: {rule}.")
    assert said == "你的规则禁止：应用程序 gimp、标题含“Notes in the box”的窗口、区域 1,2 3×4、按键 ctrl+q。"


def test_sentences_nobody_knows_stay_as_recorded(chinese):
    assert translate.recorded("A new sentence.") == "A new sentence."


def test_locales():
    assert [translate.language_of(name) for name in ("zh_CN", "zh_TW", "de_AT", "C")] == ["zh_CN", "zh_CN", "en", "en"]


def test_an_unknown_language_is_refused():
    with pytest.raises(KeyError, match="there is no translation into xx"):
        translate.use("xx")
