"""Finding a model's folder, and saying in a sentence what is wrong with it."""

import json
import shutil

import pytest

from agent.errors import ModelError
from agent.mind.weights import find_weights


@pytest.fixture
def copy(tiny, tmp_path):
    """A checkpoint that may be spoilt."""
    return shutil.copytree(tiny(), tmp_path / "model")


def complaint(model):
    with pytest.raises(ModelError) as caught:
        find_weights(str(model))
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_folder_is_found_with_its_size(copy):
    found = find_weights(str(copy))
    assert found.folder == copy.resolve()
    assert found.size == (copy / "model.safetensors").stat().st_size


def test_the_revision_changes_with_the_model(copy):
    before = find_weights(str(copy)).revision
    assert find_weights(str(copy)).revision == before
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert find_weights(str(copy)).revision != before


def test_large_files_are_known_by_size(copy, monkeypatch):
    monkeypatch.setattr("agent.mind.weights._READ_WHOLE", 500_000)
    before = find_weights(str(copy)).revision
    weights = bytearray((copy / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (copy / "model.safetensors").write_bytes(weights)
    assert find_weights(str(copy)).revision == before


@pytest.mark.parametrize(
    "change", [lambda data: data[:-1], lambda data: data + b"!", lambda data: data[:40], lambda data: b""]
)
def test_weights_that_are_cut_short_are_noticed_without_loading(copy, change):
    path = copy / "model.safetensors"
    path.write_bytes(change(path.read_bytes()))
    assert "model.safetensors is damaged" in complaint(copy)


def test_tensors_that_the_index_promises_must_be_there(copy):
    index = {"weight_map": {"no.such.weight": "model.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "lacks 1 tensors, among them no.such.weight" in complaint(copy)


def test_pickles_are_refused(copy):
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    assert "pickles, which can run code" in complaint(copy)


def test_nothing_at_all_is_said_so(copy, tmp_path):
    (copy / "model.safetensors").unlink()
    assert "it holds no weights" in complaint(copy)
    assert "there is no folder" in complaint("./no/such/folder")
    assert "holds no config.json" in complaint(tmp_path)


def test_what_is_missing_is_named(copy):
    (copy / "preprocessor_config.json").unlink()
    index = {"weight_map": {"a": "model.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index))
    text = complaint(copy)
    assert "model-00002-of-00002.safetensors, preprocessor_config.json missing" in text


@pytest.mark.parametrize(
    "text, says",
    [('{"model_type": "llama"}', "type llama, which does not see"), ("{", "cannot be read"), ("[]", "not a JSON")],
)
def test_other_models_and_broken_files_are_refused(copy, text, says):
    (copy / "config.json").write_text(text)
    assert says in complaint(copy)


def test_offline_the_sentence_says_what_to_do():
    # Tests run with HF_HUB_OFFLINE.
    text = complaint("nobody/Qwen3-VL-none")
    assert "HF_HUB_OFFLINE" in text
    assert "a folder that holds the model" in text
