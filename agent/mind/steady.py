"""Owns saying a few tokens by one launch on a GPU: a pass of fixed shapes at fixed places of memory, recorded as a CUDA graph.

Token by token a GPU waits for the thousands of launches of each pass more than for memory. A recorded pass has none of
them. What changes from pass to pass lies in one tensor: the tokens, where they are, and where in the rooms of the cache
their keys and values go. The rooms are read to their end, with what is not in use masked out, and a pass for one token or
for a few serves fewer ones too: what is filled up is written beyond what is in use, and overwritten by what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agent.mind.attention import blocks

if TYPE_CHECKING:
    import torch

    from agent.mind.cache import Memory, Rooms
    from agent.mind.network import Network

WIDTHS: Final = (1, 32)
"""Tokens that a recorded pass takes: the usual one, or a choice with its guess or with what must follow it."""
_FIRST_USES: Final = 1
"""Passes of a width, after each reading, before it is recorded: recording costs a pass."""


class Steady:
    """Recorded passes over a memory, until it is read into or cut.

    Args:
        network: a model of the family.
        memory: what it has read; one whose layers can all be cut.
        widths: tokens that each kind of pass takes at most, in order.
    """

    def __init__(self, network: Network, memory: Memory, widths: Sequence[int]) -> None:
        self._network, self._memory = network, memory
        self._uses = dict.fromkeys(widths, 0)
        self._passes: dict[int, _Pass] = {}
        self._rooms: list[Rooms] = []

    def forget(self) -> None:
        """Let go of all that was recorded, and of the memory that it holds on to."""
        self._uses = dict.fromkeys(self._uses, 0)
        self._let_go()

    def _let_go(self) -> None:
        self._passes.clear()
        self._rooms = []

    def say(self, tokens: Sequence[int], positions: torch.Tensor) -> torch.Tensor | None:
        """Add some tokens; the scores after each, one row for each, or None where this is not a pass for it.

        Args:
            tokens: what is said.
            positions: (3, 1, tokens), where they are.
        """
        length = self._memory.length
        width = next((width for width in self._uses if width >= len(tokens)), None)
        if self._rooms and length + (width or len(tokens)) > self._rooms[0].keys.shape[-2]:
            self._let_go()  # before rooms move, or they would all be there twice
        if width is None:
            return None
        self._uses[width] += 1
        if self._uses[width] <= _FIRST_USES:
            return None
        rooms = self._memory.reserve(width)
        if not _are_same(rooms, self._rooms):
            self._passes.clear()
        self._rooms = rooms
        if width not in self._passes:
            self._passes[width] = _Pass(self._network, rooms, width)
        scores = self._passes[width].say(tokens, positions, length)
        self._memory.lengthen(len(tokens))
        return scores


def _are_same(some: list[Rooms], others: list[Rooms]) -> bool:
    if some is others:
        return True
    return len(some) == len(others) and all(
        one is other for rooms in zip(some, others, strict=True) for one, other in zip(*rooms, strict=True)
    )


class _Pass:
    """A pass for a fixed number of tokens over fixed rooms.

    `given` has five rows: the tokens, their positions in three dimensions, and their places in the rooms.
    """

    def __init__(self, network: Network, rooms: list[Rooms], width: int) -> None:
        import torch

        self._network, self._cache, self._width = network, _Fixed(rooms), width
        self._given = torch.zeros((5, width), dtype=torch.long, device=network.device)
        self._columns = torch.arange(rooms[0].keys.shape[-2], device=network.device)
        self._graph: torch.cuda.CUDAGraph | None = None
        self._scores: torch.Tensor | None = None

    def say(self, tokens: Sequence[int], positions: torch.Tensor, length: int) -> torch.Tensor:
        """The scores after each of the tokens, of which there may be fewer than the width."""
        import torch

        fill = self._width - len(tokens)
        ahead = torch.arange(self._width)
        where = positions[:, 0, :1].cpu() + ahead
        given = torch.cat([torch.tensor([[*tokens, *[0] * fill]]), where, (length + ahead)[None]])
        self._given.copy_(given)
        if self._given.device.type != "cuda":
            return self._run()[: len(tokens)]
        # What is recorded on another device than torch's own present one is nothing, and no error.
        with torch.cuda.device(self._given.device):
            if self._graph is None or self._scores is None:
                self._graph, self._scores = self._recorded()
            self._graph.replay()
            return self._scores[: len(tokens)].clone()

    def _recorded(self) -> tuple[torch.cuda.CUDAGraph, torch.Tensor]:
        import torch

        # Once aside, since libraries make themselves at home in their first call, which cannot be recorded.
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            self._run()
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Left by hand, too: torch does not leave the stream on which it records where the end of a recording fails.
        with torch.cuda.stream(torch.cuda.current_stream()), torch.cuda.graph(graph):
            scores = self._run()
        return graph, scores

    def _run(self) -> torch.Tensor:
        """One row of scores for each of the width."""
        places = self._given[4]
        self._cache.places = places
        with blocks(self._network):
            out = self._network(
                input_ids=self._given[:1],
                position_ids=self._given[1:4, None],
                attention_mask=(self._columns <= places[:, None])[None, None],
                past_key_values=self._cache,
                use_cache=True,
            )
        return out.logits[0]


class _Fixed:
    """What a model takes for its cache: writes at the places it is told, and shows the rooms to their end."""

    def __init__(self, rooms: list[Rooms]) -> None:
        self._rooms = rooms
        self.places: torch.Tensor | None = None

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, layer_idx: int, *args: object, **kwargs: object
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keep keys and values of some tokens of a layer; returns all that there is room for."""
        del args, kwargs
        room = self._rooms[layer_idx]
        if self.places is None:
            raise RuntimeError("no places were told")
        return room.keys.index_copy_(2, self.places, key_states), room.values.index_copy_(2, self.places, value_states)
