"""Loading, and what is said when it cannot be."""

import json
import shutil
import sys

import pytest

from agent.errors import ModelError
from agent.mind.load import hide_broken, load
from agent.mind.room import loaded_bytes
from agent.mind.tools_text import read_template


@pytest.fixture(params=[("dense", "instruct"), ("moe", "thinking")], ids="-".join)
def copy(tiny, tmp_path, request):
    return shutil.copytree(tiny(*request.param), tmp_path / "model")


def complaint(model):
    with pytest.raises(ModelError) as caught:
        load(str(model))
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("kind, style", [("dense", "instruct"), ("moe", "thinking")])
def test_a_loaded_model_says_what_it_is(tiny, loaded, kind, style):
    one = loaded(kind, style)
    assert (one.info.model, one.info.device, one.info.dtype) == (str(tiny(kind, style)), "cpu", "float32")
    assert one.info.revision
    assert one.session.device == "cpu"
    assert one.in_thought is (style == "thinking")
    ends = {one.tokenizer.decode([token]) for token in one.ends}
    assert ends == {"<|im_end|>", "<|endoftext|>"}


def test_the_choice_is_told_the_shape_unless_the_weights_are_in_few_bits_already(copy, monkeypatch):
    told = []

    def choose(size, wish, tell):
        told.append(tell())
        raise ModelError("enough")

    monkeypatch.setattr("agent.mind.load.choose_hardware", choose)
    assert complaint(copy) == "enough"
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "quantization_config": {"quant_method": "bitsandbytes"}}))
    assert complaint(copy) == "enough"
    assert (told[0].shape.hidden, told[0].shape.layers, told[1].shape) == (64, 3, None)
    assert told[0].mixture is told[1].mixture
    # What is in few bits already is counted as it lies there.
    assert told[1].needs("bfloat16").weights == loaded_bytes(copy, "bfloat16")


def test_a_note_tells_of_what_takes_long(tiny):
    notes = []
    load(str(tiny()), note=notes.append)
    assert "processor" in notes[-1]


def test_the_profile_is_heeded(copy):
    from actions.geometry import Size

    profile = {"capture": {"kind": "window", "width": 96, "height": 64}, "frame_tokens": 16}
    (copy / "deskhand.json").write_text(json.dumps(profile))
    one = load(str(copy))
    assert one.info.capture == {"kind": "window", "width": 96, "height": 64}
    assert one.eyes.tokens(Size(1920, 1080)) <= 16


def test_damaged_weights_are_said_so(copy):
    weights = (copy / "model.safetensors").read_bytes()
    (copy / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    assert "is damaged" in complaint(copy)


def test_weights_of_another_shape_are_said_so(copy, caplog):
    config = json.loads((copy / "config.json").read_text())
    config["text_config"]["hidden_size"] = 32
    (copy / "config.json").write_text(json.dumps(config))
    assert str(copy) in complaint(copy)


def test_an_unknown_architecture_is_said_so(copy, caplog):
    config = json.loads((copy / "config.json").read_text())
    config["model_type"] = "qwen99_vl"
    (copy / "config.json").write_text(json.dumps(config))
    assert "cannot be loaded by this version of transformers" in complaint(copy)


def test_another_family_that_sees_is_said_so(copy):
    from transformers import LlavaConfig, LlavaForConditionalGeneration

    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = LlavaConfig(
        vision_config={**small, "model_type": "clip_vision_model", "image_size": 28, "patch_size": 14},
        text_config={**small, "model_type": "llama", "vocab_size": 320},
        image_token_index=300,
    )
    LlavaForConditionalGeneration(config).save_pretrained(copy)
    assert "not of Qwen3-VL's family" in complaint(copy) or "does not see" in complaint(copy)


def test_a_template_may_be_in_an_older_file(copy):
    template = (copy / "chat_template.jinja").read_text()
    (copy / "chat_template.jinja").unlink()
    (copy / "chat_template.json").write_text(json.dumps({"chat_template": template}))
    assert load(str(copy)).tokenizer.chat_template == template == read_template(copy)
    (copy / "chat_template.json").write_text("{}")
    assert "the chat template in" in complaint(copy)


def test_a_template_is_needed(copy):
    (copy / "chat_template.jinja").unlink()
    assert "no chat template" in complaint(copy)


def test_a_library_that_does_not_import_is_made_to_look_absent(tmp_path, monkeypatch):
    from importlib.util import find_spec

    (tmp_path / "visionless.py").write_text("raise RuntimeError('operator visionless::nms does not exist')")
    monkeypatch.syspath_prepend(tmp_path)
    assert find_spec("visionless")
    monkeypatch.delitem(sys.modules, "visionless", raising=False)
    hide_broken("visionless")
    assert find_spec("visionless") is None
    monkeypatch.delitem(sys.modules, "visionless")
    hide_broken("not_there_at_all")
