"""Which precision a model gets where memory is short, and that a person overrules it."""

import pytest

from agent.errors import ModelError
from agent.history import HistoryPolicy
from agent.mind import hardware
from agent.mind.fit import EIGHT, FOUR, FULL, HALF, USUAL, Load, Need, precision_of
from agent.mind.hardware import Wish, choose_hardware
from agent.mind.precision import Known, place_in, place_whole
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
        monkeypatch.setattr("agent.mind.precision.trouble", lambda *told: "" if there else INSTALL)

    return pretend


@pytest.fixture
def gpu(monkeypatch):
    """A GPU with so much free memory, as far as torch tells."""

    def pretend(gigabytes):
        monkeypatch.setattr(hardware, "_device", lambda: ("cuda", "the GPU Imaginary was found"))
        monkeypatch.setattr(hardware, "_check", lambda devices: None)
        monkeypatch.setattr(hardware, "_is_ampere", lambda device: True)
        monkeypatch.setattr(hardware, "_imports", lambda name: False)
        monkeypatch.setattr(hardware, "free_memory", lambda device: round(gigabytes * 1e9))

    return pretend


def choice(name, free, wish=None):
    shape = BY_NAME[name]
    return choose_hardware(LARGE, wish, lambda: Known(shape, bool(shape.experts), shape.layers, uncounted))


def uncounted(dtype):
    raise AssertionError("what is computed from a shape is not counted")


def counted(weights, wish=None, mixture=False, layers=40):
    """The choice for a model whose shape is not known: what its weights take in bfloat16, in gigabytes, and 5 beside them."""

    def needs(dtype):
        return Need(round(weights * 1e9) * (2 if dtype == "float32" else 1), 2 * 10**9, 10**9, 2 * 10**9)

    return choose_hardware(LARGE, wish, lambda: Known(None, mixture, layers, needs))


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
    place = place_in(BY_NAME["4B"], "bfloat16", "", [("cuda",)], lambda device: 7_500_000_000)
    assert (place.devices, place.dtype) == (("cuda",), "4-bit")
    assert place.why == (
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
    assert choose_hardware(1, None, lambda: Known(BY_NAME["4B"], False, 36, uncounted)).dtype == "float32"
    monkeypatch.setattr(hardware, "_device", lambda: ("cpu", "the processor works"))
    monkeypatch.setattr(hardware, "_bfloat16_is_quicker", lambda: True)
    assert choice("4B", 0.1).dtype == "bfloat16"


@pytest.fixture
def gpus(monkeypatch):
    """Several GPUs, as far as torch tells: their free memory in gigabytes, and those that lack bfloat16. Returns who was asked."""

    def pretend(*free, old=()):
        import torch

        asked = []

        def tell(place):
            asked.append(place)
            return round(free[int(place.rpartition(":")[2])] * 1e9)

        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: len(free))
        monkeypatch.setattr(torch.cuda, "get_device_name", lambda place="cuda:0": "GPU " + "ABC"[int(place[-1])])
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda place: (7, 5) if place in old else (8, 6))
        monkeypatch.setattr(hardware, "_check", lambda devices: None)
        monkeypatch.setattr(hardware, "_imports", lambda name: True)
        monkeypatch.setattr(hardware, "free_memory", tell)
        return asked

    return pretend


def test_a_model_that_fits_on_one_gpu_is_not_shared(library, gpus):
    library(there=True)
    asked = gpus(16, 16)
    chosen = choice("4B", 0)
    assert (chosen.device, chosen.dtype, chosen.attention) == ("cuda:0", "bfloat16", "flash_attention_2")
    assert chosen.chosen.startswith(
        "the GPUs GPU A (cuda:0) and GPU B (cuda:1) were found, and it takes cuda:0; bfloat16"
    )
    # Asking one for its memory takes some of it.
    assert set(asked) == {"cuda:0"}
    gpus(12, 16)
    assert choice("4B", 0).device == "cuda:1"


def test_a_model_that_fits_on_several_alone_is_shared_rather_than_made_smaller(library, gpus):
    library(there=True)
    gpus(16, 16)
    chosen = choice("8B", 0)
    assert (chosen.device, chosen.dtype, chosen.computes) == ("cuda:0,cuda:1", "bfloat16", "bfloat16")
    assert chosen.chosen == (
        "the GPUs GPU A (cuda:0) and GPU B (cuda:1) were found, and it takes both, as none alone has room for a run; "
        "bfloat16, its native format; attention flash_attention_2."
    )
    gpus(16, 10, 12)
    chosen = choice("8B", 0)
    assert chosen.device == "cuda:0,cuda:2"
    assert ", and it takes cuda:0 and cuda:2, as none " in chosen.chosen
    gpus(11, 10, 11)
    assert ", and it takes all of them, as none " in choice("8B", 0).chosen


@pytest.mark.parametrize(
    "name, free, device, dtype",
    [
        ("8B", (10, 10), "cuda:0,cuda:1", "8-bit"),
        ("8B", (18, 5), "cuda:0", "8-bit"),
        ("32B", (24, 24), "cuda:0,cuda:1", "8-bit"),
        ("32B", (20, 20), "cuda:0,cuda:1", "4-bit"),
        # It fits nowhere: the most memory, and the fewest bits.
        ("32B", (12, 12), "cuda:0,cuda:1", "4-bit"),
        ("30B-A3B", (24, 24), "cuda:0,cuda:1", "bfloat16"),
    ],
)
def test_few_bits_are_for_what_does_not_fit_on_all_of_them(library, gpus, name, free, device, dtype):
    library(there=True)
    gpus(*free)
    chosen = choice(name, 0)
    assert (chosen.device, chosen.dtype) == (device, dtype)
    assert f"{sum(free):.1f} GB are free" in chosen.chosen


def test_all_that_share_a_model_must_know_its_precision(library, gpus):
    library(there=True)
    gpus(16, 16, old=["cuda:1"])
    chosen = choice("8B", 0)
    assert (chosen.dtype, chosen.attention) == ("float16", "sdpa")
    assert "float16, since one of them lacks bfloat16; " in chosen.chosen


def test_a_person_names_the_gpus(library, gpus, monkeypatch):
    library(there=True)
    gpus(80, 80, 80)
    chosen = choice("4B", 0, Wish(device="cuda:1,cuda:2"))
    assert (chosen.device, chosen.dtype) == ("cuda:1,cuda:2", "bfloat16")
    assert chosen.chosen.startswith("cuda:1 and cuda:2 were asked for; bfloat16")
    assert choose_hardware(1, Wish(device="cuda:1, cuda:2")).device == "cuda:1,cuda:2"
    monkeypatch.setenv("DESKHAND_DEVICE", "cuda")
    gpus(16, 16)
    chosen = choice("8B", 0)
    assert chosen.device == "cuda:0,cuda:1"
    assert chosen.chosen.startswith("cuda was asked for, and it takes both, as none ")
    monkeypatch.setenv("DESKHAND_DEVICE", "cuda:1")
    assert choice("8B", 0).device == "cuda:1"
    monkeypatch.setenv("DESKHAND_DEVICE", "")
    chosen = choice("8B", 0, Wish(dtype="float16"))
    assert (chosen.device, chosen.dtype) == ("cuda:0,cuda:1", "float16")
    assert choice("8B", 0, Wish(dtype="4-bit")).device == "cuda:0"


def test_without_accelerate_one_gpu_is_taken_and_the_reason_says_what_to_install(library, gpus, monkeypatch):
    library(there=False)
    lacking = "several GPUs need accelerate: install it with `pip install accelerate`"
    monkeypatch.setattr("agent.mind.spread._LIBRARY", "accelerate_that_nobody_has")
    gpus(12, 16)
    chosen = choice("8B", 0)
    assert (chosen.device, chosen.dtype) == ("cuda:1", "bfloat16")
    assert f"needs 23.8 GB and 16.0 GB are free: {INSTALL} ({lacking}); " in chosen.chosen
    with pytest.raises(ModelError) as caught:
        choice("8B", 0, Wish(device="cuda:0,cuda:1"))
    assert str(caught.value) == lacking
    assert lacking not in choice("4B", 0).chosen


def test_a_gpu_that_cannot_be_asked_for_its_memory_is_not_taken(library, gpus, monkeypatch):
    library(there=True)
    gpus(12, 0)
    tell = hardware.free_memory

    def ask(place):
        if place == "cuda:1":
            raise RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable")
        return tell(place)

    monkeypatch.setattr(hardware, "free_memory", ask)
    chosen = choice("4B", 0)
    assert (chosen.device, chosen.dtype) == ("cuda:0", "8-bit")


@pytest.mark.parametrize(
    "weights, free, device",
    [
        # A mixture of 35 B and a dense model of 27 B parameters, most of whose layers keep a running state.
        (70, (40, 40), "cuda:0,cuda:1"),
        (54, (40, 40), "cuda:0,cuda:1"),
        (54, (40, 40, 40), "cuda:0,cuda:1"),
        (54, (20, 40, 40), "cuda:1,cuda:2"),
        (54, (24, 24, 24), "cuda:0,cuda:1,cuda:2"),
        (54, (59, 80), "cuda:0"),
        (54, (58, 80), "cuda:1"),
        # They hold weights and run together, but not once more what it takes to work on each, and the layer at the border.
        (54, (31, 31, 31), "cuda:0,cuda:1,cuda:2"),
        (54, (31.2, 31, 31), "cuda:0,cuda:1,cuda:2"),
        (54, (32, 31, 32), "cuda:0,cuda:2"),
    ],
)
def test_a_model_whose_shape_is_not_known_goes_where_its_weights_and_a_run_have_room(gpus, weights, free, device):
    gpus(*free)
    chosen = counted(weights)
    assert (chosen.device, chosen.dtype) == (device, "bfloat16")
    assert "bfloat16, its native format; " in chosen.chosen
    assert (", as none alone has room for a run; " in chosen.chosen) is ("," in device)


def test_where_it_has_room_nowhere_all_are_taken_and_that_is_said(gpus, monkeypatch):
    gpus(20, 22)
    chosen = counted(54)
    assert (chosen.device, chosen.dtype) == ("cuda:0,cuda:1", "bfloat16")
    assert "; bfloat16, though a run needs 59.0 GB and 42.0 GB are free; " in chosen.chosen
    lacking = "several GPUs need accelerate: install it with `pip install accelerate`"
    monkeypatch.setattr("agent.mind.spread._LIBRARY", "accelerate_that_nobody_has")
    chosen = counted(54)
    assert chosen.device == "cuda:1"
    assert f"though a run needs 59.0 GB and 22.0 GB are free ({lacking}); " in chosen.chosen


def test_a_person_overrules_where_it_goes_as_well(library, gpus):
    library(there=True)
    gpus(70, 80, 80)
    assert counted(54, Wish(dtype="float32")).device == "cuda:1,cuda:2"
    assert counted(54, Wish(device="cuda:0,cuda:1")).device == "cuda:0,cuda:1"
    assert counted(84, Wish(device="cuda:1")).device == "cuda:1"
    # What few bits would make of it is not known.
    assert counted(84, Wish(dtype="4-bit")).device == "cuda:0"
    with pytest.raises(ModelError, match="of no use to a mixture of experts"):
        counted(84, Wish(dtype="4-bit"), mixture=True)


def test_the_layer_at_a_border_is_not_cut_in_two():
    needed, free = Need(80, 5, 0, 10), {"cuda:0": 60, "cuda:1": 50}
    groups = [("cuda:0", "cuda:1")]
    assert not place_whole(needed, 16, "bfloat16", groups, free.__getitem__).why
    assert place_whole(needed, 8, "bfloat16", groups, free.__getitem__).why
