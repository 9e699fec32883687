"""Owns how a device is named: as torch does it, or as several GPUs that share a model, joined by commas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def joined(places: Iterable[str]) -> str:
    """One name for all of them."""
    return ",".join(places)


def places(device: str) -> tuple[str, ...]:
    """The devices that a name means, each once."""
    return tuple(dict.fromkeys(place.strip() for place in device.split(",")))


def spoken(names: Sequence[str]) -> str:
    """Names in a sentence."""
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def is_on(place: str, chosen: str) -> bool:
    """Whether a place, such as `cuda:0`, is on what was chosen; without a number that is any device of its kind."""
    wanted = places(chosen)
    return all(one in wanted or one.partition(":")[0] in wanted for one in places(place))
