"""Owns random episodes: runs of a tiny model that are edited, tried again, folded and taken back as they are read."""

from __future__ import annotations

import random
import warnings
from collections import Counter
from dataclasses import dataclass, field, replace

import numpy as np
from afresh import Reader, Turn

from actions.frame import Frame, frame_from_rgb
from actions.geometry import Rect
from agent.history import HistoryPolicy
from agent.mind.load import Loaded
from agent.prompt import PastStep, prompt

TURNS = 9
SIDES = (32, 64, 96, 160, 256, 352)
MOVES = ("step", "step", "step", "again", "back", "edit", "reword", "still", "other", "adapter")
ADAPTERS = ("first", "second")


@dataclass(slots=True)
class Tally:
    """What was seen.

    Attributes:
        moves: how often each was made.
        reuse: how often each became of what was known.
        wrong: turns whose tokens differ from those of the same turn read afresh.
        apart: the farthest that two scores were.
        tokens: of all conversations, of which `known` were not read again.
    """

    moves: Counter[str] = field(default_factory=Counter)
    reuse: Counter[str] = field(default_factory=Counter)
    wrong: int = 0
    apart: float = 0.0
    tokens: int = 0
    known: int = 0

    def add(self, move: str, turn: Turn, afresh: Turn) -> None:
        """Take in a turn."""
        self.moves[move] += 1
        self.reuse[turn.read.reuse] += 1
        self.wrong += turn.ids != afresh.ids
        self.apart = max(self.apart, turn.apart(afresh))
        self.tokens += turn.length
        self.known += turn.read.known


def episode(loaded: Loaded, seed: int, tally: Tally) -> None:
    """One run, the same for the same seed."""
    draw = random.Random(seed)
    frames = draw.randint(2, 5)
    policy = HistoryPolicy(frames=frames, fold=draw.randint(1, frames - 1))
    one, past, frame = Reader(loaded), [], _picture(draw)
    for _ in range(TURNS):
        move = draw.choice(MOVES)
        frame = _moved(move, draw, one, past, frame)
        conversation = prompt("do it", past, frame, policy)
        turn, afresh = one.beside(conversation, draw.randint(1, 6))
        tally.add(move, turn, afresh)
        if move != "again":
            # The last of what was said may be unsaid, as what follows a call is.
            kept = turn.ids[: draw.randint(1, len(turn.ids))]
            said = loaded.tokenizer.decode(list(kept))
            past.append(PastStep(frame, said, kept, f"Done {draw.randint(0, 99)}."))


def _moved(move: str, draw: random.Random, one: Reader, past: list[PastStep], frame: Frame) -> Frame:
    """Do to the run what the move says; returns what is seen next."""
    match move:
        case "back":
            del past[len(past) - draw.randint(0, len(past)) :]
        case "edit" if past:
            place = draw.randrange(len(past))
            past[place] = replace(past[place], outcome=draw.choice(("Not done.", "It moved.", "")))
        case "reword" if past:
            place = draw.randrange(len(past))
            past[place] = replace(past[place], said="Press <Save>, then “保存”.", ids=None)
        case "other":
            _other_weights(one)
        case "adapter":
            _switch(one, draw.choice((None, *ADAPTERS)))
    return frame if move in {"again", "still"} else _picture(draw)


def _other_weights(one: Reader) -> None:
    """Change one of the layers in place; done twice, it is the model from before."""
    import torch

    with torch.no_grad():
        one.network.model.language_model.layers[1].self_attn.v_proj.weight.neg_()


def add_adapters(loaded: Loaded) -> None:
    """Lay adapters over a model, none of them in use."""
    import torch
    from peft import LoraConfig

    network = loaded.session._model
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that there is more than one
        torch.manual_seed(0)
        for name in ADAPTERS:
            # Its numbers are random: as peft makes them, they would change nothing. With the usual alpha they would be
            # larger than any that are trained, and so would scores and what rounding does to them.
            network.add_adapter(
                LoraConfig(r=4, lora_alpha=1, target_modules=["q_proj", "o_proj"], init_lora_weights=False), name
            )
    network.disable_adapters()
    network.eval()


def _switch(one: Reader, adapter: str | None) -> None:
    """Have the model wear another adapter, or none."""
    if adapter is None:
        one.network.disable_adapters()
    else:
        one.network.enable_adapters()
        one.network.set_adapter(adapter)


def _picture(draw: random.Random) -> Frame:
    width, height = draw.choice(SIDES), draw.choice(SIDES)
    # Few of them, so that one and the same is seen at several places of a run.
    pixels = np.random.default_rng(draw.randint(0, 5)).integers(0, 255, (height, width, 3), np.uint8)
    return frame_from_rgb(pixels.tobytes(), Rect(0, 0, width, height), 0.0)
