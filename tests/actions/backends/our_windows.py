"""Stands for the shell: shows plain windows as JSON lines say, and tells each one's number and what is done to it."""

import json
import select
import sys

from Xlib import X, Xutil, display

server = display.Display()
root = server.screen().root


def tell(**what) -> None:
    print(json.dumps(what), flush=True)


def show(left, top, width, height, colour, managed):
    window = root.create_window(
        *(left, top, width, height, 0, server.screen().root_depth),
        background_pixel=colour,
        override_redirect=not managed,
        event_mask=X.ButtonPressMask | X.KeyPressMask | X.ExposureMask,
    )
    window.set_wm_normal_hints(flags=Xutil.USPosition | Xutil.USSize)
    window.set_wm_name("Ours")
    window.map()
    return window


windows = {}
while True:
    while server.pending_events():
        event = server.next_event()
        if event.type in (X.ButtonPress, X.KeyPress):
            tell(hit=event.window.id)
    if sys.stdin in select.select([sys.stdin, server.fileno()], [], [])[0]:
        if not (line := sys.stdin.readline()):
            break
        word, *what = json.loads(line)
        if word == "show":
            window = show(*what)
            windows[window.id] = window
            server.sync()
            tell(number=window.id)
        elif word == "grab":
            mode = X.GrabModeAsync
            tell(grabbed=windows[what[0]].grab_pointer(True, 0, mode, mode, X.NONE, X.NONE, X.CurrentTime))
        elif word == "hide":
            windows[what[0]].unmap()
            server.ungrab_pointer(X.CurrentTime)
            server.sync()
            tell(hidden=what[0])
        else:
            windows[what[0]].configure(x=what[1], y=what[2])
            server.sync()
            tell(moved=what[0])
