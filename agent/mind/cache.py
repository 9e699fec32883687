"""Owns the language model's memory of what it read: keys and values that grow in place and can be cut back.

Layers with a running state instead of keys and values, as in the hybrid models of newer families, cannot be cut back;
copies of their state are kept at a few places, and they go back to the nearest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeGuard

if TYPE_CHECKING:
    import torch
    from transformers import Cache, PretrainedConfig
    from transformers.cache_utils import DynamicLayer, LinearAttentionLayer

ROOM: Final = 256
"""Tokens by which a layer grows at once."""
MARKS: Final = 4
"""Most places for which copies of running states are kept."""


@dataclass(frozen=True, slots=True)
class _States:
    """Copies of a layer's running states, by their numbers."""

    convolved: dict[int, torch.Tensor]
    recurrent: dict[int, torch.Tensor]


class Rooms(NamedTuple):
    """Where a layer keeps keys and values: (1, heads, tokens that there is room for, size); the same while nothing moves."""

    keys: torch.Tensor
    values: torch.Tensor


class Memory:
    """What a language model knows of the tokens it read.

    Args:
        config: of the model.
    """

    def __init__(self, config: PretrainedConfig) -> None:
        self._config = config
        self._cache: Cache | None = None
        self._marks: dict[int, dict[int, _States]] = {}
        self._rooms: list[Rooms] = []
        self._written = 0

    @property
    def cache(self) -> Cache:
        """What the model reads and writes; made when it is first asked for."""
        cache = self._made()
        if self._written:
            for layer in cache.layers:
                if _can_be_cut(layer):
                    _lengthen(layer, self._written)
        # Whoever asks may move the rooms.
        self._rooms, self._written = [], 0
        return cache

    def _made(self) -> Cache:
        if self._cache is None:
            self._cache = _empty(self._config)
        return self._cache

    @property
    def has_states(self) -> bool:
        """Whether there are layers that can only go back to a mark."""
        return any(_has_states(layer) for layer in self._made().layers)

    @property
    def can_be_cut(self) -> bool:
        """Whether it can go back to any place."""
        return all(_can_be_cut(layer) for layer in self._made().layers)

    @property
    def length(self) -> int:
        """How many tokens it knows."""
        return self._made().get_seq_length() + self._written

    def reserve(self, tokens: int) -> list[Rooms]:
        """The rooms of all layers, with room for so many more tokens; one and the same list until they move."""
        if not self._rooms or self._rooms[0].keys.shape[-2] < self.length + tokens:
            self._rooms = [_reserve(layer, tokens) for layer in self.cache.layers if _can_be_cut(layer)]
        return self._rooms

    def lengthen(self, tokens: int) -> None:
        """Take for known what was written into the rooms, right after what is known."""
        # Layer by layer it is noted once for many: that takes as long as a launch for each.
        self._written += tokens

    def mark(self, length: int, first: int) -> None:
        """Make it possible to go back to here, after `length` tokens; costs nothing where that is possible anyway.

        Args:
            length: tokens read.
            first: the earliest place that is gone back to, as by a fold; it stays whatever others are let go.
        """
        if not self.has_states:
            return
        self._marks[length] = {n: _copied(layer) for n, layer in enumerate(self.cache.layers) if _has_states(layer)}
        places = sorted(self._marks)
        stale = [place for place in places if place < first] + [place for place in places if place > first][: 1 - MARKS]
        for place in stale:
            del self._marks[place]

    def go_back(self, length: int, to: int) -> int:
        """Forget all after the first `to` of `length` tokens; returns how many are still known, which may be fewer."""
        if to == length:
            return to
        if length - to <= self._written:
            self._written -= length - to
            return to
        layers = self.cache.layers
        if not all(_can_be_cut(layer) or _has_states(layer) for layer in layers):
            to = 0
        elif self.has_states:
            to = max((place for place in self._marks if place <= to), default=0)
        if to == 0:
            self.clear()
            return 0
        self._marks = {place: states for place, states in self._marks.items() if place <= to}
        for number, layer in enumerate(layers):
            if _has_states(layer):
                _restore(layer, self._marks[to][number])
            elif _can_be_cut(layer):
                layer.crop(to - length)
        return to

    def clear(self) -> None:
        """Forget everything."""
        self._cache = None
        self._marks.clear()
        self._rooms, self._written = [], 0


def _empty(config: PretrainedConfig) -> Cache:
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer

    made = DynamicCache(config=config)
    made.layers = [_roomy()() if type(layer) is DynamicLayer else layer for layer in made.layers]
    return made


@cache
def _roomy() -> type[DynamicLayer]:
    """A layer that writes into room it has, where transformers' own copies all that it holds for every token."""
    from transformers.cache_utils import DynamicLayer

    class Roomy(DynamicLayer):
        """`keys` and `values` show the part of their rooms that is in use."""

        def lazy_initialization(self, key_states: torch.Tensor, value_states: torch.Tensor) -> None:
            """Make empty rooms."""
            super().lazy_initialization(key_states, value_states)
            self.rooms = [_room(key_states, 0), _room(value_states, 0)]
            self.keys, self.values = self.rooms

        def update(
            self, key_states: torch.Tensor, value_states: torch.Tensor, *args: object, **kwargs: object
        ) -> tuple[torch.Tensor, torch.Tensor]:
            """Add keys and values; returns all of them."""
            del args, kwargs
            if not self.is_initialized:
                self.lazy_initialization(key_states, value_states)
            # One after the other, so that while they move only one of them is there twice.
            self.keys = self._added(0, _held(self.keys), key_states)
            self.values = self._added(1, _held(self.values), value_states)
            return self.keys, self.values

        def crop(self, tokens_to_remove: int) -> None:
            """Forget the last `-tokens_to_remove` tokens; gives room back when less than half of it is in use."""
            super().crop(tokens_to_remove)
            for which, held in enumerate((_held(self.keys), _held(self.values))):
                if 2 * held.shape[-2] < self.rooms[which].shape[-2]:
                    self.rooms[which] = _moved(held, held.shape[-2])
            _lengthen(self, 0)

        def _added(self, which: int, held: torch.Tensor, new: torch.Tensor) -> torch.Tensor:
            known = held.shape[-2]
            length = known + new.shape[-2]
            _make_room(self, which, held, length)
            self.rooms[which][..., known:length, :] = new
            return self.rooms[which][..., :length, :]

    return Roomy


class _Roomy(Protocol):
    """A layer of ours."""

    keys: torch.Tensor | None
    values: torch.Tensor | None
    rooms: list[torch.Tensor]

    def crop(self, tokens_to_remove: int) -> None:
        """Forget the last `-tokens_to_remove` tokens."""


def _reserve(layer: _Roomy, tokens: int) -> Rooms:
    """Make room for so many more tokens; returns the rooms, whose unused part holds numbers that do no harm."""
    for which, held in enumerate((_held(layer.keys), _held(layer.values))):
        _make_room(layer, which, held, held.shape[-2] + tokens)
    _lengthen(layer, 0)
    return Rooms(*layer.rooms)


def _lengthen(layer: _Roomy, tokens: int) -> None:
    """Take for known what was written into the rooms, right after what is known."""
    length = _held(layer.keys).shape[-2] + tokens
    layer.keys, layer.values = (room[..., :length, :] for room in layer.rooms)


def _make_room(layer: _Roomy, which: int, held: torch.Tensor, length: int) -> None:
    if layer.rooms[which].shape[-2] < length:
        layer.rooms[which] = _moved(held, length)


def _room(like: torch.Tensor, tokens: int) -> torch.Tensor:
    return like.new_empty((*like.shape[:-2], tokens, like.shape[-1]))


def _moved(held: torch.Tensor, length: int) -> torch.Tensor:
    """The same in a room for at least so many tokens."""
    room = _room(held, -(-length // ROOM) * ROOM)
    room[..., : held.shape[-2], :] = held
    # Whoever reads a room to its end leaves this part out by weights of 0, which no number undoes but those that are none.
    room[..., length:, :] = 0
    return room


def _held(tensor: torch.Tensor | None) -> torch.Tensor:
    if tensor is None:
        raise RuntimeError("nothing was read")
    return tensor


def _can_be_cut(layer: object) -> TypeGuard[_Roomy]:
    return isinstance(layer, _roomy())


def _has_states(layer: object) -> TypeGuard[LinearAttentionLayer]:
    from transformers.cache_utils import LinearAttentionLayer

    return type(layer) is LinearAttentionLayer


def _copied(layer: LinearAttentionLayer) -> _States:
    return _States(_clones(layer.conv_states), _clones(layer.recurrent_states))


def _clones(states: Mapping[int, torch.Tensor | None]) -> dict[int, torch.Tensor]:
    return {number: state.clone() for number, state in states.items() if state is not None}


def _restore(layer: LinearAttentionLayer, states: _States) -> None:
    for number, state in states.convolved.items():
        _held(layer.conv_states[number]).copy_(state)
    for number, state in states.recurrent.items():
        _held(layer.recurrent_states[number]).copy_(state)
