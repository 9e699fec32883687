"""Owns a model that is read step by step, and what it says beside the same model that reads everything afresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.conversation import Conversation
from agent.mind.base import ThinkOptions
from agent.mind.decode import pick
from agent.mind.encode import encode
from agent.mind.load import Loaded
from agent.mind.network import Network
from agent.mind.session import Read, Session

if TYPE_CHECKING:
    import torch

TOLERATED = 1e-4
"""How far the scores may be apart."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What was said.

    Attributes:
        scores: of each token, before it was said.
        ids: the best each time.
        read: what was read before.
        length: tokens of the conversation.
    """

    scores: torch.Tensor
    ids: tuple[int, ...]
    read: Read
    length: int

    def apart(self, other: Turn) -> float:
        """How far the scores are from those of another turn, as far as both said the same."""
        same = 1 + next(
            (n for n, pair in enumerate(zip(self.ids, other.ids, strict=True)) if len({*pair}) > 1), len(self.ids)
        )
        one, two = self.scores[:same], other.scores[:same]
        # What cannot be said is infinitely bad for both.
        return float((one - two).abs().masked_fill(one == two, 0).nan_to_num(nan=float("inf")).max())


class Reader:
    """A session of its own.

    Args:
        loaded: whose tokenizer, eyes and network it has.
        network: instead of that one.
    """

    def __init__(self, loaded: Loaded, network: Network | None = None) -> None:
        self.loaded = loaded
        self.network = network or loaded.session._model
        self.session = Session(self.network)

    def read(self, conversation: Conversation) -> tuple[Read, int]:
        """Read it; the tokens that it has come second."""
        encoded = encode(conversation, self.loaded.tokenizer, self.loaded.eyes.tokens)
        return self.session.read(encoded, conversation.frames, self.loaded.eyes), len(encoded.ids)

    def turn(self, conversation: Conversation, count: int = 5) -> Turn:
        """Read it and say some tokens."""
        import torch

        read, length = self.read(conversation)
        scores, ids = [read.scores], [pick(read.scores, ThinkOptions())]
        for _ in range(count - 1):
            scores.append(self.session.say([ids[-1]]))
            ids.append(pick(scores[-1], ThinkOptions()))
        return Turn(torch.stack(scores), tuple(ids), read, length)

    def beside(self, conversation: Conversation, count: int = 5) -> tuple[Turn, Turn]:
        """The turn, and the same by the same model that has read nothing before."""
        return self.turn(conversation, count), Reader(self.loaded, self.network).turn(conversation, count)

    def agreed(self, conversation: Conversation, count: int = 5) -> Turn:
        """The turn, after seeing that it is the same as when everything is read afresh."""
        turn, afresh = self.beside(conversation, count)
        assert (afresh.read.known, afresh.read.reuse) == (0, "new")
        assert turn.ids == afresh.ids
        assert turn.apart(afresh) <= TOLERATED
        return turn

    def without(self, axis: str) -> Callable[..., tuple[torch.Tensor, torch.Tensor]]:
        """The model's own way to tell positions, with those along one axis (`time`, `height` or `width`) at 0."""
        number, places = ("time", "height", "width").index(axis), self.network.model.get_rope_index

        def flat(*arguments: object, **named: object) -> tuple[torch.Tensor, torch.Tensor]:
            positions, beyond = places(*arguments, **named)
            positions[number] = 0
            return positions, beyond

        return flat
