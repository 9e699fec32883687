"""Owns the trial of a loaded model: whether it truly sees, how quickly it reads and speaks, what it holds.

`prove` is the short one, before the first task; `examine` the long one, for `doctor`.
"""

from __future__ import annotations

import math
import os
import sys
import time
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

if TYPE_CHECKING:
    import torch

_QUESTION = "Which mark is in the picture, and where?"
_WIDTH, _HEIGHT = 352, 256
_SPOKEN, _SPOKEN_AT_FIRST = 32, 4
"""Tokens said to find out how quickly."""
_TRIES = 4
"""Of each kind of pass; the quickest counts."""
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
        recorded = 0.0
        on_one_gpu = device.startswith("cuda") and len(places(device)) == 1
        if on_one_gpu and os.environ.get("DESKHAND_RECORD") != "0":
            recorded = hasten(loaded.session)
        square, read, said = _timed(loaded, _marked(cross=False), _SPOKEN_AT_FIRST)
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
    return replace(loaded.info, measured={"read": read, "spoken": max(said, recorded), "guess": loaded.worth.price})


def hasten(session: Session) -> float:
    """Have a session that has read something say by recorded passes, if it then says the same more quickly.

    Where that fails, it has nothing read any more, and goes on in the usual way.

    Returns:
        How many tokens a second it says so; 0 where it does not.
    """
    if not session.can_go_back:
        return 0.0
    usual, slow = _one_by_one(session)
    session.hasten(on=True)
    try:
        same, quick = _one_by_one(session)
    except RuntimeError:  # there is something in its passes that cannot be recorded
        session.hasten(on=False)
        return 0.0
    if quick < slow and _distance(usual, same) < _ALIKE:
        return 1 / quick
    session.hasten(on=False)
    return 0.0


def _one_by_one(session: Session) -> tuple[torch.Tensor, float]:
    """What comes after a token, and the least seconds of some passes for one."""
    tries = []
    for _ in range(1 + _TRIES):
        started = time.perf_counter()
        scores = session.say([0])
        int(scores.argmax())
        tries.append((time.perf_counter() - started, _likely(scores)))
        session.take_back(1)
    return tries[-1][1], min(seconds for seconds, _ in tries)


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
    for _ in range(count):
        token = int(loaded.session.say([token]).argmax())
    spoken = count / (time.perf_counter() - read_at)
    return _likely(scores), len(encoded.ids) / (read_at - started), spoken


def _price(loaded: Loaded) -> float:
    """How much longer a pass with a guess takes than one without, in passes; the least of a few tries."""
    # Where the processor does the work, other programs do not count.
    clock = time.process_time if loaded.info.device == "cpu" else time.perf_counter
    quickest = {0: math.inf, WIDTH: math.inf}
    for count in (*quickest,) * _TRIES:
        started = clock()
        int(loaded.session.say_ahead([0], [0] * count)[0].argmax())
        quickest[count] = min(quickest[count], clock() - started)
    return max(0.0, quickest[WIDTH] / quickest[0] - 1)


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
