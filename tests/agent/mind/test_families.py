"""Relatives of Qwen3-VL load through the same code and are read step by step as they are read afresh."""

import functools
import shutil

import pytest
from afresh import Reader
from families import OLDER, build_family

from actions.geometry import Coordinates, Size
from agent.errors import ModelError
from agent.mind.attention import NAME
from agent.mind.base import ThinkOptions
from agent.mind.encode import encode
from agent.mind.fit import BASE
from agent.mind.load import load
from agent.mind.qwen import Qwen, _guide
from agent.mind.request import messages_of
from agent.mind.room import loaded_bytes
from agent.mind.sizing import read_sizing
from agent.prompt import HistoryPolicy, PastStep, prompt

FOLDING = HistoryPolicy(frames=4, fold=2)
FAMILIES = pytest.mark.parametrize("family", ["qwen2_vl", "qwen2_5_vl", "qwen3_5", "qwen3_5_moe", "qwen4_exp"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("families")
    return functools.cache(lambda family: build_family(root / family, family, spread=0.2))


@pytest.fixture(scope="module")
def related(folder):
    """A relative in memory."""
    return functools.cache(lambda family: load(str(folder(family))))


def generated(loaded, conversation, count):
    """What transformers says, from pictures as its own processor makes them and from ids."""
    import torch

    encoded = encode(conversation, loaded.tokenizer, loaded.eyes.tokens)
    seen = loaded.eyes._processor(images=[frame.image() for frame in conversation.frames], return_tensors="pt")
    ids = torch.tensor([encoded.ids])
    network = loaded.session._model
    said = network.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        mm_token_type_ids=(ids == network.config.image_token_id).int(),
        pixel_values=seen["pixel_values"],
        image_grid_thw=seen["image_grid_thw"],
        max_new_tokens=count,
        do_sample=False,
        suppress_tokens=[network.config.image_token_id, network.config.video_token_id],
    )
    return tuple(said[0, ids.shape[1] :].tolist())


@FAMILIES
def test_a_relative_is_read_step_by_step(related, picture, family, caplog):
    """Through a fold, and with pictures of several sizes."""
    one, past, reuses = Reader(related(family)), [], []
    for step in range(5):
        seen = picture(step, 140 + 30 * step, 100)
        turn = one.agreed(prompt("do it", past, seen, FOLDING), 4)
        reuses.append(turn.read.reuse)
        past.append(PastStep(seen, "", turn.ids, "Done."))
    # What chooses what it sees cannot go back: it is read again, rather than wrongly.
    fold = "reread" if family == "qwen4_exp" else "cut" if family in OLDER else "restored"
    assert reuses == ["new", "kept", "kept", "kept", fold]


@FAMILIES
def test_a_relative_says_what_transformers_says(related, folder, picture, family, caplog):
    mind, one = Qwen(str(folder(family))), related(family)
    mind._loaded = one
    # Of a size at which nothing is resized: how pictures are resized is tested elsewhere.
    side = 168 if family in OLDER else 256
    past = [PastStep(picture(6, 2 * side, side), "Press.", None, "Done.")]
    conversation = prompt("press Save", past, picture(7, side, side))
    *_, reply = mind.think(conversation, ThinkOptions(max_new_tokens=10, stop_at_call=False), lambda: False)
    assert reply.ids == generated(one, conversation, 10)
    # Of Qwen2.5-VL alone a place counts pixels: those of the picture that it saw.
    units = "pixel" if family == "qwen2_5_vl" else "grid"
    assert reply.coordinates == Coordinates(units, Size(side, side))
    assert len(set(reply.ids)) > 2, "a turn of one token over and over would prove little"


@pytest.mark.parametrize("family", OLDER)
def test_patches_of_another_size_are_counted_as_they_are_made(related, folder, picture, family):
    """By the sizes that their files name in the older way, here and for a server."""
    eyes, sizing = related(family).eyes, read_sizing(folder(family)).capped(2048)
    assert (sizing.factor, sizing.least, sizing.most) == (28, 3136, 2048 * 28 * 28)
    assert eyes.tokens(Size(1920, 1080)) == 1980
    assert eyes.seen(Size(1920, 1080)) == Size(1680, 924)
    for width, height in [(1920, 1080), (3840, 2160), (1366, 768), (1280, 800), (40, 30), (24, 24), (1000, 31)]:
        frame = picture(1, width, height)
        patches = len(eyes.look(frame).patches)
        stock = eyes._processor(images=[frame.image()], return_tensors="pt")["pixel_values"]
        assert patches == len(stock) == 4 * eyes.tokens(frame.size)
        assert sizing.seen(frame.size) == eyes.seen(frame.size)
        assert eyes.seen(frame.size).width * eyes.seen(frame.size).height == 28 * 28 * eyes.tokens(frame.size)


def test_a_template_without_tools_is_given_them_in_words(related, picture, past):
    one = related("qwen2_5_vl")
    conversation = prompt("look", past(1), picture(9))
    encoded = encode(conversation, one.tokenizer, lambda size: 1)
    text = one.tokenizer.decode(encoded.ids)
    system = text.partition("<|im_end|>")[0]
    assert '"name": "computer_use"' in system and "<tool_call>" in system
    assert "<|im_start|>user\n<tool_response>\nDone 0.\n<|vision_start|>" in text
    assert "<|im_start|>tool" not in text
    # A server is told the same.
    there = messages_of(conversation, lambda frame: frame.digest, one.tokenizer.chat_template)
    assert f"<|im_start|>system\n{there[0]['content']}" == system


@pytest.mark.parametrize(
    "task, outcome", [('Press "computer_use".', "Done."), ("look", 'The only tool is "computer_use".')]
)
def test_words_that_name_the_tool_do_not_stand_for_it(related, picture, task, outcome):
    one = related("qwen2_5_vl")
    conversation = prompt(task, [PastStep(picture(1), "so", None, outcome)], picture(9))
    text = one.tokenizer.decode(encode(conversation, one.tokenizer, lambda size: 1).ids)
    assert "<tools>" in text.partition("<|im_end|>")[0]
    assert "<|im_start|>tool" not in text


def test_layers_that_choose_what_they_see_attend_in_their_own_way(related, caplog):
    def way(family):
        return related(family).session._model.config.get_text_config()._attn_implementation

    assert (way("qwen3_5"), way("qwen2_5_vl"), way("qwen4_exp")) == (NAME, NAME, "sdpa")


@pytest.mark.parametrize("family, form", [("qwen2_5_vl", "json"), ("qwen3_5", "tags")])
def test_calls_are_kept_to_the_form_that_the_template_shows(related, picture, family, form, caplog):
    one = related(family)
    assert one.form == form
    conversation = prompt("look", [], picture(9))
    guide = _guide(one, conversation, ThinkOptions())
    said = one.tokenizer.decode(guide.forced())
    assert said.startswith("\n<function=computer_use>\n<par" if form == "tags" else '\n{"name": "computer_use"')


@pytest.mark.parametrize("without", ["time", "height", "width"])
@pytest.mark.parametrize("family", ["qwen2_5_vl", "qwen3_5", "qwen3_5_moe"])
def test_every_axis_of_a_place_is_used(related, picture, monkeypatch, family, without, caplog):
    one = Reader(related(family))
    conversation = prompt("do it", [PastStep(picture(1, 160, 96), "", None, "Done.")], picture(2, 96, 160))
    expected = one.turn(conversation, 1)
    monkeypatch.setattr(one.network.model, "get_rope_index", one.without(without))
    one.session.forget()
    assert one.turn(conversation, 1).apart(expected) > 0.001


def test_a_model_that_speaks_ui_tars_is_read_on_in_its_dialect(folder, picture, tmp_path):
    folder = shutil.copytree(folder("qwen2_5_vl"), tmp_path / "model")
    (folder / "deskhand.json").write_text('{"dialect": "ui_tars"}')
    mind, past = Qwen(str(folder)), []
    info = mind.info()
    assert (info.dialect, info.units) == ("ui_tars", "pixel")
    for step in range(3):
        asked = prompt("do it", past, picture(step, 168, 112), FOLDING, info.units, info.offer, info.dialect)
        *_, reply = mind.think(asked, ThinkOptions(max_new_tokens=4), lambda: False)
        assert reply.reuse == ("kept" if step else "new")
        assert _guide(mind.loaded(), asked, ThinkOptions()) is None
        past.append(PastStep(picture(step, 168, 112), reply.text, reply.ids, "Done."))
    text = mind.loaded().tokenizer.decode(encode(asked, mind.loaded().tokenizer, lambda size: 1).ids)
    assert "<tool" not in text
    assert text.count("<|im_start|>user") == 3
    # All of its answer may be a call, where what is said once may have to be said again.
    plain, held = ThinkOptions(max_new_tokens=24), ThinkOptions(max_new_tokens=24, presence_penalty=1e6)
    (*_, free), (*_, kept) = (mind.think(asked, options, lambda: False) for options in (plain, held))
    assert kept.ids == free.ids and len(set(kept.ids)) < len(kept.ids)


def test_a_newer_model_thinks_before_it_calls(tmp_path, picture, caplog):
    mind, past = Qwen(str(build_family(tmp_path / "model", "qwen3_5", "thinking"))), []
    assert mind.info().thinks
    for step in range(3):
        asked = prompt("do it", past, picture(step), FOLDING)
        options = ThinkOptions(max_new_tokens=6, max_thought_tokens=4)
        *pieces, reply = mind.think(asked, options, lambda: False)
        assert "".join(piece.text for piece in pieces if piece.thought).endswith("</think>")
        assert reply.reuse == ("kept" if step else "new")
        Reader(mind.loaded()).agreed(asked, 2)
        past.append(PastStep(picture(step), reply.text, reply.ids, "Done."))


@pytest.mark.parametrize(
    "family, known, mixture",
    [
        ("qwen2_5_vl", True, False),
        ("qwen3_5", False, False),
        ("qwen3_5_moe", False, True),
        ("qwen4_exp", False, True),
    ],
)
def test_a_size_is_computed_only_where_all_layers_are_in_it(folder, monkeypatch, family, known, mixture):
    """Of a model with running states the shape tells the layers that keep every token; others weigh something, too. What
    they weigh is counted, and that a mixture cannot be made smaller is known all the same."""
    from transformers import AutoConfig

    told = []

    def choose(size, wish, tell):
        told.append(tell())
        raise ModelError("enough")

    monkeypatch.setattr("agent.mind.load.choose_hardware", choose)
    with pytest.raises(ModelError, match="enough"):
        load(str(folder(family)))
    assert (told[0].shape is not None, told[0].mixture) == (known, mixture)
    config = AutoConfig.from_pretrained(folder(family))
    assert told[0].layers == config.get_text_config().num_hidden_layers
    for dtype in ("float32", "bfloat16"):
        needed = told[0].needs(dtype)
        assert needed.weights == loaded_bytes(folder(family), dtype)
        assert needed.total > needed.weights + BASE
