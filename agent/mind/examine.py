"""Owns the trial of a loaded model: whether it truly sees, how quickly it reads and speaks, what it holds.

`prove` is the short one, before the first task; `examine` the long one, for `doctor`.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from actions.frame import Frame, frame_from_rgb
from actions.geometry import Rect
from agent.conversation import Conversation, ImagePart, Message, TextPart
from agent.errors import ModelError
from agent.mind.base import Examination, MindInfo
from agent.mind.devices import is_on, places, spoken
from agent.mind.encode import Encoded, encode
from agent.mind.guess import WIDTH
from agent.mind.load import Loaded, mapped
from agent.mind.qwen import Qwen
from agent.mind.session import Session
from agent.mind.steady import WIDTHS

if TYPE_CHECKING:
    import torch

_QUESTION = "Which mark is in the picture, and where?"
_WIDTH, _HEIGHT = 352, 256
_SPOKEN, _SPOKEN_AT_FIRST = 32, 4
"""Tokens said to find out how quickly."""
_TRIES = 4
"""Of each kind of pass; the quickest counts."""
_FIRST = 2
_PASSES, _USUAL_RUN = 12, 6
"""Passes of a width between two readings, and tokens in one of those that take several."""
_SURELY = 10
"""A change so many times as large as the noise comes from the picture."""
_LEAST = 1e-6
_ALIKE = 0.05
"""How much of what is likely may be elsewhere where the same is computed by other kernels, in half precision."""


def examine(mind: Qwen) -> Examination:
    """Try the model; loads it if need be.

    Raises:
        ModelError: it cannot be loaded, or fails.
    """
    loaded = mind.loaded()
    with mapped(loaded.info.model, loaded.info.device):
        cross = _scores(loaded, _marked(cross=True))
        again = _scores(loaded, _marked(cross=True))
        square = _scores(loaded, _marked(cross=False))
        noise, change = _distance(cross, again), _distance(cross, square)
        _, read, said = _timed(loaded, _marked(cross=True), _SPOKEN)
        return Examination(
            sees_image=change > max(_LEAST, _SURELY * noise),
            change=change,
            noise=noise,
            all_on_device=is_on(loaded.session.device, loaded.info.device),
            prefill_tokens_per_second=read,
            decode_tokens_per_second=said,
            peak_memory=_peak_memory(loaded.info.device),
        )


def prove(mind: Qwen) -> MindInfo:
    """What a model is, once it was found where it was to be, and to see; loads it if need be.

    Costs two reads of a small picture and a few tokens. What guesses cost is known afterwards.

    Raises:
        ModelError: it cannot be loaded, or is not fit for a task; one sentence says what to do.
    """
    loaded = mind.loaded()
    model, device, place = loaded.info.model, loaded.info.device, loaded.session.device
    if not is_on(place, device):
        raise ModelError(
            f"{model} was to run on {spoken(places(device))}, and its weights are on {spoken(places(place))}; choose another "
            "device with DESKHAND_DEVICE"
        )
    with mapped(model, device):
        cross = _scores(loaded, _marked(cross=True))
        on_one_gpu = device.startswith("cuda") and len(places(device)) == 1
        if on_one_gpu and os.environ.get("DESKHAND_RECORD") != "0":
            hasten(loaded.session, lambda: _scores(loaded, _marked(cross=True)))
        square, read, said = _timed(loaded, _marked(cross=False), _SPOKEN_AT_FIRST)
        if loaded.session.can_go_back:
            loaded.worth.price = _price(loaded)
        loaded.session.forget()
    change = _distance(cross, square)
    if math.isnan(change):
        raise ModelError(
            f"{model} does not think in {loaded.info.dtype}: its numbers overflow; choose another precision with "
            "DESKHAND_DTYPE"
        )
    if change <= _LEAST:
        raise ModelError(
            f"{model} does not see: two pictures with different marks are the same to it; the part that sees is lacking or "
            "damaged, so fetch it from elsewhere, or choose another model"
        )
    return replace(loaded.info, measured={"read": read, "spoken": said, "guess": loaded.worth.price})


def hasten(session: Session, read: Callable[[], object]) -> tuple[int, ...]:
    """Have a session say by recorded passes of those widths by which it says the same more quickly.

    Args:
        session: nothing that it has read is kept.
        read: has it read something.

    Returns:
        The widths; none where its model cannot go back, or no pass pays.
    """
    read()
    if not session.can_go_back:
        return ()
    taken = tuple(width for width in WIDTHS if _pays(session, read, width))
    session.hasten(taken)
    return taken


def _pays(session: Session, read: Callable[[], object], width: int) -> bool:
    """Whether recorded passes of a width find the same, sooner, their recording included."""
    count = min(width, _USUAL_RUN)
    session.hasten(())
    read()
    usual, slow = _tried(session, count)
    session.hasten((width,))
    read()
    try:
        same, quick = _tried(session, count)
    except Exception:  # noqa: BLE001 - whatever it is that cannot be recorded, it can be said in the usual way
        return False
    # The first of them is an ordinary one, and the second is recorded.
    recorded = quick[0] + quick[1] + (_PASSES - 2) * min(quick[2:])
    return recorded < _PASSES * min(slow) and all(
        _distance(one, other) < _ALIKE for one, other in zip(usual, same, strict=True)
    )


def _tried(session: Session, count: int) -> tuple[list[torch.Tensor], list[float]]:
    """What comes after each of some tokens, which are others each time, and the seconds of each time."""
    rows: list[torch.Tensor] = []
    seconds: list[float] = []
    for turn in range(2 + _TRIES):
        tokens = [turn * count + place for place in range(count)]
        started = time.perf_counter()
        scores = session.say_ahead(tokens[:1], tokens[1:])
        int(scores[-1].argmax())
        seconds.append(time.perf_counter() - started)
        rows += [_likely(row) for row in scores]
    return rows, seconds


def _marked(*, cross: bool) -> Frame:
    """A grey picture with a dark cross in one corner or a bright square in the other."""
    pixels = np.full((_HEIGHT, _WIDTH, 3), 200, np.uint8)
    if cross:
        pixels[40:104, 68:76] = pixels[68:76, 40:104] = 0
    else:
        pixels[160:224, 256:320] = (255, 40, 40)
    return frame_from_rgb(pixels.tobytes(), Rect(0, 0, _WIDTH, _HEIGHT), 0.0)


def _about(frame: Frame, loaded: Loaded) -> Encoded:
    conversation = Conversation((Message("user", (ImagePart(frame), TextPart(_QUESTION))),))
    return encode(conversation, loaded.tokenizer, loaded.eyes.tokens)


def _scores(loaded: Loaded, frame: Frame) -> torch.Tensor:
    # Nothing is remembered from one picture to the next, or there would be no noise to measure.
    loaded.session.forget()
    return _likely(loaded.session.read(_about(frame, loaded), [frame], loaded.eyes).scores)


def _likely(scores: torch.Tensor) -> torch.Tensor:
    return scores.float().softmax(-1).cpu()


def _distance(one: torch.Tensor, other: torch.Tensor) -> float:
    """Total variation: the share of probability that is elsewhere."""
    return float((one - other).abs().sum() / 2)


def _timed(loaded: Loaded, frame: Frame, count: int) -> tuple[torch.Tensor, float, float]:
    """What comes after a picture, and tokens a second, read and spoken; what is spoken does not matter."""
    loaded.session.forget()
    encoded = _about(frame, loaded)
    started = time.perf_counter()
    scores = loaded.session.read(encoded, [frame], loaded.eyes).scores
    token = int(scores.argmax())
    read_at = time.perf_counter()
    # What is made once after each reading (agent/mind/steady.py) is made before it counts.
    for _ in range(_FIRST):
        token = int(loaded.session.say([token]).argmax())
    said_at = time.perf_counter()
    for _ in range(count):
        token = int(loaded.session.say([token]).argmax())
    said = count / (time.perf_counter() - said_at)
    return _likely(scores), len(encoded.ids) / (read_at - started), said


def _price(loaded: Loaded) -> float:
    """How much longer a pass with a guess takes than one without, in passes; the least of a few tries."""
    # Where the processor does the work, other programs do not count; but Windows counts work in steps of many passes.
    counts = loaded.info.device == "cpu" and sys.platform != "win32"
    clock = time.process_time if counts else time.perf_counter
    quickest = {0: math.inf, WIDTH: math.inf}
    for count in (*quickest,) * _TRIES:
        started = clock()
        int(loaded.session.say_ahead([0], [0] * count)[0].argmax())
        quickest[count] = min(quickest[count], clock() - started)
    return max(0.0, quickest[WIDTH] / quickest[0] - 1) if quickest[0] > 0 else loaded.worth.price


def _peak_memory(device: str) -> int:
    import torch

    if device.startswith("cuda"):
        return sum(torch.cuda.max_memory_allocated(place) for place in places(device))
    if device == "mps":
        return int(torch.mps.driver_allocated_memory())
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    # Kilobytes, except on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
