"""Cases written and labelled one by one: (id, dialect, text, expected or None where it must be refused, source)."""

AT = [512, 377]
CLICK = {"action": "left_click", "coordinate": AT}
PEERS = "peers.md 5a, the 25: "
TARS = "peers.md 5a, the 18: "
DESKTOP = "bytedance/UI-TARS-desktop action-parser tests: "


def call(arguments: str, name: str = "computer_use") -> str:
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def click(coordinate: str) -> str:
    return call(f'{{"action": "left_click", "coordinate": {coordinate}}}')


def does(*actions: dict, **more) -> dict:
    return {"actions": list(actions), **more}


def at(x: int, y: int) -> dict:
    return does({"action": "left_click", "coordinate": [x, y]})


def typed(text: str) -> dict:
    return does({"action": "type", "text": text})


def keys(*names: str) -> dict:
    return does({"action": "key", "keys": list(names)})


NOTHING = {"actions": []}

# Text, meaning, source. `None` must be refused.
PEERS_25 = [
    (
        '<tool_call>{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [512, 377]}}</tool_call>',
        does(CLICK),
        "one line",
    ),
    (click("[1000, 1000]"), at(1000, 1000), "coordinate 1000"),
    (click("[500, 370, 524, 384]"), does(CLICK), "4-number box: its centre"),
    (click('"[512, 377]"'), does(CLICK), "coordinate as a string"),
    (
        call('{"action": "triple_click", "coordinate": [512, 377]}'),
        does({"action": "triple_click", "coordinate": AT}),
        "triple_click",
    ),
    (call('{"action": "hscroll", "pixels": -3}'), does({"action": "hscroll", "pixels": -3}), "hscroll"),
    (call('{"action": "answer", "text": "Three."}'), does({"action": "answer", "text": "Three."}), "answer"),
    (
        call('{"action": "scroll", "pixels": -5, "coordinate": [512, 377]}'),
        does({"action": "scroll", "pixels": -5, "coordinate": AT}),
        "scroll with coordinate",
    ),
    (call('{"action": "wait", "time": 7}'), does({"action": "wait", "time": 7}), "wait 7"),
    (
        call('{"action": "terminate", "status": "failure"}'),
        does({"action": "terminate", "status": "failure"}),
        "terminate failure",
    ),
    (call('{"action": "type", "text": "it\'s"}'), typed("it's"), "apostrophe"),
    (call('{"action": "type", "text": "a\nb"}'), typed("a\nb"), "newline in text"),
    (call('{"action": "type", "text": "你好"}'), typed("你好"), "CJK"),
    (call('{"action": "key", "keys": "ctrl+c"}'), keys("ctrl", "c"), "keys as a string"),
    (call('{"action": "key", "keys": []}'), None, "keys empty"),
    (click("[512, 377]").replace("}}", "}}}"), does(CLICK), "doubled closing brace"),
    (click("[512, 377]").removesuffix("\n</tool_call>"), does(CLICK), "missing close tag"),
    (
        '```json\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [512, 377]}}\n```',
        does(CLICK),
        "fenced, no tags",
    ),
    (
        "I should use <tool_call> now.\n</think>\n" + click("[512, 377]"),
        does(CLICK, thought="I should use <tool_call> now."),
        "mention in thinking",
    ),
    (
        click("[512, 377]") + "\n" + call('{"action": "wait", "time": 1}'),
        does(CLICK, {"action": "wait", "time": 1}),
        "two calls",
    ),
    (call('{"action": "left_click", "coordinate": [512, 377], "text": null}'), does(CLICK), "JSON null"),
    (call('{"action": "left_click", "coordinate": [true, false]}'), None, "JSON true/false"),
    (call('{"action": "type", "text": "{a} }} {{"}'), typed("{a} }} {{"), "braces in text"),
    (click("[0, 0]"), at(0, 0), "origin"),
    (call('{"action": "left_click", "coordinate": [512, 377]}', "mobile_use"), None, "wrong tool name"),
]

PLACES = [
    ("[１２, ３４]", at(12, 34), "full-width digits"), ("（512，377）", does(CLICK), "full-width tuple"),
    ("[512.0, 377]", does(CLICK), "whole floats"), ('["512", "377"]', does(CLICK), "numbers as strings"),
    ("(512, 377)", does(CLICK), "Python tuple"), ("[[500, 370], [524, 384]]", does(CLICK), "box of two corners"),
    ("[524, 384, 500, 370]", does(CLICK), "inverted box"), ('"512, 377"', does(CLICK), "words"),
    ('"(512,377)"', does(CLICK), "words"), ('"<point>512 377</point>"', does(CLICK), "UI-TARS point"),
    ("[512, 377,]", does(CLICK), "trailing comma"), ("[512.4, 376.6]", does(CLICK), "fractions: nearest"),
    ("[1, 2, 3]", None, "three numbers"), ("[[512, 377]]", None, "nested once"), ("[512]", None, "one number"),
    ("[]", None, "none"), ('"[512, 37"', None, "cut string"), ("[1001, 5]", None, "off the grid"),
    ("[-1, 5]", None, "negative"), ("[0.5, 0.25]", None, "0 to 1"), ("[1.0, 1.0]", None, "two readings"),
    ("[NaN, 5]", None, "NaN"), ("[Infinity, 5]", None, "Infinity"), ("[1e999, 5]", None, "beyond a float"),
    ("[" + "9" * 400 + ", 5]", None, "huge"), ("[0512, 377]", None, "leading zero"), ("[+512, 377]", None, "plus sign"),
    ("[512 377]", None, "no comma"), ("[512,, 377]", None, "two commas"), ("[512px, 377px]", None, "units"),
    ("[٥١٢, 377]", None, "other digits"), ('{"x": 512, "y": 377}', None, "an object"), ("512", None, "a number"),
    ("[512, [377]]", None, "crooked nesting"), ("[512, 377}", None, "wrong bracket"), ("[0x200, 5]", None, "hexadecimal"),
    ("[1_0, 5]", None, "Python underscore"), ("[2178, 428]", None, "Qwen3-VL#870: absolute pixels"),
    ('"__import__(\'os\')"', None, "trycua/cua#1953: code"), ("[512, None]", None, "null inside"),
]  # fmt: skip

KEYS = [
    ('["Ctrl", "C"]', ("ctrl", "c")), ('["control_l", "Page_Down"]', ("ctrl", "pagedown")), ('"Return"', ("enter",)),
    ('"page down"', ("pagedown",)), ('"ctrl c"', ("ctrl", "c")), ('"ctrl-shift-t"', ("ctrl", "shift", "t")),
    ('"ctrl++"', ("ctrl", "+")), ('["+"]', ("+",)), ('["cmd", "space"]', ("super", "space")), ('"esc"', ("esc",)),
    ('["keys=[\'ctrl\'", "\'c\']"]', ("ctrl", "c")), ('"[\'ctrl\', \'c\']"', ("ctrl", "c")), ('["ArrowLeft"]', ("left",)),
    ('["keys=[\'ctrl\'"]', None), ('["hyper"]', None), ("[5]", None), ('["ctrl", "control"]', None), ('""', None),
    ('"hello world"', None), ('["c c"]', None), ('{"key": "a"}', None),
]  # fmt: skip

ARGUMENTS = [
    ('{"action": "click", "coordinate": [512, 377]}', does(CLICK), "qwen3vl.md 1.3: click"),
    ('{"action": "left_double", "point": [5, 6]}', does({"action": "double_click", "coordinate": [5, 6]}), "aliases"),
    ('{"action": "Left Click", "bbox_2d": [500, 370, 524, 384]}', does(CLICK), "aliases"),
    ('{"action": "hover", "position": [5, 6]}', does({"action": "mouse_move", "coordinate": [5, 6]}), "aliases"),
    ('{"action": "hotkey", "key": "alt+tab"}', keys("alt", "tab"), "aliases"),
    ('{"action": "input_text", "content": "x"}', typed("x"), "aliases"),
    ('{"action": "sleep", "seconds": "2.5"}', does({"action": "wait", "time": 2.5}), "aliases, number as string"),
    ('{"action": "scroll", "pixels": "-5"}', does({"action": "scroll", "pixels": -5}), "number as string"),
    ('{"action": "left_click_drag", "start_coordinate": [1, 2], "coordinate": [3, 4]}', does({"action": "mouse_move", "coordinate": [1, 2]}, {"action": "left_click_drag", "coordinate": [3, 4]}), "drag with its start"),
    ('{"action": "wait", "time": 1, "time": 1}', does({"action": "wait", "time": 1}), "twice the same"),
    ('{"action": "terminate", "status": "Failed"}', does({"action": "terminate", "status": "failure"}), "aliases"),
    ('{"action": "type", "text": "\\u0041\\ud83d\\ude00"}', typed("A😀"), "escapes"),
    ('{"action": "type", "text": "a\tb"}', typed("a\tb"), "control character"),
    ('{"action": "type", "text": "\\u001b[2J"}', typed("\x1b[2J"), "control character, escaped"),
    ('{"action": "type", "text": "<tool_call>{}</tool_call>"}', typed("<tool_call>{}</tool_call>"), "opencode#17750: tags in text"),
    ('{"action": "type", "text": "</think>"}', typed("</think>"), "tags in text"),
    ('{"action": "type", "text": "{\\"name\\": \\"computer_use\\"}"}', typed('{"name": "computer_use"}'), "call in text"),
    ("{'action': 'type', 'text': 'it\\'s'}", typed("it's"), "single quotes"),
    ("{“action”：“wait”，“time”：1}", does({"action": "wait", "time": 1}), "full-width punctuation"),
    ("｛＂action＂：＂wait＂，＂time＂：１｝", does({"action": "wait", "time": 1}), "full-width punctuation"),
    ('{"action": "wait", "time": 1, "time": 2}', None, "duplicate keys"),
    ('{"action": "left_click", "coordinate": [1, 2], "coordinate": [3, 4]}', None, "duplicate keys"),
    ('{"action": "left_click", "action": "right_click", "coordinate": [1, 2]}', None, "duplicate keys"),
    ('{"action": "left_click", "coordinate": [1, 2], "point": [3, 4]}', None, "two names"),
    ('{"action": "wait", "time": true, "time": 1}', None, "True is not 1"),
    ('{"action": "left_click"}', None, "missing coordinate"), ('{"action": "type"}', None, "missing text"),
    ('{"action": "terminate"}', None, "missing status"), ('{"action": "terminate", "status": "ok"}', None, "status"),
    ('{"action": "wait", "time": -1}', None, "negative"), ('{"action": "wait", "time": 3600}', None, "an hour"),
    ('{"action": "wait", "time": "5 s"}', None, "units"), ('{"action": "scroll"}', None, "missing pixels"),
    ('{"action": "scroll", "pixels": 1.5}', None, "half"), ('{"action": "scroll", "pixels": 1e9}', None, "huge"),
    ('{"action": "screenshot"}', None, "no such action"), ('{"action": "swipe", "coordinate": [1, 2]}', None, "mobile"),
    ('{"action": "key_down", "keys": ["ctrl"]}', None, "EvoCUA: key_down"), ('{"action": "left_mouse_down"}', None, "hold"),
    ('{"action": "__class__"}', None, "Open-Interface: getattr"), ('{"action": "exec", "text": "rm -rf /"}', None, "no such action"),
    ('{"action": "left_click", "coordinate": [1, 2], "text": "a"}', None, "beside the point"),
    ('{"action": "type", "text": "x", "coordinate": [1, 2]}', None, "two readings: click first or not"),
    ('{"action": "type", "text": "\\ud800"}', None, "half a character"), ('{"action": "type", "text": 5}', None, "no string"),
    ('{"action": "type", "text": "C:\\Users"}', None, "bad escape"), ('{"action": "type", "text": "a "b" c"}', None, "bare quotes"),
    ('{"action": "type", "text": \'it\'s\'}', None, "bare apostrophe"), ('{action: "wait", "time": 1}', None, "bare key"),
    ('{"action": "wait" "time": 1}', None, "missing comma"), ('{"action": "wait", "time": 1 // one\n}', None, "comment"),
    ('{"action": "wait", "time": undefined}', None, "no value"), ("1", None, "Rapid-MLX#2656"), ("{}", None, "vmlx#192"),
    ('["wait"]', None, "a list"), ("null", None, "null"), ("{" * 60 + "}" * 60, None, "too deep"),
]  # fmt: skip

CALL = click("[512, 377]")
WAIT = {"action": "wait", "time": 1}
FUNCTION = (
    "<function=computer_use>\n<parameter=action>\nwait\n</parameter>\n<parameter=time>\n1\n</parameter>\n</function>"
)
REPLIES = [
    ("Save it.\n" + CALL, does(CLICK, thought="Save it.", text=""), "text before"),
    (CALL + "\nThen close.", does(CLICK, thought="", text="Then close."), "text after"),
    (CALL.removesuffix("</tool_call>") + "Then close.", does(CLICK, text="Then close."), "no close tag, text after"),
    (CALL.replace("</tool_call>", "⚗"), does(CLICK), "Qwen3-VL#870: another sign for the close tag"),
    (CALL.removesuffix("</tool_call>") + CALL, does(CLICK, CLICK), "first call not closed"),
    (CALL.replace("\n</tool_call>", ',\n{"action": "wait", "time": 1}\n</tool_call>'), does(CLICK, {"action": "wait", "time": 1}), "two in a tag"),
    ('<tool_call>\n[{"action": "wait", "time": 1}, {"action": "wait", "time": 2}]\n</tool_call>', does({"action": "wait", "time": 1}, {"action": "wait", "time": 2}), "list of calls"),
    ("<think>\nPerhaps wait.\n</think>\n" + CALL, does(CLICK, thought="Perhaps wait."), "thinking"),
    ("<think>" + click("[1, 1]") + "</think>" + CALL, does(CLICK), "verl#4757: call in thinking"),
    ("<think>\n<tool_call>{...}</tool_call> is how.\n</think>\n" + CALL, does(CLICK), "talk of a call in thinking"),
    ("a</think>b</think>" + CALL, does(CLICK), "thinking ends twice"),
    ('Thought: It is there.\nAction: "Click Save."\n' + CALL, does(CLICK), "mobile_agent cookbook"),
    ('{"action": "left_click", "coordinate": [512, 377]}', does(CLICK), "bare arguments"),
    ("I cannot see a window.", {"actions": [], "text": "I cannot see a window."}, "text only"),
    ("", {"actions": [], "text": ""}, "nothing"), ("<think>I could", NOTHING, "thinking only"),
    ("I should wait() until the page is stable.", NOTHING, DESKTOP + "inline call"),
    ('Write ```json\n{"a": 1}\n```', NOTHING, "code in an answer"), ('{"name": "Alice", "age": 5}', NOTHING, "other JSON"),
    ("The button is at (1240, 258).", NOTHING, "Qwen3-VL#968: words only"),
    ("<think>I could " + CALL, None, "thinking does not end"), ("<tool_call>", None, "tag only"),
    ("<tool_call>left_click</tool_call>", None, "no JSON"), (CALL.replace("\n</", "abc</"), None, "junk after JSON"),
    (CALL + "\n<tool_call>", None, "second call cut off"), (CALL + click("[1001, 1]"), None, "one bad call of two"),
    ('{"name": "computer_use", "arguments": {"action": "wait", "time": 1}}\nor so.', None, "an example?"),
    ('Action: wait()\n' + CALL, None, "two dialects"),
    ('<tool_call>\n{"name": "bash", "arguments": {"command": "ls"}}\n</tool_call>', None, "other tool"),
    ('<tool_call>\n{"name": "click", "point": [428, 2178]}\n⚗', None, "Qwen3-VL#870, verbatim"),
    ('<tool_call>\n{"name": "left_click", "arguments": {"action": "wait", "time": 1}}\n</tool_call>', None, "two actions in one call"),
    ('<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click"}, "coordinate": [5, 6]}\n</tool_call>', None, "brace in the middle"),
    ("<tool_call>\n<function=computer_use>\n<parameter=action>wait</parameter>\n</function>\n</tool_call>", None, "ollama#16686: another convention"),
    ('x</think><tool_call>{"name": "computer_use", "arguments": {"action": "type" "text": "</think>' + CALL + '"}}', None, "call in a text of a broken call"),
    (call('{"action": "type", "text": "</think>' + '<tool_call>{').removesuffix("}\n</tool_call>"), None, "cut off inside tags"),
    *((call('{"action": "wait", "time": 1}', name), does({"action": "wait", "time": 1}), "other tool names") for name in ("computer", "ComputerUse", "computer-use", "wait", "sleep")),
    (FUNCTION + "\nThen close.", None, "in tags, no open tag, an example?"), (FUNCTION + "\n" + FUNCTION, does(WAIT, WAIT), "two in tags, no open tags"),
    (FUNCTION.replace("</function>", ""), None, "in tags, no open tag, cut off"), ("Write " + FUNCTION, NOTHING, "in tags, inside a line"),
    ("Perhaps\n" + FUNCTION + "\nor so.</think>" + CALL, does(CLICK), "thinking of a call in tags"),
    (FUNCTION + " or " + FUNCTION.replace("wait", "type") + "</tool_call>", None, "in tags, no open tag, words between"),
]  # fmt: skip

S = {"action": "terminate", "status": "success"}
UI_TARS = [
    ("Thought: There.\nAction: click(start_box='(512,377)')", does(CLICK, thought="There.", text=""), TARS + "plain"),
    ('Action: click(start_box="(512,377)")', does(CLICK), TARS + "double quotes"),
    ("Action:click(start_box='(512,377)')", does(CLICK), TARS + "no space"),
    ("Action：click(start_box='(512,377)')", does(CLICK), TARS + "full-width colon; midscene#843"),
    ("Action: click(start_box='(512.0,377.0)')", does(CLICK), TARS + "float points"),
    ("Action: click(start_box='')", None, TARS + "empty box"),
    ("Action: click(\n  start_box='(512,377)'\n)", does(CLICK), TARS + "parentheses across lines"),
    ("Action: type(content='a\nb')", typed("a\nb"), TARS + "embedded newline"),
    ("Action: type(content='C:\\new\\test')", typed("C:\\new\\test"), TARS + "C:\\new\\test"),
    ("Action: wait()", does({"action": "wait", "time": 5}), TARS + "wait"),
    ("Action: scroll(start_box='(512,377)', direction='left')", does({"action": "hscroll", "pixels": -5, "coordinate": AT}), TARS + "left scroll"),
    ("Action: scroll(start_box='(512,377)', direction='right')", does({"action": "hscroll", "pixels": 5, "coordinate": AT}), TARS + "right scroll"),
    ("Action: press(key='enter')", keys("enter"), TARS + "press lets go"),
    ("Action: click(start_box='(1500,377)')", None, TARS + "off-screen"),
    ("Action: click(start_box='(-5,377)')", None, TARS + "negative"),
    ("Action: hotkey(key='ctrl c')", keys("ctrl", "c"), TARS + "hotkey"),
    ("Action: drag(start_box='(1,2)', end_box='(3,4)')", does({"action": "mouse_move", "coordinate": [1, 2]}, {"action": "left_click_drag", "coordinate": [3, 4]}), TARS + "drag"),
    ("Action: finished()", does(S), TARS + "finished"),
    ("Action: click(point='<point>512 377</point>')", does(CLICK), "UI-TARS computer prompt"),
    ("click(point='<point>512 377</point>", does(CLICK), "UI-TARS-desktop#942"),
    ("click(point='<point>512 377</point>)", does(CLICK), "UI-TARS-desktop#942"),
    ("Action: click(start_box='<|box_start|>(512,377)<|box_end|>')", does(CLICK), "UI-TARS prompt"),
    ("\n\nAction：click(start_box='<bbox>191 21 191 21</bbox>')", at(191, 21), DESKTOP + "Chinese colon"),
    ("Action: click(start_box='[0, 964, 10, 984]')", at(5, 974), DESKTOP + "zero coordinates"),
    ('click(start_box="(100,200)")', at(100, 200), DESKTOP + "no Action"),
    ("Thought: Open users' settings.\nAction: click(start_box='(100,200)')", at(100, 200) | {"thought": "Open users' settings."}, DESKTOP + "apostrophe"),
    ('Thought: click "Settings\nAction: wait()', does({"action": "wait", "time": 5}), DESKTOP + "open quote"),
    ("Thought: Type it.\nAction: type(content='Action: wait()')", typed("Action: wait()"), DESKTOP + "marker in text"),
    ("Thought: I avoid \"Action: wait()\" here.\nAction: click(start_box='[100,200]')", at(100, 200), DESKTOP + "marker in thought"),
    ("Action: type(content='()()')", typed("()()"), DESKTOP + "parentheses in text"),
    ("Reflection: r\nAction_Summary: s\nAction: click(start_box='(100,200)')", at(100, 200), DESKTOP + "reflection"),
    ("<Thought>t</Thought>\nAction: click(start_box='(100,200)')\n</Output>", at(100, 200), DESKTOP + "O1"),
    ("<think>\nHm.\n</think>\nThought: Go.\nAction: click(point='<point>510 150</point>')", at(510, 150) | {"thought": "Hm.\nGo."}, DESKTOP + "thinking"),
    ("Thought: Go. Action: click(start_box='(512,377)')", does(CLICK, thought="Go."), "one line"),
    ("Action: click(start_box='(512,377)')\n\ntype(content='x')", does(CLICK, {"action": "type", "text": "x"}), "two calls"),
    ("Action: click（start_box='（512，377）'）", does(CLICK), "full-width parentheses"),
    ("Action: type(content='it's me')", typed("it's me"), "unescaped apostrophe"),
    ("Action: type(content='it\\'s\\n')", typed("it's\n"), "escapes"),
    ("Action: type(content='C:\\\\new')", typed("C:\\new"), "escaped path"),
    ("Action: scroll(direction='down')", does({"action": "scroll", "pixels": -5}), "scroll without a place"),
    ("Action: finished(content='It is 5.')", does({"action": "answer", "text": "It is 5."}, S), "finished with words"),
    ("Action: call_user()", does({"action": "terminate", "status": "failure"}), "call_user"),
    ("Action: left_double(start_box='(5,6)')", does({"action": "double_click", "coordinate": [5, 6]}), "cua#639"),
    ("Action: right_single(start_box='(5,6)')", does({"action": "right_click", "coordinate": [5, 6]}), "cua#639"),
    *((f"Action: {text}", None, why) for text, why in (
        ("click(start_box='=')", "UI-TARS#78"), ("click(start_box='(a,b)')", "UI-TARS#81"), ("click>point>point>5 6", "UI-TARS#252"),
        ("click()", "no place"), ("click(start_box='(512,37", "truncated"), ("type(content='hel", "truncated"), ("", "empty"),
        ("click(start_box='(0.5,0.2)')", "0 to 1"), ("click(start_box='__import__(1)')", "cua#1953"), ("click('(5,6)')", "no name"),
        ("click(start_box='(100,200)') then wait()", DESKTOP + "inline calls"), ("scroll(start_box='(5,6)')", "no direction"),
        ("drag(start_box='(1,2)')", "no end"), ("hotkey(key='')", "no key"), ("hotkey(key='v ctrl')", "order"), ("press(key='ctrl')", "hold"),
        ("release(key='ctrl')", "hold"), ("open_app(name='x')", "OSWorld#296: not in the action space"), ("type(text='a', start_box='(5,6)')", DESKTOP + "two readings"),
        ("type(content='C:\\new\\n')", "two readings"), ("type(content='\\d+')", "bad escape"), ("click(start_box='(5,6)', start_box='(7,8)')", "twice"),
        ("hotkey(key='ctrl esc')Thought: x\nAction: wait()", DESKTOP + "several Action markers"), ("click(end_box='[130,226]')", DESKTOP + "wrong name"),
        ("click(start_box='(1,2)')\nAction: click(start_box='(3,4)')", "two Action markers"),
    )),
]  # fmt: skip


def place(kind: str, numbers: list, scale: str = "grid", label: str = "") -> dict:
    return {"kind": kind, "numbers": numbers, "scale": scale, "label": label}


def sees(*places: dict) -> dict:
    return {"actions": [], "places": list(places)}


SAVE = '{"bbox_2d": [1, 2, 30, 40], "label": "Save"}'
BOX = place("box", [1, 2, 30, 40], label="Save")
THIRD = place("box_3d", [0.1, -0.2, 3, 1, 1, 1, 0, 0.5, 0], "metres", "chair")
GROUNDING = [
    (f"[{SAVE}]", sees(BOX), "2d_grounding cookbook"), (f"```json\n[{SAVE}]\n```", sees(BOX), "fenced"), (SAVE, sees(BOX), "bare object"),
    (f"Here:\n```json\n[{SAVE}, {SAVE}]\n```", sees(BOX, BOX), "two"), (f"[{SAVE},]", sees(BOX), "trailing comma"),
    (SAVE.replace('"', "'"), sees(BOX), "Python quotes"), ('[{"point_2d": [512, 377], "label": "x"}]', sees(place("point", AT, label="x")), "points"),
    ('[{"point_2d": ["512", "377"]}]', sees(place("point", AT)), "numbers as strings"),
    ('[{"bbox_2d": [1, 2, 30, 40], "text_content": "Save"}]', sees(BOX), "ocr cookbook"),
    ('[{"bbox_2d": [1, 2, 30, 40], "label": "Save", "color": "red"}]', sees(BOX), "more keys"),
    ('[{"bbox_2d": [0.1, 0.2, 0.3, 0.4]}]', sees(place("box", [0.1, 0.2, 0.3, 0.4], "unit")), "normalised"),
    ('[{"point_2d": [0.5, 1]}]', sees(place("point", [0.5, 1], "unit")), "normalised"),
    ('[{"bbox_3d": [0.1, -0.2, 3, 1, 1, 1, 0, 0.5, 0], "label": "chair"}]', sees(THIRD), "3d_grounding cookbook"),
    ('[{"bbox_2d": [1, 2, 30, 4', None, "truncated"), ('```json\n[{"bbox_2d": [1, 2, 30, 40], "label": "Sa', None, "truncated"),
    ('[{"bbox_2d": [1, 2, 30]}]', None, "DeepSeek-VL2#96: three numbers"), ('[{"bbox_2d": [1, [2, 3, 4, 5]]}]', None, "DeepSeek-VL2#96: nested"),
    ('[{"bbox_2d": [1, 2, 3000, 40]}]', None, "off the grid"), ('[{"bbox_2d": [0.0, 0.0, 1.0, 1.0]}]', None, "two readings"),
    ('[{"point_2d": [1, 2], "bbox_2d": [1, 2, 3, 4]}]', None, "two places"), ('[{"bbox_3d": [1, 2, 3]}]', None, "3D too short"),
    ('[{"point_2d": [1, 2], "point_2d": [3, 4]}]', None, "duplicate keys"), ('[{"point_2d": [NaN, 2]}]', None, "NaN"),
    ('[{"point_2d": [1, 2], "label": 5}]', None, "label"), (f"[{SAVE}, 5]", None, "not all places"),
]  # fmt: skip


def cases():
    """Every case of this file."""
    rows = [("computer_use", text, meaning, PEERS + why) for text, meaning, why in PEERS_25]
    rows += [("computer_use", click(text), meaning, f"ours: {why}") for text, meaning, why in PLACES]
    rows += [
        ("computer_use", call(f'{{"action": "key", "keys": {text}}}'), names and keys(*names), "ours: names of keys")
        for text, names in KEYS
    ]
    rows += [("computer_use", call(text), meaning, f"ours: {why}") for text, meaning, why in ARGUMENTS]
    rows += [("computer_use", text, meaning, f"ours: {why}") for text, meaning, why in REPLIES]
    rows += [
        ("ui_tars", text, meaning, why if why.startswith(("peers", "byte")) else f"ours: {why}")
        for text, meaning, why in UI_TARS
    ]
    rows += [("grounding", text, meaning, f"ours: {why}") for text, meaning, why in GROUNDING]
    for number, (dialect, text, meaning, source) in enumerate(rows):
        yield f"hand {number}", dialect, text, meaning, source
