"""Where a model runs, and that a person can overrule it."""

import pytest

from agent.errors import ModelError
from agent.mind import hardware
from agent.mind.hardware import Wish, choose_hardware

LARGE = 10 * hardware.SMALL


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch):
    for name in ("DEVICE", "DTYPE", "ATTENTION"):
        monkeypatch.delenv(f"DESKHAND_{name}", raising=False)


@pytest.fixture
def processor_only(monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.fixture
def gpu(monkeypatch):
    """A GPU of a generation, as far as torch tells."""

    def pretend(generation, flash):
        import torch

        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "Imaginary")
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: generation)
        monkeypatch.setattr(hardware, "_check", lambda devices: None)
        monkeypatch.setattr(hardware, "_imports", lambda name: flash)

    return pretend


def test_a_small_model_keeps_its_precision_and_one_thread(processor_only, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    chosen = choose_hardware(10_000_000)
    assert (chosen.device, chosen.dtype, chosen.attention, chosen.threads) == ("cpu", "float32", "sdpa", 1)
    assert choose_hardware(LARGE).threads is None
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert choose_hardware(10_000_000).threads is None


@pytest.mark.parametrize("quicker, dtype", [(True, "bfloat16"), (False, "float32")])
def test_a_processor_gets_bfloat16_only_if_it_is_quicker(processor_only, monkeypatch, quicker, dtype):
    monkeypatch.setattr(hardware, "_bfloat16_is_quicker", lambda: quicker)
    assert choose_hardware(LARGE).dtype == dtype


def test_the_trial_of_bfloat16_is_short():
    assert hardware._bfloat16_is_quicker() in {True, False}


@pytest.mark.parametrize(
    "generation, flash, size, dtype, attention",
    [
        ((9, 0), True, LARGE, "bfloat16", "flash_attention_2"),
        ((8, 6), False, LARGE, "bfloat16", "sdpa"),
        ((7, 5), True, LARGE, "float16", "sdpa"),
        ((9, 0), True, 10_000_000, "float32", "sdpa"),
    ],
)
def test_a_gpu_gets_what_it_can(gpu, generation, flash, size, dtype, attention):
    gpu(generation, flash)
    chosen = choose_hardware(size)
    assert (chosen.device, chosen.dtype, chosen.attention) == ("cuda", dtype, attention)
    assert "Imaginary" in chosen.chosen


def test_arguments_overrule_the_environment_and_that_the_choice(processor_only, monkeypatch):
    monkeypatch.setenv("DESKHAND_DTYPE", "bfloat16")
    monkeypatch.setenv("DESKHAND_ATTENTION", "eager")
    assert (choose_hardware(1).dtype, choose_hardware(1).attention) == ("bfloat16", "eager")
    assert choose_hardware(1, Wish(dtype="float16")).dtype == "float16"


@pytest.mark.parametrize(
    "wish",
    [
        Wish(device="cuda:77"),
        Wish(device="cuda:76,cuda:77"),
        Wish(device="cuda:0,cpu"),
        Wish(device="toaster"),
        Wish(dtype="int3"),
        Wish(attention="none"),
    ],
)
def test_what_is_not_here_is_said_in_one_sentence(wish):
    with pytest.raises(ModelError) as caught:
        choose_hardware(1, wish)
    assert "\n" not in str(caught.value)


def test_a_library_that_fails_when_it_is_imported_is_as_good_as_none(tmp_path, monkeypatch):
    (tmp_path / "flash_broken.py").write_text("raise OSError('undefined symbol')")
    monkeypatch.syspath_prepend(tmp_path)
    assert not hardware._imports("flash_broken")
    assert not hardware._imports("flash_absent")
    assert hardware._imports("json")
