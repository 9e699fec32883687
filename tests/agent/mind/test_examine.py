"""An examination tells a model that sees from one that does not."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from afresh import Reader

from agent.control import Control
from agent.errors import ModelError
from agent.host import Host
from agent.intents import StartRun
from agent.mind.examine import examine, hasten, prove
from agent.mind.guess import WIDTH
from agent.mind.hardware import Wish
from agent.mind.probe import probe
from agent.mind.qwen import Qwen
from agent.mind.steady import WIDTHS
from agent.prompt import prompt
from agent.report import write_report


@pytest.fixture(params=[("dense", "instruct"), ("moe", "thinking")], ids="-".join)
def model(request):
    """Which tiny checkpoint."""
    return request.param


@pytest.fixture
def mind(tiny, loaded, model, monkeypatch):
    one = Qwen(str(tiny(*model)))
    monkeypatch.setattr(one, "_loaded", loaded(*model))
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


def test_a_model_that_is_fit_says_how_quick_it_was(mind):
    info = prove(mind)
    assert info == mind.info()
    assert set(info.measured) == {"read", "spoken", "guess"}
    assert min(info.measured["read"], info.measured["spoken"]) > 0
    assert mind.loaded().worth.price == info.measured["guess"] >= 0


def test_little_is_tried_before_the_first_task(mind, monkeypatch):
    network = mind.loaded().session._model
    looks, reads = [], []
    features, forward = network.get_image_features, network.forward

    def look(*args, **settings):
        looks.append(1)
        return features(*args, **settings)

    def read(*args, **inputs):
        reads.append(inputs["input_ids"].shape[1])
        return forward(*args, **inputs)

    monkeypatch.setattr(network, "get_image_features", look)
    monkeypatch.setattr(network, "forward", read)
    prove(mind)
    assert len(looks) == 2
    assert sorted(reads)[:-2] == [1] * 10 + [1 + WIDTH] * 4
    assert max(reads) < 400


def changed(made, folder, change):
    """A checkpoint with other numbers in some of its weights."""
    from safetensors.torch import load_file, save_file

    copy = shutil.copytree(made, folder)
    weights = load_file(copy / "model.safetensors")
    for name, weight in weights.items():
        change(name, weight)
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    return copy


@pytest.fixture
def blind(tiny, model, tmp_path):
    """A checkpoint that is loaded as any other, and whose part that sees lets nothing through."""
    return changed(tiny(*model), tmp_path / "blind", lambda name, weight: weight.zero_() if "merger" in name else None)


def test_a_blind_model_is_refused(blind):
    with pytest.raises(
        ModelError, match="blind does not see: two pictures with different marks are the same"
    ) as caught:
        prove(Qwen(str(blind)))
    assert "\n" not in str(caught.value)


def test_a_model_that_overflows_is_refused(tiny, model, tmp_path):
    model = changed(tiny(*model), tmp_path / "m", lambda name, weight: weight.mul_(1e6) if "lm_head" in name else None)
    with pytest.raises(ModelError, match="does not think in float16: its numbers overflow"):
        prove(Qwen(str(model), Wish(dtype="float16")))


def test_a_run_with_a_blind_model_never_begins(blind, tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    host = Host(lambda: None)
    events = list(host.run(StartRun(task="look", model=str(blind), dry_run=True), Control()))
    host.close()
    assert events[-1].never_began
    assert "does not see" in events[-1].words
    assert "step_started" not in {event.kind for event in events}


def test_what_was_measured_is_recorded(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    host, control = Host(lambda: None), Control()
    run = host.run(StartRun(task="look", model=str(tiny()), dry_run=True), control)
    started = next(event for event in run if event.kind == "run_started")
    control.stop()
    list(run)
    host.close()
    assert set(started.mind["measured"]) == {"read", "spoken", "guess"}
    page = write_report(Path(started.run)).read_text()
    assert f"says {started.mind['measured']['spoken']:.0f} tokens a second" in page


@pytest.fixture
def recorded(loaded, picture, monkeypatch):
    """A reader, and what is wrong with the recorded passes of its model, which are the quicker ones."""
    model, wrong, first = loaded(), {}, {}
    network, forward = model.session._model, model.session._model.forward

    def passed(**given):
        found, width = forward(**given), given["input_ids"].shape[1]
        if "attention_mask" not in given:
            time.sleep(0.02)
        elif width >= wrong.get("fails_from", 99):
            raise RuntimeError("operation not permitted when stream is capturing")
        elif "stale" in wrong:
            found.logits.copy_(first.setdefault(width, found.logits.clone()))
        found.logits[..., 5] += wrong.get("shifted", 0.0) if "attention_mask" in given else 0
        return found

    monkeypatch.setattr(network, "forward", passed)
    reader, asked = Reader(model), prompt("do it", [], picture(1))
    return reader, lambda: reader.read(asked), wrong


@pytest.mark.parametrize(
    "trouble, taken",
    [
        ({}, WIDTHS),
        ({"shifted": 100.0}, ()),
        ({"stale": True}, ()),
        ({"fails_from": 1}, ()),
        ({"fails_from": 2}, WIDTHS[:1]),
    ],
)
def test_recorded_passes_are_for_models_that_say_the_same_by_them(recorded, picture, trouble, taken):
    reader, read, wrong = recorded
    wrong.update(trouble)
    assert hasten(reader.session, read) == taken
    plain = Reader(reader.loaded)
    read()
    plain.read(prompt("do it", [], picture(1)))
    for count in (1, 1, 1, 5, 5, 5):
        one, other = (each.session.say([9] * count) for each in (reader, plain))
        assert float((one - other).nan_to_num(0, 0, 0).abs().max()) < 1e-4


def test_passes_that_would_not_be_quicker_are_not_recorded(loaded, picture, monkeypatch):
    reader, asked = Reader(loaded()), prompt("do it", [], picture(1))
    forward = reader.network.forward

    def slowly(**given):
        time.sleep(0.05 if "attention_mask" in given else 0)
        return forward(**given)

    monkeypatch.setattr(reader.network, "forward", slowly)
    assert hasten(reader.session, lambda: reader.read(asked)) == ()


@pytest.mark.parametrize("chosen", ["cuda", "cuda:1", "mps"])
def test_a_model_that_is_elsewhere_than_chosen_is_refused(tiny, loaded, monkeypatch, chosen):
    one, mind = loaded(), Qwen(str(tiny()))
    monkeypatch.setattr(mind, "_loaded", replace(one, info=replace(one.info, device=chosen)))
    with pytest.raises(ModelError, match=f"was to run on {chosen}, and its weights are on cpu; choose"):
        prove(mind)


def test_a_model_that_cannot_be_loaded_cannot_be_examined(tmp_path):
    with pytest.raises(ModelError):
        examine(Qwen(str(tmp_path)))
    with pytest.raises(ModelError, match=r"config\.json"):
        probe(str(tmp_path))
