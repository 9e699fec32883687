"""The real desktop in a process of its own, worked by JSON lines: one request a line in, one answer a line out."""

import json
import sys
import time

from actions.backends import close_desktop, open_desktop
from actions.errors import ActionError, Stopped
from actions.execute import execute
from actions.frame import frame_from_rgb
from actions.geometry import Point, Rect
from actions.parse.arguments import action_from

desktop = open_desktop()
heard: list[float] = []
desktop.listener.listen(lambda: heard.append(time.monotonic()))


def act(arguments: dict, at: list[int], stop_after: int) -> dict:
    """Do an action for the pixel `at`, on a view so small that the whole grid is that pixel."""
    frame = frame_from_rgb(b"\0\0\0", Rect(*at, 1, 1), 0.0)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > stop_after

    try:
        outcome = execute(action_from(arguments), frame, desktop, stop)
    except Stopped:
        return {"status": "stopped"}
    return {"status": outcome.status, "words": outcome.words}


def shown(window) -> dict | None:
    if window is None:
        return None
    whose = {"id": window.id, "title": window.title, "application": window.application}
    return {**whose, "rect": shown_rect(window.rect)}


def shown_rect(rect: Rect) -> list[int]:
    return [rect.left, rect.top, rect.width, rect.height]


def monitors() -> list:
    return [[monitor.name, shown_rect(monitor.rect), monitor.primary] for monitor in desktop.screen.monitors()]


def position() -> list[int]:
    at = desktop.input.position()
    return [at.x, at.y]


ANSWERS = {
    "act": act,
    "windows": lambda: [shown(window) for window in desktop.windows.all()],
    "window_at": lambda x, y: shown(desktop.windows.at(Point(x, y))),
    "active": lambda: shown(desktop.windows.active()),
    "position": position,
    "monitors": monitors,
    "grab": lambda *box: list(desktop.screen.grab(Rect(*box)).rgb()),
    "heard": lambda: len(heard),
    "hold": lambda *keys: [desktop.input.key_down(key) for key in keys],
}


print(json.dumps("ready"), flush=True)
for line in sys.stdin:
    request, *words = json.loads(line)
    try:
        said = ANSWERS[request](*words)
    except ActionError as error:
        said = {"error": type(error).__name__, "words": str(error)}
    print(json.dumps(said), flush=True)
close_desktop(desktop)
