"""A model is another one as soon as it wears another adapter, or one of its numbers has changed."""

import random

import pytest

from agent.mind.load import load
from agent.mind.network import identity

CHANGES = 500


@pytest.fixture
def dressed(tiny):
    """A tiny model with two adapters laid over it, neither of them in use."""
    pytest.importorskip("peft")
    from episodes import add_adapters

    loaded = load(str(tiny()))
    add_adapters(loaded)
    return loaded.session._model


def test_hundreds_of_changes_of_adapters_and_weights_are_as_many_other_models(dressed):
    import torch

    draw, worn, same = random.Random(1), None, 0
    weights = [weight for _, weight in sorted(dressed.named_parameters())]
    for _ in range(CHANGES):
        before = identity(dressed)
        assert identity(dressed) == before
        if draw.random() < 0.5:
            worn = draw.choice([name for name in (None, "first", "second") if name != worn])
            if worn is None:
                dressed.disable_adapters()
            else:
                dressed.enable_adapters()
                dressed.set_adapter(worn)
        else:
            with torch.no_grad():
                draw.choice(weights).view(-1)[0] += 0.001
        same += identity(dressed) == before
    assert same == 0
