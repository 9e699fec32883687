"""A model that several devices share says what it says on one; the devices are imaginary, the numbers are not."""

import gc
import json
import os
import shutil
import subprocess
import sys
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from agent.errors import OutOfMemory
from agent.mind import load as loading
from agent.mind.bits import quiet
from agent.mind.devices import is_on
from agent.mind.encode import encode
from agent.mind.fit import BASE
from agent.mind.hardware import Hardware
from agent.mind.models.named import name_adapter
from agent.mind.qwen import Qwen
from agent.mind.session import Session
from agent.prompt import prompt

ROOT = Path(__file__).resolve().parents[3]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
LANGUAGE = "model.language_model"
ENOUGH = BASE // 1_000_000 + 200
"""Millions of bytes with which there is room for tokens, after the driver and for looking at a frame."""


@pytest.fixture(scope="session")
def tied(tiny, tmp_path_factory):
    """A tiny checkpoint whose table of tokens also scores them, as in 2B and 4B."""
    from safetensors.torch import load_file, save_file

    folder = shutil.copytree(tiny(), tmp_path_factory.mktemp("tied") / "model")
    config = json.loads((folder / "config.json").read_text())
    config["tie_word_embeddings"] = config["text_config"]["tie_word_embeddings"] = True
    (folder / "config.json").write_text(json.dumps(config))
    weights = load_file(folder / "model.safetensors")
    del weights["lm_head.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


@pytest.fixture(scope="session")
def adapted(tied, tmp_path_factory):
    """The name of a LoRA adapter over such a checkpoint, and the home where that name is known."""
    quiet()
    pytest.importorskip("peft")
    from safetensors.torch import save_file

    folder, home = tmp_path_factory.mktemp("lora"), tmp_path_factory.mktemp("home")
    about = {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "target_modules": ["q_proj"], "bias": "none"}
    (folder / "adapter_config.json").write_text(json.dumps({**about, "base_model_name_or_path": str(tied)}))
    generator, weights = torch.Generator().manual_seed(1), {}
    for layer in range(3):
        at = f"base_model.model.{LANGUAGE}.layers.{layer}.self_attn.q_proj"
        weights[f"{at}.lora_A.weight"] = torch.randn(4, 64, generator=generator)
        weights[f"{at}.lora_B.weight"] = torch.randn(64, 4, generator=generator)
    save_file(weights, folder / "adapter_model.safetensors", {"format": "pt"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESKHAND_HOME", str(home))
        name_adapter(folder, "lora", "")
    return "lora", home


@pytest.fixture(scope="session")
def shared(tiny, adapted):
    """What was seen of each model, in one process of its own: the imaginary devices cannot be taken away again."""
    lora, home = adapted
    models = {"dense": tiny(), "moe": tiny("moe"), "adapter": lora}
    told = [
        word
        for name, model in models.items()
        for word in (str(model), ",".join([str(ENOUGH)] * (3 if name == "dense" else 2)))
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "DESKHAND_HOME": str(home)}
    command = [sys.executable, str(ROOT / "tests" / "fakes" / "far_mind.py"), *told]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0, done.stderr[-4000:]
    return dict(zip(models, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dense", "moe", "adapter"])
def test_what_several_devices_share_thinks_as_on_one(shared, name):
    seen = shared[name]
    devices = ["far:0", "far:1", "far:2"] if name == "dense" else ["far:0", "far:1"]
    assert seen["device"] == seen["chosen"] == ",".join(devices)
    assert seen["same replies"] and seen["same reuse"]
    assert seen["apart"] < 1e-4
    layers = [seen["modules"][f"{LANGUAGE}.layers.{number}"] for number in range(3)]
    assert sorted(set(layers)) == devices
    # Each layer's memory lies where the layer is.
    assert seen["kept"] == layers
    # Numbers are sent where a part begins, and where the whole does.
    assert seen["sent"] == sorted(["", *seen["modules"]])


@pytest.mark.slow
def test_what_sees_and_the_table_of_tokens_come_first_and_the_scores_last(shared):
    first = ("model.visual", f"{LANGUAGE}.embed_tokens", f"{LANGUAGE}.rotary_emb")
    for name, seen in shared.items():
        modules = seen["modules"]
        assert {modules[module] for module in first} == {"far:0"}
        last = seen["device"].rpartition(",")[2]
        assert modules[f"{LANGUAGE}.norm"] == last
        assert modules["lm_head"] == ("far:0" if name == "adapter" else last)
        assert seen["one table"] is (name == "adapter")


def test_weights_in_few_bits_go_to_the_same_places(shared):
    modules = shared["dense"]["modules"]
    whole, few = (Hardware("far:0,far:1", dtype, "bfloat16", "sdpa", None, "") for dtype in ("bfloat16", "4-bit"))
    assert loading._placed(whole, modules) == {"device_map": modules}
    assert loading._placed(few, modules)["device_map"] == modules
    assert loading._placed(few, modules)["quantization_config"].load_in_4bit
    assert loading._placed(replace(few, device="cuda:0"), {})["device_map"] == {"": "cuda:0"}
    assert loading._placed(replace(whole, device="cuda:0"), {}) == {}


def test_what_cannot_be_shared_out_is_refused_before_it_is_loaded(tiny, tmp_path, monkeypatch):
    """Together they have room for the weights, and none has room to work."""
    copy = shutil.copytree(tiny(), tmp_path / "model")
    (copy / "tokenizer.json").write_text("what is loaded after it is known to fit")
    several = Hardware("cuda:0,cuda:1", "float32", "float32", "sdpa", None, "told")
    monkeypatch.setattr(loading, "choose_hardware", lambda *asked: several)
    with pytest.raises(OutOfMemory, match=r"cuda:0 and cuda:1 have 1\.0 GB free, which cannot be shared out"):
        loading.load(str(copy), free=lambda place: 500_000_000)
    with pytest.raises(OutOfMemory, match=r"in float32, and cuda:0 and cuda:1 have 0\.0 GB free; close"):
        loading.load(str(copy), free=lambda place: 1000)


def test_a_model_of_which_parts_lie_elsewhere_reads_and_says_the_same(tiny, loaded, picture, past, tmp_path, caplog):
    """On real devices, of which there are two here: main memory and the disk. Deskhand itself never leaves weights there."""
    from accelerate import dispatch_model

    plain, other = loaded(), loading.load(str(tiny()))
    network = other.session._model
    on_disk = {f"{LANGUAGE}.layers.1", f"{LANGUAGE}.norm"}
    names = ["model.visual", *(f"{LANGUAGE}.{name}" for name in ("embed_tokens", "rotary_emb", "norm")), "lm_head"]
    names += [f"{LANGUAGE}.layers.{number}" for number in range(3)]
    modules = {name: "disk" if name in on_disk else "cpu" for name in names}
    dispatch_model(network, modules, offload_dir=tmp_path, skip_keys=network._skip_keys_device_placement)
    assert "offloaded to the" in caplog.text
    assert other.session.device == "cpu,meta"
    assert not is_on(other.session.device, "cpu")
    session = Session(network)
    for steps in (2, 3, 1):
        conversation = prompt("Press Save", past(steps), picture(9))
        encoded = encode(conversation, plain.tokenizer, plain.eyes.tokens)
        scores = [one.read(encoded, conversation.frames, plain.eyes).scores for one in (plain.session, session)]
        for _ in range(4):
            assert torch.allclose(*scores, atol=1e-5)
            token = int(scores[0].argmax())
            scores = [one.say([token]) for one in (plain.session, session)]


def test_a_model_that_was_shared_is_let_go_at_once(tiny, caplog):
    """What sends the numbers refers to itself: without a word its memory would stay until some later time."""
    from accelerate import dispatch_model

    mind = Qwen(str(tiny()))
    network = mind.loaded().session._model
    dispatch_model(network, {"model": "cpu", "lm_head": "cpu"}, force_hooks=True)
    watched = weakref.ref(network)
    del network
    gc.disable()
    try:
        mind.close()
        assert watched() is None
    finally:
        gc.enable()
