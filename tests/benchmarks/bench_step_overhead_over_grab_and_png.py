"""CPU time of everything but the model in one step at 1080p, over one grab and one level-1 PNG of the same frame."""

import io
import json
import os
import statistics
import tempfile
import time

from PIL import Image, ImageDraw

ROUNDS = 7


def rows():
    """One row; needs Xvfb."""
    from agent.virtual_screen import VirtualScreen

    with tempfile.TemporaryDirectory() as home, VirtualScreen(1920, 1080) as env:
        os.environ.update(env, DESKHAND_HOME=home)
        yield from _measured()


def _measured():
    from actions.backends import close_desktop, open_desktop

    desktop = open_desktop()
    try:
        _paint_root()
        ratios = [_round(desktop) for _ in range(ROUNDS)]
    finally:
        close_desktop(desktop)
    yield {
        "name": "step_overhead_over_grab_and_png",
        "value": round(statistics.median(ratios), 2),
        "unit": "ratio of CPU seconds",
        "baseline": "one mss grab and one level-1 PNG of the same 1920×1080 frame",
        "goal": 2,
        "better": "lower",
    }


def _paint_root():
    """Something like a desktop to look at: a plain screen would make the PNG free."""
    from Xlib import X, display

    picture = Image.effect_noise((1920, 1080), 24).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for top in range(0, 1080, 120):
        draw.rectangle((0, top, 1500, top + 80), fill=(240, 240, 244))
    server = display.Display()
    window = server.screen().root.create_window(
        0, 0, 1920, 1080, 0, server.screen().root_depth, override_redirect=True, event_mask=X.ExposureMask
    )
    window.map()
    server.sync()
    graphics = window.create_gc()
    strip = 60
    for top in range(0, 1080, strip):
        part = picture.crop((0, top, 1920, top + strip))
        raw = part.convert("RGBA").tobytes("raw", "BGRA")
        for left in range(0, 1920, 480):
            piece = b"".join(raw[(row * 1920 + left) * 4 : (row * 1920 + left + 480) * 4] for row in range(strip))
            window.put_image(graphics, left, top, 480, strip, X.ZPixmap, server.screen().root_depth, 0, piece)
    server.sync()
    _paint_root.server = server


def _round(desktop):
    return _step(desktop) / _baseline(desktop)


def _baseline(desktop):
    from actions.geometry import Rect

    began = time.process_time()
    desktop.screen.grab(Rect(0, 0, 1920, 1080)).image().save(io.BytesIO(), "PNG", compress_level=1)
    return time.process_time() - began


def _step(desktop):
    from agent.control import Answer, Control
    from agent.events import ApprovalAsked
    from agent.loop import run
    from agent.mind.scripted import Scripted
    from agent.store import RunFolder

    move = {"name": "computer_use", "arguments": {"action": "mouse_move", "coordinate": [500, 500]}}
    end = {"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}
    mind = Scripted([f"<tool_call>\n{json.dumps(said)}\n</tool_call>" for said in (move, end)])
    control, folder, steps = Control(), RunFolder.create(), []
    began = time.process_time()
    for event in run("move", control, desktop, mind, None, folder):
        if isinstance(event, ApprovalAsked):
            control.answer(event.step, event.index, Answer(approved=True))
        if event.kind == "step_finished":
            steps.append(time.process_time() - began)
            began = time.process_time()
    folder.close()
    return steps[0]
