"""Writes corpus.jsonl: every case's label comes from how the text was made, never from the parser that it tests.

python tests/data/parse/make_corpus.py > tests/data/parse/corpus.jsonl
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import by_hand

ACTIONS = [
    *({"action": name, "coordinate": [512, 377]} for name in (
        "left_click", "right_click", "middle_click", "double_click", "triple_click", "mouse_move", "left_click_drag",
    )),
    {"action": "left_click", "coordinate": [0, 0]},
    {"action": "left_click", "coordinate": [1000, 1000]},
    {"action": "key", "keys": ["ctrl", "s"]},
    {"action": "key", "keys": ["enter"]},
    {"action": "type", "text": "ALICE"},
    {"action": "type", "text": "it's \"7 {a} [b], ok"},
    {"action": "type", "text": "你好，世界：（一）\nzweite Zeile"},
    {"action": "scroll", "pixels": -5},
    {"action": "scroll", "pixels": 10, "coordinate": [5, 999]},
    {"action": "hscroll", "pixels": 3},
    {"action": "wait", "time": 7},
    {"action": "terminate", "status": "success"},
    {"action": "terminate", "status": "failure"},
    {"action": "answer", "text": "42 €"},
]  # fmt: skip


def said(action: dict, **how) -> str:
    return json.dumps({"name": "computer_use", "arguments": action}, ensure_ascii=False, **how)


def tagged(inner: str) -> str:
    return f"<tool_call>\n{inner}\n</tool_call>"


def doubled(action: dict) -> str:
    """Every brace of the structure twice; the action holds none in its texts."""
    return said(action).replace("{", "{{").replace("}", "}}")


def in_tags(action: dict) -> str:
    """Every argument in tags of its own; texts stand there as they are."""
    values = {key: value if isinstance(value, str) else json.dumps(value) for key, value in action.items()}
    said = "".join(f"<parameter={key}>\n{value}\n</parameter>\n" for key, value in values.items())
    return f"<function=computer_use>\n{said}</function>"


WRAPPINGS = {
    "canonical": (lambda a: tagged(said(a)), ""),
    "one line": (lambda a: f"<tool_call>{said(a)}</tool_call>", ""),
    "many lines": (lambda a: tagged(said(a, indent=2)), ""),
    "no close tag": (lambda a: f"<tool_call>\n{said(a)}", ""),
    "half a close tag": (lambda a: f"<tool_call>\n{said(a)}\n</tool_c", ""),
    "no open tag": (lambda a: f"{said(a)}\n</tool_call>", ""),
    "no tags": (said, ""),
    "no tags, after a thought": (lambda a: f"Go on.\n{said(a)}", "Go on."),
    "fence, no tags": (lambda a: f"```json\n{said(a)}\n```", ""),
    "fence inside": (lambda a: tagged(f"```json\n{said(a)}\n```"), ""),
    "one brace too many": (lambda a: tagged(said(a) + "}"), ""),
    "trailing commas": (lambda a: tagged(said(a)[:-2] + ",},}"), ""),
    "a brace missing": (lambda a: tagged(said(a)[:-1]), ""),
    "braces missing": (lambda a: tagged(said(a)[:-2]), ""),
    "arguments beside the name": (lambda a: tagged(json.dumps({"name": "computer_use", **a})), ""),
    "arguments as a string": (lambda a: tagged(json.dumps({"name": "computer_use", "arguments": json.dumps(a)})), ""),
    "no name": (lambda a: tagged(json.dumps(a)), ""),
    "action as the name": (
        lambda a: tagged(json.dumps({"name": a["action"], "arguments": {k: v for k, v in a.items() if k != "action"}})),
        "",
    ),
    "arguments in tags": (lambda a: tagged(in_tags(a)), ""),
    "arguments in tags, after a thought": (lambda a: f"Go on.\n{tagged(in_tags(a))}", "Go on."),
    "arguments in tags, not closed": (lambda a: f"<tool_call>{in_tags(a)}\n</tool_c", ""),
    "arguments in tags, no open tag": (lambda a: f"Go on.\n{in_tags(a)}\n</tool_call>", "Go on."),
    "arguments in tags, no tag around": (in_tags, ""),
    "Python": (lambda a: tagged(repr({"name": "computer_use", "arguments": a | {"secret": None}})), ""),
    "call in thinking": (lambda a: f"I could {tagged(said({'action': 'wait', 'time': 1}))}?\n</think>\n{tagged(said(a))}", None),
}  # fmt: skip


def variants():
    for number, action in enumerate(ACTIONS):
        for name, (make, thought) in WRAPPINGS.items():
            if name == "Python" and "\\" in repr(action.get("text", "")) and '"' in action["text"]:
                continue
            case = {"actions": [action], "text": ""} | ({} if thought is None else {"thought": thought})
            yield f"{name} {number}", "computer_use", make(action), case, f"ours: {name}, from every action"
        if "text" not in action or "{" not in action["text"]:
            case = {"actions": [action], "text": "", "thought": ""}
            yield f"doubled {number}", "computer_use", tagged(doubled(action)), case, "llamadart#43: every brace twice"


def truncations():
    """Every fourth cut inside a call: a number, a list or a string may be half of what was meant."""
    for action in (ACTIONS[0], ACTIONS[1], ACTIONS[11], ACTIONS[15]):
        whole = "<tool_call>\n" + said(action)
        for cut in range(14, len(whole), 4):
            yield (
                f"cut {action['action']} {cut}",
                "computer_use",
                whole[:cut],
                None,
                "performance-and-safety 2f: truncated output",
            )


def truncations_in_tags():
    """Every fifth cut before the end of what is asked for."""
    for action in (ACTIONS[0], ACTIONS[11], ACTIONS[15]):
        whole = "<tool_call>\n" + in_tags(action)
        for cut in range(14, len(whole), 5):
            yield f"cut in tags {action['action']} {cut}", "computer_use", whole[:cut], None, "ours: cut off in tags"


def holo(action: dict) -> str:
    """A turn in Holo's form: the call is flat, and a place is two numbers with a name."""
    rest = {key: value for key, value in action.items() if key not in {"action", "coordinate"}}
    place = {"element": "it", **dict(zip("xy", action["coordinate"], strict=True))} if "coordinate" in action else {}
    call = {"tool_name": action["action"], **rest, **place}
    return json.dumps({"note": "Two are left.", "thought": "Go on.", "tool_call": call}, ensure_ascii=False)


def in_holo():
    thought, source = "Two are left.\nGo on.", "Holo's published form of a turn; the strings are ours"
    for number, action in enumerate(ACTIONS):
        meant = {"actions": [action], "text": "", "thought": thought}
        yield f"holo {number}", "holo", holo(action), meant, source
        yield f"holo, fenced {number}", "holo", f"```json\n{holo(action)}\n```", meant, source
    for action in (ACTIONS[0], ACTIONS[11], ACTIONS[15]):
        whole = holo(action)
        for cut in range(40, len(whole), 6):
            yield f"cut holo {action['action']} {cut}", "holo", whole[:cut], None, "ours: cut off"
    click = json.loads(holo(ACTIONS[0]))
    for name, change in (
        ("half a place", {"tool_call": {"tool_name": "left_click", "x": 5}}),
        ("two places", {"tool_call": click["tool_call"] | {"coordinate": [1, 2]}}),
        ("no name", {"tool_call": {"x": 5, "y": 6}}),
        ("no such tool", {"tool_call": {"tool_name": "fly", "x": 5, "y": 6}}),
        ("two calls", {"tool_call": [click["tool_call"], click["tool_call"]]}),
        ("off the grid", {"tool_call": {"tool_name": "left_click", "x": 1001, "y": 6}}),
        ("more than that", {"arguments": {"action": "wait", "time": 1}}),
    ):
        yield f"holo, {name}", "holo", json.dumps(click | change), None, "ours: it has no meaning, or two"
    yield "holo, words after it", "holo", holo(ACTIONS[0]) + "\nFor example.", None, "ours: perhaps an example"


def main() -> None:
    made = [*by_hand.cases(), *variants(), *truncations(), *truncations_in_tags(), *in_holo()]
    for name, dialect, text, expected, source in made:
        label = {"error": True} if expected is None else expected
        row = {"id": name, "dialect": dialect, "text": text, "expected": label, "source": source}
        print(json.dumps(row, ensure_ascii=False))


if __name__ == "__main__":
    main()
