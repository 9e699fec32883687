"""How long a conversation is, exactly, and how long it may be."""

import json
import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import config_of
from transformers import AutoImageProcessor
from transformers.models.qwen3_vl.processing_qwen3_vl import Qwen3VLProcessor

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.conversation import ImagePart
from agent.errors import OutOfMemory, TooLong
from agent.mind.base import ThinkOptions
from agent.mind.budget import Budget, budget_of, free_memory, shape_of
from agent.mind.encode import encode
from agent.mind.fit import BASE, SLACK, Load, Precision, need
from agent.mind.load import load
from agent.mind.qwen import Qwen
from agent.mind.sizes import SIZES
from agent.prompt import PastStep, prompt

STYLES = pytest.mark.parametrize("style", ["instruct", "thinking"])


@pytest.fixture(scope="module")
def processed(loaded, tiny):
    """What transformers' processor makes of a conversation; its class cannot be loaded whole without torchvision, for video."""

    def process(conversation, style):
        one = loaded("dense", style)
        processor = object.__new__(Qwen3VLProcessor)
        processor.tokenizer, processor.chat_template = one.tokenizer, one.tokenizer.chat_template
        processor.image_processor = AutoImageProcessor.from_pretrained(tiny("dense", style), backend="pil")
        processor.image_processor.size = one.eyes._processor.size
        processor.image_token, processor.video_token = "<|image_pad|>", "<|video_pad|>"
        for name in ("image_token", "video_token"):
            setattr(processor, f"{name}_id", one.tokenizer.convert_tokens_to_ids(getattr(processor, name)))
        messages = [
            {
                "role": message.role,
                "content": [
                    {"type": "image"} if isinstance(part, ImagePart) else {"type": "text", "text": part.text}
                    for part in message.parts
                ],
            }
            for message in conversation.messages
        ]
        messages[0]["content"] = conversation.messages[0].text
        text = one.tokenizer.apply_chat_template(
            messages, tools=list(conversation.tools), tokenize=False, add_generation_prompt=True
        )
        images = [frame.image() for frame in conversation.frames]
        return processor(text=[text], images=images, return_tensors="pt")["input_ids"][0].tolist()

    return process


@STYLES
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    task=st.text(st.characters(codec="utf-8", exclude_characters="<|⟦"), max_size=60),
    sizes=st.lists(st.tuples(st.integers(20, 400), st.integers(20, 400)), min_size=1, max_size=3),
)
def test_the_count_is_that_of_the_processor(loaded, processed, style, task, sizes):
    def frame(size):
        return frame_from_rgb(bytes(3 * size[0] * size[1]), Rect(0, 0, *size), 0.0)

    # A Thinking template drops the thoughts of earlier turns, which are kept here.
    earlier = sizes[:-1] if style == "instruct" else []
    past = [PastStep(frame(size), "Done.", None, "Nothing changed.") for size in earlier]
    conversation = prompt(task, past, frame(sizes[-1]))
    one = loaded("dense", style)
    encoded = encode(conversation, one.tokenizer, one.eyes.tokens)
    assert list(encoded.ids) == processed(conversation, style)


@pytest.mark.parametrize("kind, style", [("dense", "instruct"), ("moe", "thinking")])
def test_a_step_that_the_model_has_no_room_for_is_refused_before_it_is_read(tiny, tmp_path, picture, past, kind, style):
    folder = shutil.copytree(tiny(kind, style), tmp_path / "short")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["max_position_embeddings"] = 2000
    (folder / "config.json").write_text(json.dumps(config))
    mind = Qwen(str(folder))
    assert mind.info().room == 2000
    options = ThinkOptions(max_new_tokens=8, max_thought_tokens=0)
    short = list(mind.think(prompt("do it", [], picture(1)), options, lambda: False))[-1]
    assert short.prompt_tokens + 8 <= 2000
    with pytest.raises(TooLong, match=r"the step has \d+ tokens and its reply may have 8, of 2000 in all: the model"):
        list(mind.think(prompt("do it", past(8), picture(9)), options, lambda: False))


def test_a_thought_counts_before_it_is_thought():
    budget, options = Budget(context=5000, memory=4000), ThinkOptions(max_new_tokens=500, max_thought_tokens=2000)
    budget.check(3500, options, thinks=False)
    budget.check(1500, options, thinks=True)
    with pytest.raises(
        OutOfMemory, match="1501 tokens and its reply may have 2500, of 4000 in all: there is no memory"
    ):
        budget.check(1501, options, thinks=True)
    # Another program may have let go of some since.
    budget.check(1501, options, thinks=True, now=lambda: 4001)
    with pytest.raises(OutOfMemory, match="of 4500 in all"):
        budget.check(2001, options, thinks=True, now=lambda: 4500)
    with pytest.raises(TooLong):
        budget.check(2501, options, thinks=True, now=lambda: 10**6)
    Budget().check(10**9, options, thinks=True)


@pytest.mark.parametrize("shape", SIZES, ids=lambda shape: shape.name)
def test_the_shape_of_a_published_config_is_known(shape):
    found = shape_of(config_of(shape))
    assert found.kv_bytes == shape.kv_bytes
    assert found.parameters == shape.parameters
    assert need(found, Precision("", 0, 2), Load(8, 24)) == need(shape, Precision("", 0, 2), Load(8, 24))


def test_as_much_as_fits_is_room(loaded, monkeypatch):
    network = loaded().session._model
    shape, token = shape_of(network.config), (1 + SLACK) * shape_of(network.config).kv_bytes * 4 / 2
    work = need(shape, Precision("", 0, 4), Load(4, 0, 2048))
    for tokens in (1, 700, 100_000):
        free = work.vision + work.work - BASE + token * (tokens + 0.5)
        monkeypatch.setattr("agent.mind.budget.free_memory", lambda device, free=free: free)
        assert budget_of(network, 2048).memory == tokens
    monkeypatch.setattr("agent.mind.budget.free_memory", lambda device: 0)
    assert budget_of(network, 2048).room == 1
    assert free_memory("cpu") > 0


def test_where_layers_lie_apart_the_fullest_device_decides(tiny, monkeypatch):
    network = load(str(tiny())).session._model
    layers = network.model.language_model.layers
    for number in (1, 2):
        layers[number].to("meta")
    shape, token = shape_of(network.config), (1 + SLACK) * shape_of(network.config).kv_bytes * 4 / 2
    work = need(shape, Precision("", 0, 4), Load(4, 0, 2048))
    reading = work.work - BASE

    def room(first, second):
        """With so many tokens' worth of memory on each, beside the work; pictures are seen on the first."""
        free = {"cpu": work.vision + reading + first * token, "meta": reading + second * token}
        monkeypatch.setattr("agent.mind.budget.free_memory", free.__getitem__)
        return budget_of(network, 2048).memory

    assert room(1000.1, 10_000) == 3000
    assert room(10_000, 1000.1) == 1500
    assert room(0, 1000) == 1
