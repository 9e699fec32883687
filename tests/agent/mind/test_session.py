"""What is read step by step is what is read afresh, and nothing is taken for known that is not."""

from dataclasses import replace

import pytest
from afresh import Reader

from agent.conversation import Conversation, Message, TextPart
from agent.history import HistoryPolicy
from agent.mind.encode import encode
from agent.mind.sight import KEPT
from agent.prompt import PastStep, prompt

KINDS = pytest.mark.parametrize("kind", ["dense", "moe"])
MODELS = pytest.mark.parametrize("kind, style", [("dense", "instruct"), ("moe", "thinking")])
APPEND = HistoryPolicy(frames=40, fold=1)
FOLDING = HistoryPolicy(frames=4, fold=2)


@pytest.fixture
def reader(loaded):
    return lambda kind="dense", style="instruct": Reader(loaded(kind, style))


@pytest.fixture
def looks(loaded, monkeypatch):
    """Each time that the vision tower of a tiny checkpoint is asked for."""

    def at(kind, style):
        network, counted = loaded(kind, style).session._model, []
        look = network.get_image_features
        monkeypatch.setattr(network, "get_image_features", lambda *a, **k: (counted.append(a), look(*a, **k))[1])
        return counted

    return at


@KINDS
@pytest.mark.parametrize("style", ["instruct", "thinking"])
def test_a_run_read_step_by_step_is_the_run_read_afresh(reader, picture, kind, style):
    one, past, before = reader(kind, style), [], 0
    for step in range(7):
        frame = picture(step, 96 + 32 * (step % 3), 64 + 64 * (step % 2))
        turn = one.agreed(prompt("do it", past, frame, APPEND))
        assert turn.read.known == (before + len(turn.ids) - 1 if step else 0)
        assert turn.read.reuse == ("kept" if step else "new")
        past.append(PastStep(frame, "", turn.ids, f"Done {step}."))
        before = turn.length


@KINDS
def test_a_folded_run_is_read_from_where_it_was_folded(reader, picture, kind):
    one, past = reader(kind), []
    for step in range(9):
        turn = one.agreed(prompt("do it", past, picture(step), FOLDING))
        assert turn.read.reuse == ("new" if step == 0 else "cut" if step in (4, 6, 8) else "kept")
        assert step == 0 or turn.read.known > 1000, "the tools and the task are known whatever happens"
        past.append(PastStep(picture(step), f"Say {step}.", turn.ids, f"Done {step}."))


@MODELS
def test_a_step_taken_back_or_tried_again_is_another_conversation(reader, picture, past, kind, style):
    one = reader(kind, style)
    steps = past(4, one.loaded.tokenizer)
    one.agreed(prompt("do it", steps, picture(9)))
    for count in (4, 2, 3, 0, 4):
        read = one.agreed(prompt("do it", steps[:count], picture(9))).read
        assert read.known > 1000
    edited = [*steps[:2], replace(steps[2], outcome="Not done."), steps[3]]
    read = one.agreed(prompt("do it", edited, picture(9))).read
    assert read.reuse == "cut"


def test_trying_again_reads_one_token(reader, picture):
    one = reader()
    conversation = prompt("do it", [], picture(1))
    length = one.turn(conversation).length
    assert one.agreed(conversation).read.known == length - 1


@MODELS
def test_an_unchanged_frame_is_not_looked_at_again(reader, picture, looks, kind, style):
    one, past, looks = reader(kind, style), [], looks(kind, style)
    for _ in range(4):
        turn = one.turn(prompt("wait", past, picture(5), APPEND))
        past.append(PastStep(picture(5), "", turn.ids, "Done."))
    assert len(looks) == 1
    one.agreed(prompt("wait", past, picture(5), APPEND))


@MODELS
def test_a_fold_looks_at_nothing_again(reader, picture, looks, kind, style):
    one, past, looks = reader(kind, style), [], looks(kind, style)
    for step in range(9):
        one.turn(prompt("do it", past, picture(step), FOLDING))
        assert len(looks) == step + 1
        past.append(PastStep(picture(step), f"Say {step}.", None, "Done."))


@MODELS
@pytest.mark.parametrize("change", ["pixel", "size", "token"])
def test_the_least_change_is_read(reader, picture, past, change, kind, style):
    one = reader(kind, style)
    steps = past(3, one.loaded.tokenizer)
    one.turn(prompt("do it", steps, picture(9)))
    frame, ids = steps[1].frame, steps[1].ids
    if change == "pixel":
        from actions.frame import frame_from_rgb

        steps[1] = replace(steps[1], frame=frame_from_rgb(bytes([frame.rgb[0] ^ 1]) + frame.rgb[1:], frame.view, 0.0))
    elif change == "size":
        steps[1] = replace(steps[1], frame=picture(1, 96, 96))
    else:
        steps[1] = replace(steps[1], ids=(*ids[:3], ids[3] ^ 1, *ids[4:]))
    encoded = encode(prompt("do it", steps, picture(9)), one.loaded.tokenizer, one.loaded.eyes.tokens)
    read = one.agreed(prompt("do it", steps, picture(9))).read
    assert read.known == (encoded.turns[1].start + 3 if change == "token" else encoded.images[1].start)


def test_another_model_knows_nothing_of_what_this_one_read(reader, picture):
    import torch

    one = reader()
    conversation = prompt("do it", [], picture(1))
    one.turn(conversation)
    weight = next(iter(one.network.model.language_model.layers[1].parameters()))
    for _ in range(2):
        with torch.no_grad():
            weight.mul_(-1)
        read = one.agreed(conversation).read
        assert (read.known, read.reuse) == (0, "new")


def test_what_another_run_of_the_model_left_behind_changes_nothing(reader, picture, past):
    import torch

    one = reader()
    steps = past(2, one.loaded.tokenizer)
    one.turn(prompt("do it", steps[:1], picture(9, 320, 64)))
    one.network.model.rope_deltas = torch.tensor([[12345]])
    try:
        one.agreed(prompt("do it", steps, picture(9, 320, 64)))
    finally:
        one.network.model.rope_deltas = None


@pytest.mark.parametrize("during", ["read", "say"])
def test_what_failed_in_the_middle_is_not_known(reader, picture, past, monkeypatch, during):
    one = reader()
    steps = past(2, one.loaded.tokenizer)
    one.turn(prompt("do it", steps[:1], picture(9)))
    layer = one.network.model.language_model.layers[1]
    work = (
        (lambda: one.read(prompt("do it", steps, picture(9)))) if during == "read" else (lambda: one.session.say([5]))
    )
    with monkeypatch.context() as patch:
        patch.setattr(layer, "forward", lambda *a, **k: (_ for _ in ()).throw(RuntimeError("no memory")))
        with pytest.raises(RuntimeError, match="no memory"):
            work()
    with pytest.raises(RuntimeError, match="comes before"):
        one.session.say([5])
    read = one.agreed(prompt("do it", steps, picture(9))).read
    assert read.known == 0


@KINDS
@pytest.mark.parametrize("without", ["deepstack", "time", "height", "width"])
def test_all_that_the_architecture_has_is_used(reader, picture, past, monkeypatch, kind, without):
    one = reader(kind)
    steps = past(2, one.loaded.tokenizer)
    expected = one.turn(prompt("do it", steps, picture(9)), 1)
    if without == "deepstack":
        look = one.session._sight._look

        def shallow(*arguments):
            seen = look(*arguments)
            return replace(seen, deep=tuple(tokens * 0 for tokens in seen.deep))

        monkeypatch.setattr(one.session._sight, "_look", shallow)
    else:
        monkeypatch.setattr(one.network.model, "get_rope_index", one.without(without))
    one.session.forget()
    changed = one.turn(prompt("do it", steps, picture(9)), 1)
    assert changed.apart(expected) > 0.01


def test_only_the_newest_frames_stay_encoded(reader, picture, past):
    one = reader()
    steps = past(12, one.loaded.tokenizer)
    for count in range(12):
        one.turn(prompt("do it", steps[:count], picture(50 + count), APPEND), 1)
    assert len(one.session._sight._seen) == KEPT
    # All that were let go and are asked for are looked at again.
    one.agreed(prompt("do something else", steps, picture(99), APPEND))


def test_a_conversation_may_lose_its_pictures(reader, picture):
    one = reader()
    one.turn(prompt("do it", [], picture(1)))
    one.agreed(Conversation((Message("user", (TextPart("hello"),)),)))
    one.agreed(prompt("do it", [], picture(1)))


def test_what_stands_for_a_picture_cannot_be_said(reader, picture):
    one = reader()
    config = one.network.config
    turn = one.turn(prompt("do it", [], picture(1)), 3)
    for pad in (config.image_token_id, config.video_token_id):
        assert turn.scores[:, pad].tolist() == [-float("inf")] * 3
    said = PastStep(picture(1), "", (65, config.image_token_id, 66), "Done.")
    one.agreed(prompt("do it", [said], picture(2)))


def test_another_adapter_knows_nothing_of_what_this_one_read(reader, picture, monkeypatch):
    one, worn = reader(), ["first"]
    conversation = prompt("do it", [], picture(1))
    one.turn(conversation)
    monkeypatch.setattr(one.network, "_hf_peft_config_loaded", True)
    monkeypatch.setattr(one.network, "active_adapters", lambda: worn)
    assert one.turn(conversation).read.reuse == "new"
    assert one.turn(conversation).read.reuse == "cut"
    worn[:] = ["second"]
    assert one.turn(conversation).read.reuse == "new"
