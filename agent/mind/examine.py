"""Owns the examination of a loaded model: whether it truly sees, how quickly it reads and speaks, what it holds."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import numpy as np

from actions.frame import Frame, frame_from_rgb
from actions.geometry import Rect
from agent.conversation import Conversation, ImagePart, Message, TextPart
from agent.mind.base import Examination
from agent.mind.encode import Encoded, encode
from agent.mind.load import Loaded, mapped
from agent.mind.qwen import Qwen

if TYPE_CHECKING:
    import torch

_QUESTION = "Which mark is in the picture, and where?"
_WIDTH, _HEIGHT = 352, 256
_SPOKEN = 32
_SURELY = 10
"""A change so many times as large as the noise comes from the picture."""
_LEAST = 1e-6


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
        read, spoken = _speed(loaded)
        return Examination(
            sees_image=change > max(_LEAST, _SURELY * noise),
            change=change,
            noise=noise,
            all_on_device=loaded.session.device == loaded.info.device.partition(":")[0],
            prefill_tokens_per_second=read,
            decode_tokens_per_second=spoken,
            peak_memory=_peak_memory(loaded.info.device),
        )


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
    return loaded.session.read(_about(frame, loaded), [frame], loaded.eyes).scores.float().softmax(-1).cpu()


def _distance(one: torch.Tensor, other: torch.Tensor) -> float:
    """Total variation: the share of probability that is elsewhere."""
    return float((one - other).abs().sum() / 2)


def _speed(loaded: Loaded) -> tuple[float, float]:
    """Tokens a second, read and spoken; what is spoken does not matter."""
    loaded.session.forget()
    frame = _marked(cross=True)
    encoded = _about(frame, loaded)
    started = time.perf_counter()
    token = int(loaded.session.read(encoded, [frame], loaded.eyes).scores.argmax())
    read_at = time.perf_counter()
    for _ in range(_SPOKEN):
        token = int(loaded.session.say([token]).argmax())
    return len(encoded.ids) / (read_at - started), _SPOKEN / (time.perf_counter() - read_at)


def _peak_memory(device: str) -> int:
    import torch

    if device.startswith("cuda"):
        return int(torch.cuda.max_memory_allocated())
    if device == "mps":
        return int(torch.mps.driver_allocated_memory())
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource

    # Kilobytes, except on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
