"""A LoRA adapter over a model, loaded by peft: its thoughts change, and one that does not fit is refused."""

import json

import pytest

from agent.errors import ModelError
from agent.mind.bits import quiet
from agent.mind.hardware import Wish
from agent.mind.load import load
from agent.mind.models.named import name_adapter
from agent.mind.tiny import build_tiny

RANK = 4


@pytest.fixture
def adapter(tiny, tmp_path, monkeypatch):
    """Makes a folder as peft writes it, over the tiny model, and gives it the name `lora`."""
    quiet()  # peft loads bitsandbytes where it is there
    pytest.importorskip("peft")
    import torch
    from safetensors.torch import save_file

    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    folder = tmp_path / "lora"
    folder.mkdir()

    def make(width=64, out=64, part="self_attn.q_proj"):
        about = {"peft_type": "LORA", "r": RANK, "lora_alpha": 8, "target_modules": ["q_proj"], "bias": "none"}
        (folder / "adapter_config.json").write_text(json.dumps({**about, "base_model_name_or_path": str(tiny())}))
        generator = torch.Generator().manual_seed(1)
        weights = {}
        for layer in range(3):
            at = f"base_model.model.model.language_model.layers.{layer}.{part}"
            weights[f"{at}.lora_A.weight"] = torch.randn(RANK, width, generator=generator)
            weights[f"{at}.lora_B.weight"] = torch.randn(out, RANK, generator=generator)
        save_file(weights, folder / "adapter_model.safetensors", {"format": "pt"})
        name_adapter(folder, "lora", "")
        return weights

    return make


def scores(loaded, text="Press Save"):
    from agent.conversation import Conversation, Message, TextPart
    from agent.mind.encode import encode

    conversation = Conversation((Message("user", (TextPart(text),)),))
    encoded = encode(conversation, loaded.tokenizer, loaded.eyes.tokens)
    return loaded.session.read(encoded, [], loaded.eyes).scores


def test_an_adapter_changes_what_the_model_thinks_as_its_numbers_say(adapter, tiny):
    import torch

    weights = adapter()
    loaded = load("lora")
    assert loaded.info.model == "lora"
    plain = load(str(tiny()))
    assert not torch.allclose(scores(loaded), scores(plain), atol=1e-3)
    # The same by hand: base + B·A·(alpha ÷ rank).
    with torch.no_grad():
        for layer, block in enumerate(plain.session._model.model.language_model.layers):
            at = f"base_model.model.model.language_model.layers.{layer}.self_attn.q_proj"
            block.self_attn.q_proj.weight += weights[f"{at}.lora_B.weight"] @ weights[f"{at}.lora_A.weight"] * 8 / RANK
    plain.session.forget()
    assert torch.allclose(scores(loaded), scores(plain), atol=1e-3)


@pytest.mark.parametrize("shape", [{"width": 32}, {"out": 32}, {"part": "self_attn.no_proj"}])
def test_an_adapter_of_another_model_is_one_sentence(adapter, shape, caplog):
    adapter(**shape)
    with pytest.raises(ModelError) as caught:
        load("lora")
    assert "lora" in str(caught.value)
    assert "does not fit" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:MatMul8bitLt")
@pytest.mark.parametrize("dtype", ["8-bit", "4-bit"])
def test_an_adapter_lies_over_few_bits_too(adapter, tmp_path, dtype):
    pytest.importorskip("bitsandbytes")
    import torch

    adapter()
    base, wish = str(build_tiny(tmp_path / "wide", inner=128)), Wish(device="cpu", dtype=dtype)
    name_adapter(tmp_path / "lora", "lora", base)
    with_it, without = load("lora", wish), load(base, wish)
    assert with_it.session._model.model.language_model.layers[0].self_attn.q_proj.lora_A
    assert not torch.allclose(scores(with_it), scores(without), atol=1e-3)
