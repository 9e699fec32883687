"""Which precision a model gets where memory is short, and that a person overrules it."""

import pytest

from agent.errors import ModelError
from agent.history import HistoryPolicy
from agent.mind import hardware
from agent.mind.fit import EIGHT, FOUR, FULL, HALF, USUAL, Load, precision_of
from agent.mind.hardware import Wish, choose_hardware
from agent.mind.precision import sparing
from agent.mind.sizes import SIZES

BY_NAME = {shape.name: shape for shape in SIZES}
LARGE = 10 * hardware.SMALL
INSTALL = "8 and 4 bits need bitsandbytes: install it with `pip install bitsandbytes accelerate`"


@pytest.fixture(autouse=True)
def no_wishes(monkeypatch):
    for name in ("DEVICE", "DTYPE", "ATTENTION"):
        monkeypatch.delenv(f"DESKHAND_{name}", raising=False)


@pytest.fixture
def library(monkeypatch):
    """Whether bitsandbytes is there, as far as it tells."""

    def pretend(there):
        for module in ("precision", "hardware"):
            monkeypatch.setattr(f"agent.mind.{module}.trouble", lambda *told: "" if there else INSTALL)

    return pretend


@pytest.fixture
def gpu(monkeypatch):
    """A GPU with so much free memory, as far as torch tells."""

    def pretend(gigabytes):
        monkeypatch.setattr(hardware, "_device", lambda: ("cuda", "the GPU Imaginary was found"))
        monkeypatch.setattr(hardware, "_check", lambda device: None)
        monkeypatch.setattr(hardware, "_is_ampere", lambda device: True)
        monkeypatch.setattr(hardware, "_imports", lambda name: False)
        monkeypatch.setattr(hardware, "free_memory", lambda device: round(gigabytes * 1e9))

    return pretend


def choice(name, free, wish=None):
    return choose_hardware(LARGE, wish, lambda: BY_NAME[name])


def test_the_usual_run_is_that_of_the_default_history():
    policy = HistoryPolicy()
    assert Load(policy.frames, policy.told) == USUAL


def test_what_is_not_made_smaller_keeps_the_precision_that_computes():
    assert [precision_of(name, "bfloat16") for name in ("bfloat16", "8-bit", "4-bit")] == [HALF, EIGHT, FOUR]
    assert precision_of("float32", "float32") == FULL
    assert (precision_of("4-bit", "float32").linear, precision_of("4-bit", "float32").other) == (FOUR.linear, 4)


@pytest.mark.parametrize(
    "name, free, dtype",
    [
        ("4B", 24, "bfloat16"),
        ("4B", 14.8, "bfloat16"),
        ("4B", 14.4, "8-bit"),
        ("4B", 11.1, "8-bit"),
        ("4B", 10.8, "4-bit"),
        ("4B", 7.5, "4-bit"),
        ("2B", 7.4, "4-bit"),
        ("2B", 8.0, "8-bit"),
        ("8B", 23, "8-bit"),
    ],
)
def test_a_model_gets_as_many_bits_as_there_is_memory_for(library, gpu, name, free, dtype):
    library(there=True)
    gpu(free)
    chosen = choice(name, free)
    assert (chosen.dtype, chosen.computes, chosen.attention) == (dtype, "bfloat16", "sdpa")
    if dtype != "bfloat16":
        assert f"; {dtype}, because a run in bfloat16 needs " in chosen.chosen
        assert f" and {free:.1f} GB are free" in chosen.chosen


def test_what_fits_in_no_precision_gets_the_least_and_that_is_said(library):
    library(there=True)
    dtype, why = sparing(BY_NAME["4B"], "cuda", "bfloat16", 7_500_000_000)
    assert dtype == "4-bit"
    assert why == (
        "because a run in bfloat16 needs 14.5 GB and 7.5 GB are free, though a run of the usual length needs 9.1 GB even so"
    )


def test_without_the_library_the_reason_says_what_to_install(library, gpu):
    library(there=False)
    gpu(7.5)
    chosen = choice("4B", 7.5)
    assert chosen.dtype == "bfloat16"
    assert f"bfloat16, though a run in bfloat16 needs 14.5 GB and 7.5 GB are free: {INSTALL}; " in chosen.chosen
    gpu(24)
    assert "bfloat16, its native format; " in choice("4B", 24).chosen


def test_a_person_overrules_the_choice(library, gpu, monkeypatch):
    library(there=True)
    gpu(7.5)
    assert choice("4B", 7.5, Wish(dtype="float16")).dtype == "float16"
    gpu(80)
    chosen = choice("4B", 80, Wish(dtype="8-bit"))
    assert (chosen.dtype, chosen.computes) == ("8-bit", "bfloat16")
    assert "8-bit, as asked for" in chosen.chosen
    monkeypatch.setenv("DESKHAND_DTYPE", "4-bit")
    assert choice("4B", 80).dtype == "4-bit"
    library(there=False)
    with pytest.raises(ModelError, match="8 and 4 bits need bitsandbytes"):
        choice("4B", 80)


def test_a_mixture_is_not_made_smaller(library, gpu):
    library(there=True)
    gpu(40)
    chosen = choice("30B-A3B", 40)
    assert chosen.dtype == "bfloat16"
    assert "8 and 4 bits would not help" in chosen.chosen
    with pytest.raises(ModelError, match="of no use to a mixture of experts"):
        choice("30B-A3B", 40, Wish(dtype="4-bit"))


def test_small_models_and_processors_are_left_alone(library, gpu, monkeypatch):
    library(there=True)
    gpu(0.1)
    assert choose_hardware(1, None, lambda: BY_NAME["4B"]).dtype == "float32"
    monkeypatch.setattr(hardware, "_device", lambda: ("cpu", "the processor works"))
    monkeypatch.setattr(hardware, "_bfloat16_is_quicker", lambda: True)
    assert choice("4B", 0.1).dtype == "bfloat16"
