"""Owns how the layers of a model are spread over several GPUs, so that a conversation may be as long as possible.

All of it is arithmetic on bytes: of the parts of a model, one after the other, and of what is free. What is spread is loaded
by accelerate, which sends the numbers from GPU to GPU.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, cast

from agent.mind.fit import BASE, SLACK, Load, Precision, need, reading, seeing
from agent.mind.network import Network
from agent.mind.sizes import VOCABULARY, Shape

if TYPE_CHECKING:
    import torch

_LIBRARY: Final = "accelerate"


@dataclass(frozen=True, slots=True)
class Part:
    """What stays together on one GPU.

    Attributes:
        fixed: bytes of its weights, and of what it works with.
        token: bytes that it keeps of each token.
        modules: their names, where it is a part of a real model.
    """

    fixed: int
    token: float = 0
    modules: tuple[str, ...] = ()


def trouble() -> str:
    """Why no model can be spread here, and what to do; empty when one can be."""
    if importlib.util.find_spec(_LIBRARY):
        return ""
    return "several GPUs need accelerate: install it with `pip install accelerate`"


def split(parts: Sequence[Part], rooms: Sequence[int]) -> tuple[list[int], int] | None:
    """Which GPU each part is on, so that as many tokens as possible fit; and how many. None when not even one fits.

    Args:
        parts: in the order in which a token goes through them.
        rooms: bytes for parts and tokens on each GPU, in that order, too; negative where less is free than work takes.
    """
    each = sum(part.token for part in parts)
    least, most = 1, max(1, int(sum(room for room in rooms if room > 0) / each)) if each else 1
    found = _filled(parts, rooms, least)
    if found is None:
        return None
    while least < most:
        tried = (least + most + 1) // 2
        if better := _filled(parts, rooms, tried):
            found, least = better, tried
        else:
            most = tried - 1
    return found, least


def _filled(parts: Sequence[Part], rooms: Sequence[int], tokens: int) -> list[int] | None:
    """One GPU filled after the other; None when the parts and so many tokens do not fit."""
    places: list[int] = []
    at, used = 0, 0.0
    for part in parts:
        needed = part.fixed + tokens * part.token
        while at < len(rooms) and used + needed > rooms[at]:
            at, used = at + 1, 0.0
        if at == len(rooms):
            return None
        used += needed
        places.append(at)
    return places


def fits(shape: Shape, precision: Precision, load: Load, free: Sequence[int]) -> bool:
    """Whether a run of that length fits on these GPUs together, which have so many bytes free."""
    if len(free) == 1:
        return need(shape, precision, load).total <= free[0]
    found = split(_parts(shape, precision, load), _rooms(shape, precision.other, load, free))
    return found is not None and found[1] >= load.tokens


def groups(places: Sequence[str], free: Callable[[str], int]) -> Iterator[tuple[str, ...]]:
    """The GPUs that a model may take: each alone, then as few as possible, those with the most memory before others.

    Args:
        places: as torch names them.
        free: says how many bytes one has free; not asked before the first is found to be too small.
    """
    yield from ((place,) for place in places)
    ranked = sorted(places, key=free, reverse=True)
    for count in range(2, len(ranked) + 1):
        yield tuple(place for place in places if place in ranked[:count])


def _rooms(shape: Shape, number: int, load: Load, free: Sequence[int]) -> list[int]:
    """What is left on each GPU for parts and tokens, beside its driver and the work."""
    work = BASE + round((1 + SLACK) * reading(shape, number, load))
    return [bytes_free - work for bytes_free in free]


def _parts(shape: Shape, precision: Precision, load: Load) -> list[Part]:
    """The parts of a published size: what sees and the table of tokens, the layers, the table that scores."""
    number = precision.other
    table = VOCABULARY * shape.hidden * number
    tower = shape.tower.parameters(shape.hidden) * number
    tables = table * (1 if shape.tied else 2)
    layers = need(shape, precision, load).weights - tower - tables
    first = tower + table + round((1 + SLACK) * seeing(shape, number, load))
    layer = Part(-(-layers // shape.layers), (1 + SLACK) * shape.kv_bytes * number / 2 / shape.layers)
    return [Part(first), *[layer] * shape.layers, Part(tables - table)]


def device_map(
    network: Network, shape: Shape, precision: Precision, load: Load, free: Mapping[str, int], stored: int = 0
) -> dict[str, int | str] | None:
    """Which GPU each module of a model is on, as accelerate wants to be told; None when they do not hold it.

    Args:
        network: without weights, on torch's meta device.
        shape: of it.
        precision: in which its weights will be kept.
        load: the pictures that it works with; the conversation becomes as long as there is room for.
        free: bytes on each GPU, as torch names it, in the order in which they are filled.
        stored: bytes of weights that already are in few bits, whatever the precision.
    """
    parts = _real_parts(network, shape, precision, load)
    if stored:
        share = stored / sum(part.fixed for part in parts)
        parts = [replace(part, fixed=round(part.fixed * share)) for part in parts]
    found = split(parts, _rooms(shape, precision.other, load, list(free.values())))
    if found is None:
        return None
    places = [_target(place) for place in free]
    return {module: places[at] for part, at in zip(parts, found[0], strict=True) for module in part.modules}


def _target(place: str) -> int | str:
    # accelerate takes the first of a set of them for the main one, and sets keep small numbers in order.
    return int(place.partition(":")[2]) if place.startswith("cuda:") else place


def _real_parts(network: Network, shape: Shape, precision: Precision, load: Load) -> list[Part]:
    layers = network.model.language_model.layers
    kinds = getattr(network.config.get_text_config(), "layer_types", None) or ["full_attention"] * len(layers)
    token = (1 + SLACK) * shape.kv_bytes * precision.other / 2 / max(1, len(kinds) - kinds.count("linear_attention"))
    tokens = {layer: 0 if kind == "linear_attention" else token for layer, kind in zip(layers, kinds, strict=True)}
    whole = replace(precision, linear=precision.other)
    # Where the table of tokens also scores them, there is one, with the first parts.
    tied = network.get_output_embeddings() if shape.tied else None
    first, last, between = Part(round((1 + SLACK) * seeing(shape, precision.other, load))), Part(0), list[Part]()
    for name, module in _modules(cast("torch.nn.Module", network), layers):
        size = 0 if module is tied else _bytes(module, whole)
        if module in tokens:
            between.append(Part(_bytes(module, precision), tokens[module], (name,)))
        elif between and size:
            last = Part(last.fixed + size, 0, (*last.modules, name))
        else:
            first = Part(first.fixed + size, 0, (*first.modules, name))
    return [first, *between, last]


def _modules(
    within: torch.nn.Module, layers: torch.nn.Module, prefix: str = ""
) -> Iterator[tuple[str, torch.nn.Module]]:
    """The layers, and the largest modules that hold none of them, in order, by name."""
    for name, module in within.named_children():
        if module is layers:
            yield from ((f"{prefix}{name}.{number}", layer) for number, layer in module.named_children())
        elif any(part is layers for part in module.modules()):
            yield from _modules(module, layers, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", module


def _bytes(module: torch.nn.Module, precision: Precision) -> int:
    import torch

    return round(
        sum(
            weight.numel() * (precision.linear if type(part) is torch.nn.Linear else precision.other)
            for part in module.modules()
            for weight in part.parameters(recurse=False)
        )
    )
