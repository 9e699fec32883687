"""What a model takes and what there is: a model that does not fit is refused before anything of it is loaded."""

import shutil

import psutil
import pytest

from agent.errors import ModelError, OutOfMemory
from agent.mind import load as loading
from agent.mind.budget import free_memory
from agent.mind.fit import FOUR, USUAL, need
from agent.mind.hardware import Hardware, Wish
from agent.mind.room import check_room, held_memory, loaded_bytes
from agent.mind.sizes import SIZES


@pytest.fixture(scope="module", params=["dense", "moe"])
def kind(request):
    """Of the tiny checkpoint."""
    return request.param


@pytest.fixture(scope="module")
def numbers(tiny, kind):
    from transformers import AutoModelForImageTextToText

    network = AutoModelForImageTextToText.from_pretrained(tiny(kind))
    return sum(weight.numel() for weight in network.parameters())


def test_weights_take_what_their_numbers_take_in_a_precision(tiny, kind, numbers):
    assert [loaded_bytes(tiny(kind), dtype) / numbers for dtype in ("float32", "bfloat16", "float16")] == [4, 2, 2]


def test_quantised_weights_stay_as_they_are(tmp_path):
    import torch
    from safetensors.torch import save_file

    halves = {"a": torch.zeros(8, 4, dtype=torch.bfloat16), "b": torch.zeros(8, 4, dtype=torch.int8)}
    save_file(halves, tmp_path / "model.safetensors")
    assert loaded_bytes(tmp_path, "float32") == 32 * 4 + 32


def test_what_does_not_fit_is_refused_before_it_is_loaded(tiny, kind, numbers, tmp_path):
    copy = shutil.copytree(tiny(kind), tmp_path / "model")
    (copy / "tokenizer.json").write_text("what is loaded after it is known to fit")
    asked = []

    def free(device):
        asked.append(device)
        return 4 * numbers - 1

    with pytest.raises(OutOfMemory, match="model does not fit: its weights take") as caught:
        loading.load(str(copy), free=free)
    assert asked == ["cpu"]
    assert "DESKHAND_DTYPE=bfloat16" in str(caught.value)
    assert "deskhand models recommend" in str(caught.value)
    with pytest.raises(ModelError) as other:
        loading.load(str(copy), Wish(dtype="bfloat16"), free=free)
    assert not isinstance(other.value, OutOfMemory)


def test_what_just_fits_is_loaded(tiny, kind, numbers):
    assert loading.load(str(tiny(kind)), free=lambda device: 4 * numbers).size


def test_there_is_memory_and_this_process_holds_some():
    assert 0 < free_memory("cpu") <= psutil.virtual_memory().total
    import torch

    before = held_memory("cpu")
    more = torch.ones(25_000_000)
    assert held_memory("cpu") - before > 0.9 * more.nbytes


def test_in_few_bits_what_counts_is_what_they_make_of_the_weights(tmp_path):
    shape = next(shape for shape in SIZES if shape.name == "4B")
    weights = need(shape, FOUR, USUAL).weights
    few = Hardware("cuda:0", "4-bit", "bfloat16", "sdpa", None, "")
    check_room("some", tmp_path, few, weights, lambda: shape)
    with pytest.raises(OutOfMemory, match="in 4-bit, and cuda:0 has"):
        check_room("some", tmp_path, few, weights - 1, lambda: shape)


def test_several_gpus_hold_together_and_what_is_kept_of_what_was_let_go_is_free(monkeypatch):
    import torch

    told = {"cuda:0": (1000, 700, 400), "cuda:1": (50, 30, 30)}
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda place: (told[place][0], 9000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda place: told[place][1])
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda place: told[place][2])
    assert [free_memory(place) for place in told] == [1300, 50]
    assert held_memory("cuda:0,cuda:1") == 730
