"""How a device is named, be it one or several, and whether a model is where it was to be."""

import pytest

from agent.mind.devices import is_on, joined, places, spoken


@pytest.mark.parametrize(
    "device, found",
    [("cpu", ("cpu",)), ("cuda:0,cuda:1", ("cuda:0", "cuda:1")), (" cuda:1 , cuda:0,cuda:1", ("cuda:1", "cuda:0"))],
)
def test_a_name_means_devices_each_once(device, found):
    assert places(device) == found
    assert places(joined(found)) == found


def test_names_are_spoken_as_a_list():
    assert [spoken(names) for names in (("a",), ("a", "b"), ("a", "b", "c"))] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    "place, chosen, same",
    [
        ("cpu", "cpu", True),
        ("cuda:0", "cuda", True),
        ("cuda:1", "cuda:1", True),
        ("cuda:0", "cuda:1", False),
        ("cpu", "cuda", False),
        ("mps:0", "mps", True),
        ("cuda:0,cuda:1", "cuda:1,cuda:0", True),
        ("cuda:0,cuda:1", "cuda:0", False),
        ("cuda:0,cuda:2", "cuda:0,cuda:1", False),
        ("cpu,cuda:0", "cuda:0,cuda:1", False),
        ("cuda:0,meta", "cuda:0,cuda:1", False),
        ("cuda:1", "cuda:0,cuda:1", True),
    ],
)
def test_a_place_is_the_chosen_device_or_is_not(place, chosen, same):
    assert is_on(place, chosen) is same
