"""Owns what a model has read: the only file that calls it. Reading a conversation gives scores for the next token.

Whoever thinks hands over the whole conversation at each step and asks for nothing else. What it has in common with what
was read before, said tokens included, is not read again; the rest is, at the places where it stands in the whole. So a
conversation that was folded, edited, tried again or taken back a step is just another conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from actions.frame import Frame
from agent.mind.base import Reuse
from agent.mind.budget import budget_of
from agent.mind.cache import Memory
from agent.mind.devices import joined
from agent.mind.encode import Encoded, Span
from agent.mind.network import Network, identity
from agent.mind.prefix import Key, common, keys, parts
from agent.mind.sight import Features, Sight
from agent.mind.steady import Steady
from agent.mind.vision import Eyes

if TYPE_CHECKING:
    import torch

_IMAGE_TYPE = 1
_PADS = ("image_token_id", "video_token_id")


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading.

    Attributes:
        scores: of the next token, as a vector.
        known: how many tokens were known from before.
        reuse: what became of what was known.
        seconds: that making patches of new frames took.
    """

    scores: torch.Tensor
    known: int
    reuse: Reuse
    seconds: float


class Session:
    """A model, and the conversation that it is in.

    Args:
        model: Qwen3-VL or a newer model of the family, on its device, in eval mode.

    Attributes:
        unsayable: what stands for a picture, and is never said: the next read would look for the picture.
    """

    def __init__(self, model: Network) -> None:
        self._model = model
        self._sight = Sight(model)
        self._memory = Memory(model.config)
        self._known: list[Key] = []
        self._identity = identity(model)
        self._position: torch.Tensor | None = None
        self._steady: Steady | None = None
        pads = (getattr(model.config, name) for name in _PADS if hasattr(model.config, name))
        self.unsayable: frozenset[int] = frozenset(pads)

    @property
    def device(self) -> str:
        """The device that all weights are on, as torch names it; several are joined by commas."""
        return joined(sorted({str(weight.device) for weight in self._model.parameters()}))

    @property
    def held(self) -> int:
        """How many tokens it has read and keeps."""
        return len(self._known)

    def room(self, frame_tokens: int) -> int:
        """How many more tokens there is memory for, where a frame has so many at most."""
        return budget_of(self._model, frame_tokens).memory

    def read(self, encoded: Encoded, frames: Sequence[Frame], eyes: Eyes) -> Read:
        """Read a conversation, from where it differs from the last one.

        Args:
            encoded: the conversation.
            frames: its frames, in order.
            eyes: look at those frames that are new.
        """
        import torch

        self._forget_other_models()
        looked = self._sight.seconds
        if self._steady:
            self._steady.forget()
        wanted = keys(encoded, frames)
        same = common(self._known, wanted, encoded.images)
        try:
            with torch.inference_mode():
                start = self._memory.go_back(len(self._known), same)
                reuse = _reuse(start, same, len(self._known), self._memory.has_states)
                scores = self._read_on(encoded, frames, eyes, start)
        except BaseException:
            self.forget()  # some layers may have read what others have not
            raise
        self._known = wanted
        self._sight.keep(frames)
        return Read(scores, start, reuse, self._sight.seconds - looked)

    @property
    def can_go_back(self) -> bool:
        """Whether what was said can be taken back a few tokens, without reading anything again."""
        return self._memory.can_be_cut

    def hasten(self, widths: Sequence[int]) -> None:
        """Say by recorded passes from now on, for so many tokens at most; by none again where there are no widths.

        Only where `can_go_back`.
        """
        self._steady = Steady(self._model, self._memory, widths) if widths else None

    def say(self, tokens: Sequence[int]) -> torch.Tensor:
        """Add some tokens that were chosen, in one go; the scores of the one after them."""
        return self.say_ahead(tokens, ())[0]

    def say_ahead(self, tokens: Sequence[int], guess: Sequence[int]) -> torch.Tensor:
        """Add tokens that were chosen and a guess at what follows, in one go.

        Returns:
            The scores of the token after those that were chosen, and after each of the guess; one row for each.
        """
        import torch

        if (position := self._position) is None:
            raise RuntimeError("read() comes before say()")
        added = [*tokens, *guess]
        self._position = position + len(added)
        self._known += added
        try:
            with torch.inference_mode():
                places = position + torch.arange(len(added))
                scores = self._steady.say(added, places) if self._steady else None
                if scores is not None:
                    return self._sayable(scores[len(tokens) - 1 :])
                return self._forward(torch.tensor([added]), places, scored=1 + len(guess))
        except BaseException:
            self.forget()
            raise

    def take_back(self, count: int) -> None:
        """Forget the last tokens that were said; where `can_go_back`."""
        if self._position is None:
            raise RuntimeError("read() comes before take_back()")
        self._memory.go_back(len(self._known), len(self._known) - count)
        self._known = self._known[:-count]
        self._position = self._position - count

    def forget(self) -> None:
        """Let go of everything that was read and seen."""
        self._sight.forget()
        if self._steady:
            self._steady.forget()
        self._memory.clear()
        self._known = []
        self._position = None

    def _forget_other_models(self) -> None:
        """What was read with other weights or another adapter says nothing about this model."""
        if (now := identity(self._model)) != self._identity:
            self.forget()
            self._identity = now

    def _read_on(self, encoded: Encoded, frames: Sequence[Frame], eyes: Eyes, start: int) -> torch.Tensor:
        import torch

        ids = torch.tensor([encoded.ids])
        kinds = torch.zeros_like(ids, dtype=torch.int32)
        for span in encoded.images:
            kinds[0, span.start : span.stop] = _IMAGE_TYPE
        # Positions of all ids at once: what follows a picture depends on the picture's shape.
        grids = torch.tensor([eyes.grid(frame.size) for frame in frames]) if frames else None
        positions, beyond = self._model.model.get_rope_index(ids, kinds, image_grid_thw=grids)
        self._position = ids.shape[1] + beyond.reshape(1, 1, 1).expand(3, 1, 1)
        halts = _halts(encoded) if self._memory.has_states else ()
        scores: torch.Tensor | None = None
        for part in parts(start, ids.shape[1], encoded.images, halts):
            place = slice(part.start, part.stop)
            seen = self._sight.look(_within(part, encoded.images, frames), eyes)
            scores = self._forward(ids[:, place], positions[:, :, place], seen)[0]
            if part.stop in halts:
                self._memory.mark(part.stop, halts[0])
        if scores is None:
            raise ValueError("an empty conversation cannot be read")
        return scores

    def _forward(
        self, ids: torch.Tensor, positions: torch.Tensor, seen: Features | None = None, scored: int = 1
    ) -> torch.Tensor:
        """Read some tokens; the scores after each of the last so many, one row for each."""
        # With the positions given, the model asks for no grids.
        shown = {} if seen is None else {"mm_encoder_outputs": {"image": seen}}
        out = self._model(
            input_ids=ids.to(self._model.device),
            position_ids=positions.to(self._model.device),
            past_key_values=self._memory.cache,
            use_cache=True,
            logits_to_keep=scored,
            **shown,
        )
        return self._sayable(out.logits[0])

    def _sayable(self, scores: torch.Tensor) -> torch.Tensor:
        scores[:, [*self.unsayable]] = -float("inf")
        return scores


def _reuse(start: int, same: int, known: int, has_states: bool) -> Reuse:
    if start == 0:
        return "reread" if same else "new"
    if start == known:
        return "kept"
    return "restored" if has_states else "cut"


def _halts(encoded: Encoded) -> tuple[int, ...]:
    """Where a conversation may part from this one: before the first picture, and at its very end."""
    first = encoded.images[0].start - 1 if encoded.images else 0
    return first, len(encoded.ids) - 1


def _within(part: Span, images: Sequence[Span], frames: Sequence[Frame]) -> list[Frame]:
    """The frames of a part."""
    return [
        frame for frame, span in zip(frames, images, strict=True) if part.start <= span.start and span.stop <= part.stop
    ]
