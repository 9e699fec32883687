"""The document that the project was founded on: its code runs with only the model's name changed (chapters 2.1 and 2.4).

The whole processor of transformers needs torchvision, for video. Set-up keeps it in a folder of its own, where it can be had.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from agent.mind.base import ThinkOptions
from agent.mind.qwen import Qwen
from agent.prompt import prompt

PREPARED = """
import io, sys, types
sys.path.append(sys.prefix + "/apart")
# It describes what is compiled, which a build for GPUs lacks beside a torch for processors; no transform needs it.
sys.modules["torchvision._meta_registrations"] = types.ModuleType("torchvision._meta_registrations")
# Such a build decodes no pictures.
import numpy, torch, torchvision.io
from PIL import Image
def decode(data, **_):
    image = Image.open(io.BytesIO(data.numpy().tobytes())).convert("RGB")
    return torch.from_numpy(numpy.array(image)).permute(2, 0, 1)
torchvision.io.decode_image = decode
# The picture comes from where the document has it; the network alone is replaced.
from huggingface_hub.utils import httpx
def get(address, **_):
    assert address == "https://qianwen-res.oss-cn-beijing.aliyuncs.com/Qwen-VL/assets/demo.jpeg"
    file = io.BytesIO()
    Image.effect_noise((320, 200), 80).convert("RGB").save(file, "JPEG")
    return type("Answer", (), {"content": file.getvalue()})
httpx.get = get
"""
CODE = """
from transformers import AutoModelForImageTextToText, AutoProcessor

model = AutoModelForImageTextToText.from_pretrained(
    "Qwen/Qwen3-VL-235B-A22B-Instruct", dtype="auto", device_map="auto"
)
processor = AutoProcessor.from_pretrained("Qwen/Qwen3-VL-235B-A22B-Instruct")

messages = [
    {
        "role": "user",
        "content": [
            {
                "type": "image",
                "image": "https://qianwen-res.oss-cn-beijing.aliyuncs.com/Qwen-VL/assets/demo.jpeg",
            },
            {"type": "text", "text": "Describe this image."},
        ],
    }
]

inputs = processor.apply_chat_template(
    messages,
    tokenize=True,
    add_generation_prompt=True,
    return_dict=True,
    return_tensors="pt"
)
inputs = inputs.to(model.device)

generated_ids = model.generate(**inputs, max_new_tokens=128)
generated_ids_trimmed = [
    out_ids[len(in_ids) :] for in_ids, out_ids in zip(inputs.input_ids, generated_ids)
]
output_text = processor.batch_decode(
    generated_ids_trimmed, skip_special_tokens=True, clean_up_tokenization_spaces=False
)
print(output_text)
"""
YARN = {
    "max_position_embeddings": 1000000,
    "rope_scaling": {
        "rope_type": "yarn",
        "mrope_section": [24, 20, 20],
        "mrope_interleaved": True,
        "factor": 3.0,
        "original_max_position_embeddings": 262144,
    },
}


@pytest.mark.skipif(not Path(sys.prefix, "apart").is_dir(), reason="set-up found no torchvision for this machine")
@pytest.mark.parametrize("kind", ["dense", "moe"])
def test_the_basic_call_describes_a_picture(tiny, kind):
    code = CODE.replace("Qwen/Qwen3-VL-235B-A22B-Instruct", str(tiny(kind)))
    done = subprocess.run([sys.executable, "-c", PREPARED + code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (said,) = eval(done.stdout, {"__builtins__": {}})
    assert isinstance(said, str) and said


@pytest.fixture
def long(tiny, tmp_path):
    """Makes a tiny model whose heads turn as the published ones', with more in its config."""
    import torch
    from transformers import AutoConfig, AutoModelForImageTextToText, AutoTokenizer

    folder = tmp_path / "long"
    AutoTokenizer.from_pretrained(tiny()).save_pretrained(folder)
    for name in ("preprocessor_config.json", "generation_config.json"):
        (folder / name).write_bytes((tiny() / name).read_bytes())

    def with_config(**more):
        config = json.loads((tiny() / "config.json").read_text())
        config["text_config"]["head_dim"] = 128
        config["text_config"]["rope_parameters"] |= {"mrope_section": [24, 20, 20], "rope_theta": 5_000_000}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            AutoModelForImageTextToText.from_config(AutoConfig.for_model(**config)).save_pretrained(folder)
        saved = json.loads((folder / "config.json").read_text())
        if more:
            # The document's way, into a config as the published ones are: `rope_theta` stands by itself there.
            theta = saved["text_config"].pop("rope_parameters")["rope_theta"]
            saved["text_config"] |= more | {"rope_theta": theta}
        (folder / "config.json").write_text(json.dumps(saved))
        return folder

    return with_config


def test_the_context_is_extended_by_the_config_alone(long, picture, caplog):
    """transformers notes that a factor of 3 does not reach a million from 262,144; the document asks for it all the same."""
    import torch

    options, said, waves = ThinkOptions(max_new_tokens=6), [], []
    for more in ({}, YARN):
        mind = Qwen(str(long(**more)))
        said.append(list(mind.think(prompt("do it", [], picture(1)), options, lambda: False))[-1].ids)
        text = mind.loaded().session._model.model.language_model
        waves.append(text.rotary_emb.inv_freq.clone())
        assert text.config.max_position_embeddings == (1_000_000 if more else 262_144)
        assert mind.info().room == text.config.max_position_embeddings
        mind.close()
    # YaRN stretches the long waves by the factor and leaves the short ones as they are (arXiv 2309.00071).
    assert torch.equal(waves[0][:4], waves[1][:4])
    assert torch.allclose(waves[0][-4:] / 3, waves[1][-4:])
    assert len(said[0]) == len(said[1]) > 0
