"""An examination tells a model that sees from one that does not."""

import pytest

from agent.errors import ModelError
from agent.mind.examine import examine
from agent.mind.probe import probe
from agent.mind.qwen import Qwen


@pytest.fixture
def mind(tiny, loaded, monkeypatch):
    one = Qwen(str(tiny()))
    monkeypatch.setattr(one, "_loaded", loaded())
    return one


def test_a_model_that_sees_is_found_to_see(mind):
    found = examine(mind)
    assert found.sees_image
    assert found.noise == 0
    assert 0 < found.change <= 1
    assert found.all_on_device


def test_a_blind_model_is_found_out(mind, monkeypatch):
    network = mind.loaded().session._model

    def blind(patches, grid, **settings):
        return network.model.get_image_features(patches * 0, grid, **settings)

    monkeypatch.setattr(network, "get_image_features", blind)
    assert not examine(mind).sees_image


def test_what_moves_by_itself_is_no_sight(mind, monkeypatch):
    import torch

    network = mind.loaded().session._model

    def giddy(patches, grid, **settings):
        return network.model.get_image_features(torch.rand_like(patches), grid, **settings)

    monkeypatch.setattr(network, "get_image_features", giddy)
    assert not examine(mind).sees_image


def test_a_model_that_cannot_be_loaded_cannot_be_examined(tmp_path):
    with pytest.raises(ModelError):
        examine(Qwen(str(tmp_path)))
    with pytest.raises(ModelError, match=r"config\.json"):
        probe(str(tmp_path))
