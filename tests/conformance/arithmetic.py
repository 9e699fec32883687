"""The arithmetic matrix: what the product makes of random layouts, from a model's words to the hands, against the oracle."""

from __future__ import annotations

import random
from collections import Counter

from layouts import Case, random_case
from oracle import Box, all_of, holds, part_on, pixel_meant, pixel_of_logical

from actions.backends.dry_run import DryControls, DryInput, DryListener, DryScreen, DrySystem, DryWindows
from actions.desktop import Desktop, Window
from actions.execute import execute
from actions.frame import Frame
from actions.geometry import Coordinates, Monitor, Point, Rect, Size, logical_to_screen, screen_to_logical
from actions.look import CaptureTarget, scene_of, view_of
from actions.parse import parse

Key = tuple[int, str, str, str]
"""How many monitors, which scales, what is captured, how it is resized."""


class Layout(DryScreen):
    """A screen without pixels, of as many monitors as one likes."""

    def __init__(self, monitors: tuple[Monitor, ...]) -> None:
        super().__init__()
        self._monitors = monitors

    def monitors(self) -> tuple[Monitor, ...]:
        return self._monitors


def rect(box: Box) -> Rect:
    return Rect(box[0], box[1], box[2] - box[0], box[3] - box[1])


def desktop_of(case: Case) -> Desktop:
    """The product's own view of a case's desktop."""
    monitors = tuple(
        Monitor(str(number), rect(screen.box), float(screen.scale), primary=not number, origin=Point(*screen.corner))
        for number, screen in enumerate(case.screens)
    )
    windows = DryWindows([Window(7, "Wanted", "test", rect(case.box))])
    return Desktop(Layout(monitors), DryInput(), windows, DryListener(), DrySystem(), DryControls())


def meant(case: Case) -> tuple[Box, tuple[int, int], tuple[str, str], tuple[int, int]]:
    """By the oracle: what is shown, at which size it is seen, what the model writes, and the pixel that it means."""
    desktop = all_of([screen.box for screen in case.screens])
    wanted = {"desktop": desktop, "monitor": case.screens[case.which].box}.get(case.kind, case.box)
    shown = part_on(wanted, desktop)
    assert shown
    size = (shown[2] - shown[0], shown[3] - shown[1])
    seen = case.seen(size)
    written = case.written(seen)
    x, y = (pixel_meant(written[axis], case.units, seen[axis], size[axis]) for axis in (0, 1))
    return shown, seen, written, (shown[0] + x, shown[1] + y)


def error_of(case: Case) -> int:
    """How many pixels the hands are away from the pixel meant; one that no monitor shows must not be touched."""
    shown, seen, written, pixel = meant(case)
    desktop = desktop_of(case)
    wanted = CaptureTarget(
        case.kind, {"monitor": str(case.which), "window": "Wanted"}.get(case.kind, ""), rect(case.box)
    )
    view = view_of(wanted, desktop)
    if view != rect(shown):
        return 1_000_000
    frame = Frame(b"", view, 0.0, "", scene=scene_of(desktop))
    call = f'{{"name": "computer_use", "arguments": {{"action": "left_click", "coordinate": [{written[0]}, {written[1]}]}}}}'
    actions = parse(f"<tool_call>\n{call}\n</tool_call>", Coordinates(case.units, Size(*seen))).actions
    outcome = execute(actions[0], frame, desktop, lambda: False)
    deeds = desktop.input.deeds
    on = [screen for screen in case.screens if holds(screen.box, *pixel)]
    if not on:
        return 0 if outcome.status == "failed" and not deeds else 1_000_000
    if [verb for verb, _ in deeds] != ["move", "press", "release"]:
        return 1_000_000
    at = deeds[0][1]
    return max(abs(at.x - pixel[0]), abs(at.y - pixel[1]), _logical_error(desktop, on[0], at))


def _logical_error(desktop: Desktop, on, at: Point) -> int:
    """How far off the pixel is that the system finds at the logical place of `at`, and what the way back gives."""
    monitors = desktop.screen.monitors()
    place = screen_to_logical(at, monitors)
    x = pixel_of_logical(place.x, on.corner[0], on.scale, on.box[0])
    y = pixel_of_logical(place.y, on.corner[1], on.scale, on.box[1])
    back = logical_to_screen(place, monitors)
    return max(abs(x - at.x), abs(y - at.y), abs(back.x - at.x), abs(back.y - at.y))


def matrix(seed: int, count: int) -> tuple[Counter[Key], dict[Key, int], int]:
    """How many layouts of each kind there were, the largest error of each, and how many were exact."""
    rng = random.Random(seed)
    counts: Counter[Key] = Counter()
    errors: dict[Key, int] = {}
    exact = 0
    for _ in range(count):
        case = random_case(rng)
        key = (len(case.screens), case.scales, case.kind, case.resize)
        error = error_of(case)
        counts[key] += 1
        errors[key] = max(error, errors.get(key, 0))
        exact += error == 0
    return counts, errors, exact
