"""Real events on a real screen: what a window gets for what the hands do."""

import contextlib
import subprocess
import sys
import time

import pytest

from agent.virtual_screen import VirtualScreen


def inside(box, x=0.5, y=0.5):
    left, top, width, height = box
    return [left + int(width * x), top + int(height * y)]


@pytest.fixture
def area(target):
    return target.places["area"]


@pytest.fixture
def field(target, hands):
    """Where the text field is; it has the focus and is empty."""
    at = inside(target.places["field"])
    hands.act(at, action="left_click")
    hands.act(action="key", keys=["ctrl", "a"])
    hands.act(action="key", keys=["delete"])
    hands.act(action="type", text="x")
    target.until("text", text="x")
    hands.act(action="key", keys=["backspace"])
    target.until("text", text="")
    return at


@pytest.mark.parametrize("corner", [(0, 0), (0.31, 0.77), (0.999, 0.999)])
def test_a_click_lands_on_the_pixel_that_was_meant(hands, target, area, corner):
    at = inside(area, *corner)
    assert hands.act(at, action="left_click") == {"status": "done", "words": "Done."}
    press, release = target.until("release")
    assert press == {"kind": "press", "at": at, "button": "LeftButton"}
    assert release == {"kind": "release", "at": at, "button": "LeftButton"}
    assert hands.say("position") == at


def test_a_double_click_is_one(hands, target, area):
    hands.act(inside(area, 0.7, 0.3), action="double_click")
    target.until("double", button="LeftButton")
    target.until("release")


def test_the_middle_button_is_the_middle_button(hands, target, area):
    hands.act(inside(area), action="middle_click")
    target.until("press", button="MiddleButton")
    target.until("release", button="MiddleButton")


def test_a_drag_holds_the_button_all_the_way(hands, target, area):
    start, end = inside(area, 0.2, 0.2), inside(area, 0.9, 0.8)
    hands.act(start, action="mouse_move")
    hands.act(end, action="left_click_drag")
    press, *moves, release = target.until("release")
    assert (press["kind"], press["at"]) == ("press", start)
    assert len(moves) >= 3
    assert {move["kind"] for move in moves} == {"move"}
    assert moves[-1]["at"] == end == release["at"]


def test_a_click_with_a_key_held_is_one_for_the_window_too(hands, target, area):
    hands.act(inside(area), action="left_click", keys=["shift"])
    assert [event["kind"] for event in target.until("up", key="Key_Shift")] == ["down", "press", "release", "up"]


def test_a_long_press_stays_down(hands, target, area):
    began = time.monotonic()
    hands.act(inside(area), action="long_press", time=0.5)
    target.until("release")
    assert time.monotonic() - began >= 0.5


def test_a_key_that_is_held_repeats_until_it_is_let_go(hands, target):
    hands.act(action="hold_key", keys=["k"], time=0.2)
    assert [event["kind"] for event in target.until("up", key="Key_K")] == ["down", "up"]


@pytest.mark.parametrize(
    "action, pixels, x, y", [("scroll", 3, 0, 120), ("scroll", -2, 0, -120), ("hscroll", 1, -120, 0), ("hscroll", -2, 120, 0)]
)  # fmt: skip
def test_the_wheel_turns_by_notches(hands, target, area, action, pixels, x, y):
    hands.act(inside(area), action=action, pixels=pixels)
    assert [target.hear() for _ in range(abs(pixels))] == [{"kind": "wheel", "x": x, "y": y}] * abs(pixels)


def test_a_chord_goes_down_in_order_and_up_in_reverse(hands, target):
    hands.act(action="key", keys=["ctrl", "shift", "k"])
    events = target.until("up", key="Key_Control")
    assert [(event["kind"], event["key"]) for event in events] == [
        *(("down", "Key_Control"), ("down", "Key_Shift"), ("down", "Key_K")),
        *(("up", "Key_K"), ("up", "Key_Shift"), ("up", "Key_Control")),
    ]


@pytest.mark.parametrize(
    "key, name",
    [
        *(("enter", "Key_Return"), ("esc", "Key_Escape"), ("space", "Key_Space"), ("backspace", "Key_Backspace")),
        *(("delete", "Key_Delete"), ("insert", "Key_Insert"), ("home", "Key_Home"), ("end", "Key_End")),
        *(("pageup", "Key_PageUp"), ("pagedown", "Key_PageDown"), ("up", "Key_Up"), ("down", "Key_Down")),
        *(("left", "Key_Left"), ("right", "Key_Right"), ("f1", "Key_F1"), ("f12", "Key_F12"), ("menu", "Key_Menu")),
        *(("super", "Key_Meta"), ("alt", "Key_Alt"), ("pause", "Key_Pause"), ("a", "Key_A"), ("7", "Key_7")),
        *((".", "Key_Period"), ("-", "Key_Minus")),
    ],
)
def test_keys_have_the_names_that_they_have_elsewhere(hands, target, key, name):
    assert hands.act(action="key", keys=[key])["status"] == "done"
    assert [event["key"] for event in target.until("up")] == [name, name]


def test_a_key_that_needs_shift_gets_it(hands, target):
    hands.act(action="key", keys=["ctrl", "+"])
    assert any(event["key"] == "Key_Plus" for event in target.until("up", key="Key_Control"))


def test_a_key_that_the_keyboard_lacks_is_told(hands, target):
    outcome = hands.act(action="key", keys=["ctrl", "f24"])
    assert outcome in (
        {"status": "failed", "words": "The keyboard has no key “f24”."},
        {"status": "done", "words": "Done."},
    )
    target.until("up", key="Key_Control")


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox, 0123456789.",
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ ABCXYZ abcxyz",
        "Grüße 你好 €",
        "é中€ñ—😀 Ωж אב ß ẞ",
        "one\n\ttwo\n",
        "一二三四五六七八九十百千万亿东西南北春夏秋冬天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往秋收冬藏",
        "aäaäaäaäoöoöoöuüuüuü",
    ],
)
def test_a_text_arrives_as_it_was_written(hands, target, field, text):
    assert hands.act(action="type", text=text) == {"status": "done", "words": "Done."}
    target.until("text", text=text)


def test_a_text_arrives_while_caps_lock_is_on(hands, target, field):
    hands.act(action="key", keys=["capslock"])
    try:
        hands.act(action="type", text="Abc Äöü 1!")
        target.until("text", text="Abc Äöü 1!")
    finally:
        hands.act(action="key", keys=["capslock"])


def test_what_no_key_can_be_is_told(hands, target, field):
    outcome = hands.act(action="type", text="a\x07b")
    assert outcome["status"] == "failed"
    assert "\\x07" in outcome["words"]


def test_a_stop_in_the_midst_of_a_text_ends_it_there(hands, target, field):
    assert hands.act(action="type", text="abcdefgh" * 10, stop_after=5) == {"status": "stopped"}
    target.until("text", text="abcd")
    hands.act(action="type", text="!")
    target.until("text", text="abcd!")


def test_a_stop_in_mid_drag_lets_go(hands, target, area):
    hands.act(inside(area, 0.2, 0.2), action="mouse_move")
    assert hands.act(inside(area, 0.9, 0.9), action="left_click_drag", stop_after=3) == {"status": "stopped"}
    assert target.until("release")[-1]["at"] != inside(area, 0.9, 0.9)


def test_a_wheel_that_fails_half_way_is_lifted_like_any_button(screen, monkeypatch):
    from actions.backends import pyautogui_input, x11
    from actions.errors import ExecutionError

    made = []

    def failing_once(display, what, number, *, down):
        made.append((number, down))
        if made == [(4, True), (4, False)]:
            raise OSError("the cable")
        x11.fake(display, what, number, down=down)

    for name in ("DISPLAY", "XAUTHORITY"):
        monkeypatch.setenv(name, screen[name])
    monkeypatch.setattr(pyautogui_input, "fake", failing_once)
    real = pyautogui_input.PyautoguiInput()
    real.open()
    try:
        with pytest.raises(ExecutionError):
            real.scroll(2)
        real.release_all()
        assert made == [(4, True), (4, False), (4, False)]
    finally:
        real.close()


def test_keys_do_not_overtake_a_click_that_the_window_manager_holds_back(go_to):
    """As those do that give the clicked window the keyboard first: they hold the pointer, but not the keys."""
    from actions.backends.pyautogui_input import PyautoguiInput

    with VirtualScreen(400, 300, window_manager=False) as env, slow_manager(env) as manager:
        go_to(env)
        real = PyautoguiInput()
        real.open()
        try:
            real.press("left")
            real.release("left")
            real.write("k", lambda: False)
            assert [manager.stdout.readline() for _ in range(4)] == ["press\n", "release\n", "key\n", "key up\n"]
        finally:
            real.close()


_SLOW_MANAGER = """
import time
from Xlib import X, display
manager, client = display.Display(), display.Display()
NAMES = {X.ButtonPress: "press", X.ButtonRelease: "release", X.KeyPress: "key", X.KeyRelease: "key up"}
screen = client.screen()
mask = X.ButtonPressMask | X.ButtonReleaseMask | X.KeyPressMask | X.KeyReleaseMask
window = screen.root.create_window(0, 0, screen.width_in_pixels, screen.height_in_pixels, 0, screen.root_depth, event_mask=mask)
window.map()
client.sync()
root = manager.screen().root
root.grab_button(1, X.AnyModifier, False, X.ButtonPressMask, X.GrabModeSync, X.GrabModeAsync, X.NONE, X.NONE)
manager.sync()
print("ready", flush=True)
manager.next_event()
time.sleep(0.3)
manager.allow_events(X.ReplayPointer, X.CurrentTime)
manager.sync()
while True:
    if name := NAMES.get(client.next_event().type):
        print(name, flush=True)
"""


@contextlib.contextmanager
def slow_manager(env):
    """A window manager that takes its time with a click, and the one window, which tells what it gets."""
    command = [sys.executable, "-c", _SLOW_MANAGER]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()
