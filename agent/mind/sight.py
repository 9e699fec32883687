"""Owns what the vision tower made of frames: each is encoded once, and the newest are kept for when they are read again."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from actions.frame import Frame
from agent.mind.network import Network
from agent.mind.vision import Eyes

if TYPE_CHECKING:
    import torch

KEPT: Final = 4
"""So many of the newest frames stay encoded, as many as the default policy reads again when it folds. Keeping all would
cost a sixth of the language model's own memory."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the vision tower made of a frame: its tokens, and the same at the depths that are stacked in."""

    tokens: torch.Tensor
    deep: tuple[torch.Tensor, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """What the model takes in place of pixels, under the names it asks for: frame by frame, and depth by depth."""

    pooler_output: tuple[torch.Tensor, ...]
    deepstack_features: list[tuple[torch.Tensor, ...]]


class Sight:
    """The vision tower of a model, and what it saw; frames are known by digest.

    Args:
        network: looks.

    Attributes:
        seconds: that making patches of pixels has taken so far.
    """

    def __init__(self, network: Network) -> None:
        self.seconds = 0.0
        self._network = network
        self._seen: dict[str, Seen] = {}

    def look(self, frames: Sequence[Frame], eyes: Eyes) -> Features | None:
        """What the frames look like; those that are not known are encoded, one by one."""
        if not frames:
            return None
        seen = [self._look(frame, eyes) for frame in frames]
        depths = range(len(seen[0].deep))
        return Features(tuple(one.tokens for one in seen), [tuple(one.deep[depth] for one in seen) for depth in depths])

    def keep(self, frames: Sequence[Frame]) -> None:
        """Let go of all but the last few of a conversation's frames."""
        newest = {frame.digest for frame in frames[-KEPT:]}
        self._seen = {digest: seen for digest, seen in self._seen.items() if digest in newest}

    def forget(self) -> None:
        """Let go of everything."""
        self._seen.clear()

    def _look(self, frame: Frame, eyes: Eyes) -> Seen:
        if (seen := self._seen.get(frame.digest)) is None:
            started = time.perf_counter()
            picture = eyes.look(frame, self._network.device, self._network.dtype)
            self.seconds += time.perf_counter() - started
            out = self._network.get_image_features(picture.patches, picture.grid, return_dict=True)
            deep = tuple(tokens[0] for tokens in getattr(out, "deepstack_features", ()))
            seen = self._seen[frame.digest] = Seen(out.pooler_output[0], deep)
        return seen
