"""Owns a model that is read step by step, and what it says beside the same model that reads everything afresh."""

from __future__ import annotations

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

    def read(self, conversation: Conversation) -> Read:
        encoded = encode(conversation, self.loaded.tokenizer, self.loaded.eyes.tokens)
        unseen = self.session.unseen(encoded, conversation.frames)
        pictures = {frame.digest: self.loaded.eyes.look(frame) for frame in unseen}
        self.length = len(encoded.ids)
        return self.session.read(encoded, conversation.frames, pictures)

    def turn(self, conversation: Conversation, count: int = 5) -> tuple[torch.Tensor, tuple[int, ...], Read]:
        """The scores of a few greedy tokens, the tokens, and what was read."""
        import torch

        read = self.read(conversation)
        scores, ids = [read.scores], [pick(read.scores, ThinkOptions())]
        for _ in range(count - 1):
            scores.append(self.session.say(ids[-1]))
            ids.append(pick(scores[-1], ThinkOptions()))
        return torch.stack(scores), tuple(ids), read

    def agreed(self, conversation: Conversation, count: int = 5) -> tuple[tuple[int, ...], Read]:
        """A turn's tokens and what was read, after seeing that the turn is the same when everything is read afresh."""
        scores, ids, read = self.turn(conversation, count)
        expected, expected_ids, afresh = Reader(self.loaded, self.network).turn(conversation, count)
        assert (afresh.known, afresh.reuse) == (0, "new")
        assert ids == expected_ids
        apart = float((scores - expected).abs().max())
        assert apart <= TOLERATED, apart
        return ids, read
