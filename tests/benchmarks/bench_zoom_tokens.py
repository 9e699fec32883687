"""How many tokens a step adds with two looks, counted by encoding, over the same step at the frame's full resolution.

The step is the third of a run, a click, with Qwen's real vocabulary. The baseline is one look with a budget that leaves the
frame as it is: 8,160 visual tokens for 3840×2160. What one look at the usual budget of 2,048 takes is named beside it; that
shrinks 3840×2160 to a quarter of its pixels.
"""

import random
import sys

from qwen_vocabulary import Missing, tokenizer

from actions.action import Click
from actions.frame import frame_from_rgb
from actions.geometry import GridPoint, Rect
from actions.render import render
from agent.mind.chat_template import chat_template
from agent.mind.encode import encode
from agent.mind.sizing import Sizing
from agent.prompt import CloserLook, PastStep, prompt
from agent.zoom import coarse, part_of

GOALS = {(3840, 2160): 0.25, (1920, 1080): 0.6}
FULL, USUAL = 8160, 2048
SAID = "The dialog asks whether to save; I press Save."
WHERE = GridPoint(613, 402)


def step(frame, *, zoom):
    """A finished step."""
    action = Click(at=WHERE)
    said = f"{SAID}\n{render(action)}"
    closer = CloserLook(part_of(frame, [action]), render(Click(at=GridPoint(488, 517))), None) if zoom else None
    return PastStep(coarse(frame) if zoom else frame, said, None, "Done.", closer)


def added(vocabulary, frame, *, zoom, budget):
    """How many tokens a step adds to the conversation."""
    past = [step(frame, zoom=zoom) for _ in range(3)]
    sizing = Sizing().capped(budget)

    def image_tokens(size):
        seen = sizing.seen(size)
        return seen.width * seen.height // sizing.factor**2

    before, after = (
        len(encode(prompt("Save the letter.", some, past[0].frame), vocabulary, image_tokens).ids)
        for some in (past[:2], past)
    )
    return after - before


def rows():
    """One row for each size."""
    try:
        vocabulary = tokenizer()
    except Missing as error:
        print(f"zoom_tokens: {error}.", file=sys.stderr)
        return
    vocabulary.chat_template = chat_template("instruct")
    for (width, height), goal in GOALS.items():
        frame = frame_from_rgb(random.Random(1).randbytes(3 * width * height), Rect(0, 0, width, height), 0.0)
        ours, whole, usual = (
            added(vocabulary, frame, zoom=zoom, budget=budget)
            for zoom, budget in ((True, USUAL), (False, FULL), (False, USUAL))
        )
        yield {
            "name": f"zoom_tokens_{width}x{height}",
            "value": round(ours / whole, 3),
            "unit": f"ratio of tokens a step ({ours} in two looks)",
            "baseline": f"one look at full resolution: {whole}; one at the usual budget: {usual}",
            "goal": goal,
            "better": "lower",
        }
