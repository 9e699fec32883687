"""How long an action takes through the product, its target compared first, over the same by pyautogui as it comes.

As it comes means its own pause of 0.1 s after each call and its corner stop. Both work on the same screen, in turn.
"""

import os
import statistics
import time

ROUNDS = 9


def rows():
    """One row; needs Xvfb."""
    from agent.virtual_screen import VirtualScreen

    with VirtualScreen(1024, 768) as env:
        os.environ.update(env)
        from actions.backends import close_desktop, open_desktop

        desktop = open_desktop()
        try:
            _cover()
            ours, theirs = _measured(desktop)
        finally:
            close_desktop(desktop)
    yield {
        "name": "action_vs_pyautogui_defaults",
        "value": round(ours / theirs, 4),
        "unit": "ratio of seconds",
        "baseline": "pyautogui with its default PAUSE and FAILSAFE, a call an action",
        "goal": 0.05,
        "better": "lower",
    }


def _cover():
    """Something to click at that does nothing: the window manager's own menu would open on the bare screen."""
    from Xlib import X
    from Xlib.display import Display

    display = Display()
    screen = display.screen()
    window = screen.root.create_window(
        *(0, 0, 1024, 768, 0, screen.root_depth),
        override_redirect=True,
        background_pixel=0x808080,
        event_mask=X.ButtonPressMask | X.ButtonReleaseMask,
    )
    window.map()
    display.sync()
    _cover.display = display


def _measured(desktop):
    """Seconds for one of each action, by the product and by pyautogui: the sums of the medians."""
    import pyautogui

    from actions.action import Click, Move, PressKeys, Scroll, TypeText
    from actions.execute import execute, same_target
    from actions.geometry import GridPoint
    from actions.look import CaptureTarget, look

    at, place = GridPoint(500, 500), (512, 384)
    pairs = [
        (Click(at=at), lambda: pyautogui.click(*place)),
        (Click("right", at=at), lambda: pyautogui.rightClick(*place)),
        (Click("left", 2, at), lambda: pyautogui.doubleClick(*place)),
        (Move(at), lambda: pyautogui.moveTo(*place)),
        (Scroll(-3, at=at), lambda: pyautogui.scroll(-3, *place)),
        (PressKeys(("f5",)), lambda: pyautogui.press("f5")),
        (PressKeys(("ctrl", "s")), lambda: pyautogui.hotkey("ctrl", "s")),
        (TypeText("hello"), lambda: pyautogui.write("hello")),
    ]

    def act(action):
        assert same_target(action, frame, desktop)
        assert execute(action, frame, desktop, lambda: False).status == "done"

    frame = look(desktop, CaptureTarget())
    ours = theirs = 0.0
    for action, call in pairs:
        spent = []
        for _ in range(ROUNDS):
            mine = _seconds(lambda action=action: act(action))
            # The product turns these off when it loads the library.
            pyautogui.PAUSE, pyautogui.FAILSAFE = 0.1, True
            spent.append((mine, _seconds(call)))
            pyautogui.PAUSE, pyautogui.FAILSAFE = 0, False
        ours += statistics.median(mine for mine, _ in spent)
        theirs += statistics.median(its for _, its in spent)
    return ours, theirs


def _seconds(do):
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
