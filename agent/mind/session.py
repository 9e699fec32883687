"""Owns what a model has read: the only file that calls it. Reading a conversation gives scores for the next token.

The seam for reading incrementally: whoever thinks hands over the whole conversation at each step and asks for nothing
else, so that keeping the language model's cache from step to step changes this file alone. What is kept already is what
the vision tower made of each frame, by digest, while conversations refer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from actions.frame import Frame
from agent.mind.encode import Encoded
from agent.mind.vision import Picture

if TYPE_CHECKING:
    import torch
    from transformers import Cache, GenerationConfig

_IMAGE_TYPE = 1


class Positions(Protocol):
    """The part of a model that knows where its tokens are."""

    def get_rope_index(
        self, input_ids: torch.Tensor, mm_token_type_ids: torch.Tensor, *, image_grid_thw: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Positions in three dimensions, and how far the next one is from the number of tokens."""


class FrameOutput(Protocol):
    """What comes of looking: tokens frame by frame; some models also stack tokens of other depths in."""

    pooler_output: Sequence[torch.Tensor]


class TokenOutput(Protocol):
    """What comes of reading."""

    logits: torch.Tensor
    past_key_values: Cache


class Network(Protocol):
    """What is needed of a transformers model of Qwen3-VL's family."""

    model: Positions
    device: torch.device
    generation_config: GenerationConfig

    def to(self, device: str) -> Network:
        """The same, moved."""

    def eval(self) -> Network:
        """The same, not learning."""

    def parameters(self) -> Iterable[torch.Tensor]:
        """Its weights."""

    def get_image_features(self, patches: torch.Tensor, grid: torch.Tensor, *, return_dict: bool) -> FrameOutput:
        """Look."""

    def __call__(self, **inputs: object) -> TokenOutput:
        """Read."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the vision tower made of a frame: its grid, its tokens, and the same at the depths that are stacked in."""

    grid: torch.Tensor
    tokens: torch.Tensor
    deep: tuple[torch.Tensor, ...]


@dataclass(frozen=True, slots=True)
class Features:
    """What the model takes in place of pixels, under the names it asks for: frame by frame, and depth by depth."""

    pooler_output: tuple[torch.Tensor, ...]
    deepstack_features: list[tuple[torch.Tensor, ...]]


class Session:
    """A model, and the conversation that it is in.

    Args:
        model: Qwen3-VL or a newer model of the family, on its device, in eval mode.
    """

    def __init__(self, model: Network) -> None:
        self._model = model
        self._seen: dict[str, Seen] = {}
        self._cache: Cache | None = None
        self._position: torch.Tensor | None = None

    @property
    def device(self) -> str:
        """The kind of device that all weights are on; `several` when they are not on one."""
        kinds = {weight.device.type for weight in self._model.parameters()}
        return kinds.pop() if len(kinds) == 1 else "several"

    def unseen(self, frames: Sequence[Frame]) -> list[Frame]:
        """Those of the frames whose pictures `read` needs, each once."""
        return list({frame.digest: frame for frame in frames if frame.digest not in self._seen}.values())

    def read(self, encoded: Encoded, frames: Sequence[Frame], pictures: Mapping[str, Picture]) -> torch.Tensor:
        """Read a conversation from its beginning; the scores of its next token, as a vector.

        Args:
            encoded: the conversation.
            frames: its frames, in order.
            pictures: by digest, of the `unseen` frames at least.
        """
        import torch

        self._cache = None
        with torch.inference_mode():
            self._look(frames, pictures)
            ids = torch.tensor([encoded.ids], device=self._model.device)
            kinds = torch.zeros_like(ids, dtype=torch.int32)
            for span in encoded.images:
                kinds[0, span.start : span.stop] = _IMAGE_TYPE
            grids = torch.cat([self._seen[frame.digest].grid for frame in frames]) if frames else None
            # Positions of all ids at once: what follows a picture depends on the picture's shape.
            positions, beyond = self._model.model.get_rope_index(ids, kinds, image_grid_thw=grids)
            self._position = ids.shape[1] + beyond.reshape(1, 1, 1).expand(3, 1, 1)
            return self._forward(ids, positions, self._features(frames), grids)

    def say(self, token: int) -> torch.Tensor:
        """Add a token that was chosen; the scores of the one after it."""
        import torch

        with torch.inference_mode():
            if (position := self._position) is None:
                raise RuntimeError("read() comes before say()")
            self._position = position + 1
            return self._forward(torch.tensor([[token]], device=self._model.device), position)

    def forget(self) -> None:
        """Let go of everything that was read and seen."""
        self._seen.clear()
        self._cache = self._position = None

    def _forward(
        self,
        ids: torch.Tensor,
        positions: torch.Tensor,
        features: Features | None = None,
        grids: torch.Tensor | None = None,
    ) -> torch.Tensor:
        seen = {} if features is None else {"mm_encoder_outputs": {"image": features}, "image_grid_thw": grids}
        out = self._model(
            input_ids=ids,
            position_ids=positions,
            past_key_values=self._cache,
            use_cache=True,
            logits_to_keep=1,
            **seen,
        )
        self._cache = out.past_key_values
        return out.logits[0, -1]

    def _look(self, frames: Sequence[Frame], pictures: Mapping[str, Picture]) -> None:
        """See what is new, and let go of frames that the conversation no longer refers to."""
        for frame in self.unseen(frames):
            picture = pictures[frame.digest]
            grid = picture.grid.to(self._model.device)
            out = self._model.get_image_features(picture.patches.to(self._model.device), grid, return_dict=True)
            deep = tuple(tokens[0] for tokens in getattr(out, "deepstack_features", ()))
            self._seen[frame.digest] = Seen(grid, out.pooler_output[0], deep)
        wanted = {frame.digest for frame in frames}
        self._seen = {digest: seen for digest, seen in self._seen.items() if digest in wanted}

    def _features(self, frames: Sequence[Frame]) -> Features | None:
        if not frames:
            return None
        seen = [self._seen[frame.digest] for frame in frames]
        depths = range(len(seen[0].deep))
        return Features(tuple(one.tokens for one in seen), [tuple(one.deep[depth] for one in seen) for depth in depths])
