"""What two looks are worth is measured: by a mind that sees a small red button as well as any can, and says where on its grid."""

import json
import random

import numpy as np
import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.desktop import Window
from actions.geometry import Point, Rect, screen_to_grid
from actions.look import CaptureTarget
from agent.evaluate.desk import WINDOW, Deal, Spot
from agent.evaluate.find import find_widgets
from agent.mind.base import MindInfo, Piece, Reply

SCREEN = (3840, 2160)
PLACE = Rect(1700, 900, 400, 300)
BUTTON = 2
"""Pixels of its sides; a step of the grid is 3.84 pixels of the whole screen, and 1.28 of the part."""


@pytest.fixture
def desktop():
    return dry_desktop(Image.new("RGB", SCREEN, "white"), [Window(1, WINDOW, "practice", PLACE)])


class PaperDesk:
    """A desk on paper: it paints its one button on the picture that is the screen."""

    def __init__(self, desktop):
        self._picture = desktop.screen.picture

    def deal(self, seed, family, goals):
        dice = random.Random(seed)
        left, top = dice.randrange(PLACE.width - BUTTON), dice.randrange(PLACE.height - BUTTON)
        self._picture.paste("white", (0, 0, *SCREEN))
        at = (PLACE.left + left, PLACE.top + top)
        self._picture.paste("red", (*at, at[0] + BUTTON, at[1] + BUTTON))
        return Deal(task="press Save", goals=goals, targets=(Spot(label="Save", box=(left, top, BUTTON, BUTTON)),))


class Sees:
    """Clicks the reddest pixel of the picture that it was shown last, on its grid."""

    def __init__(self, words=""):
        self._words = words

    def info(self, cancelled=None):
        return MindInfo("sees")

    def think(self, conversation, options, cancelled):
        frame = conversation.frames[-1]
        picture = np.frombuffer(frame.rgb, np.uint8).reshape(frame.size.height, frame.size.width, 3).astype(int)
        y, x = np.unravel_index(np.argmin(picture[:, :, 1]), picture.shape[:2])
        size = Rect(0, 0, frame.size.width, frame.size.height)
        at = screen_to_grid(Point(int(x), int(y)), size)
        arguments = {"action": "left_click", "coordinate": [at.x, at.y]}
        call = json.dumps({"name": "computer_use", "arguments": arguments})
        said = self._words or f"<tool_call>\n{call}\n</tool_call>"
        yield Piece(said)
        yield Reply(said, None, "call", prompt_tokens=100 * len(conversation.frames))


def test_two_looks_find_what_one_cannot_point_at(desktop):
    whole = CaptureTarget("desktop")
    one = find_widgets(Sees(), PaperDesk(desktop), desktop, 20, whole)
    two = find_widgets(Sees(), PaperDesk(desktop), desktop, 20, whole, zoom=True)
    assert one.hits < 16
    assert two.hits == 20
    assert (one.tokens, two.tokens) == (100, 200)


def test_in_its_window_one_look_is_enough(desktop):
    found = find_widgets(Sees(), PaperDesk(desktop), desktop, 5, zoom=True)
    assert (found.hits, found.tokens) == (5, 100)


@pytest.mark.parametrize("words", ["I see nothing.", '<tool_call>\n{"name": "computer_use"}\n</tool_call>'])
def test_what_cannot_be_read_finds_nothing(desktop, words):
    assert find_widgets(Sees(words), PaperDesk(desktop), desktop, 3).hits == 0
