"""A run whose model has no memory for so much: tiny models of the real architecture, out of memory beyond a number of bytes."""

import json
import re

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.geometry import Size
from actions.look import CaptureTarget
from agent.control import Control
from agent.errors import OutOfMemory, TooLong
from agent.history import HistoryPolicy
from agent.intents import Limits
from agent.loop import Options, run
from agent.mind.base import MindInfo, ThinkOptions
from agent.mind.fit import Load
from agent.mind.qwen import Qwen
from agent.mind.tiny import build_tiny
from agent.remedies import Remedies

SCREEN = Size(1280, 960)
"""1200 visual tokens."""
THINK = ThinkOptions(max_new_tokens=4, max_thought_tokens=0)


@pytest.fixture(scope="module", params=[("dense", "instruct"), ("moe", "thinking")], ids="-".join)
def tiny(tmp_path_factory, request):
    kind, style = request.param
    return build_tiny(tmp_path_factory.mktemp("tiny") / "model", kind=kind, style=style)


@pytest.fixture
def room(monkeypatch):
    """Lets the model be out of memory when what it has read and reads takes more than so many bytes, at one a number."""
    import torch
    from transformers import Qwen3VLForConditionalGeneration, Qwen3VLMoeForConditionalGeneration

    networks = {each: each.forward for each in (Qwen3VLForConditionalGeneration, Qwen3VLMoeForConditionalGeneration)}

    def let(most):
        def limited(self, *args, **inputs):
            tokens = inputs["past_key_values"].get_seq_length() + inputs["input_ids"].shape[1]
            if tokens * self.dtype.itemsize > most:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")
            return networks[type(self)](self, *args, **inputs)

        for network in networks:
            monkeypatch.setattr(network, "forward", limited)

    return let


def play(tiny, steps=1):
    """The events of a run; what a random model says means nothing, so it ends with that or with its steps."""
    desktop = dry_desktop(Image.effect_noise((SCREEN.width, SCREEN.height), 80).convert("RGB"))
    capture = CaptureTarget("desktop")
    options = Options(capture=capture, limits=Limits(steps=steps), think=THINK)
    mind = Qwen(str(tiny))
    try:
        return list(run("look", Control(), desktop, mind, options))
    finally:
        mind.close()


def read(events):
    return [event.prompt_tokens for event in events if event.kind == "replied"]


def notes(events):
    return [event.words for event in events if event.kind == "noted"]


@pytest.fixture(scope="module")
def whole(tiny):
    """Tokens of the first prompt and of the second where memory is no matter."""
    return read(play(tiny, steps=2))


def test_with_room_nothing_is_given_up(tiny, room, whole):
    room(4 * (whole[0] + 10))
    events = play(tiny)
    assert (notes(events), read(events)) == ([], whole[:1])


def test_pictures_become_smaller_until_they_fit(tiny, room, whole):
    room(4 * (whole[0] - 700))
    events = play(tiny)
    assert [words.partition("(")[2] for words in notes(events)] == ["600 tokens a picture).", "300 tokens a picture)."]
    assert whole[0] - 1200 < read(events)[0] <= whole[0] - 900
    assert events[-1].status == "limit"


def test_then_the_history_becomes_shorter(tiny, room, whole):
    # Two of the smallest pictures fit and a third does not.
    room(4 * (whole[0] - 1200 + 2 * 256 + 250))
    *_, smallest, one, two = notes(play(tiny, steps=3))
    assert "256 tokens" in smallest
    assert one == "There was no room for so much; the model is shown the last 4 steps at most from now on."
    assert two == "There was no room for so much; the model is shown the last 2 steps at most from now on."


def test_then_it_is_loaded_anew_in_a_lower_precision(tiny, room, whole):
    room(3 * (whole[0] - 1200))
    events = play(tiny)
    assert (
        notes(events)[-1]
        == "There was no room for so much; the model is loaded anew in bfloat16, which needs half as much and may be slower."
    )
    assert len(read(events)) == 1


def test_when_nothing_is_left_one_sentence_ends_the_run(tiny, room):
    room(100)
    events = play(tiny)
    assert len(notes(events)) == 6
    assert (events[-1].status, events[-1].steps) == ("error", 1)
    assert "the run already asks for the least" in events[-1].words
    assert "\n" not in events[-1].words


def test_the_next_run_sees_sharply_again(tiny, room, whole):
    mind = Qwen(str(tiny))
    options = Options(limits=Limits(steps=1), think=THINK)
    desktop = dry_desktop(Image.effect_noise((SCREEN.width, SCREEN.height), 80).convert("RGB"))
    room(4 * (whole[0] - 500))
    first = list(run("look", Control(), desktop, mind, options))
    room(4 * (whole[0] + 10))
    second = list(run("look", Control(), desktop, mind, options))
    mind.close()
    assert len(notes(first)) == 1
    assert (notes(second), read(second)) == ([], whole[:1])


class Heavy:
    """A mind that can be made lighter once."""

    def info(self):
        return MindInfo("heavy")

    def lighten(self):
        self.lighten = lambda: ""
        return "bfloat16"


@pytest.mark.parametrize("frame", [Size(3840, 2160), Size(1920, 1080), Size(96, 64)])
def test_every_remedy_asks_for_less_and_there_is_an_end(frame):
    remedies = Remedies(Heavy(), HistoryPolicy(), ThinkOptions())
    said = []
    while less := spared(remedies, frame):
        said.append(less)
    assert len(said) == len(set(said)) == (6 if frame.width > 1000 else 3)
    assert remedies.policy == HistoryPolicy(frames=2, fold=1, told=6)
    assert remedies.options.frame_tokens == (256 if len(said) > 3 else 0)


def spared(remedies, frame):
    try:
        return remedies.spare(frame, OutOfMemory("no memory"))
    except OutOfMemory:
        return ""


@pytest.mark.parametrize("kind", ["append", "rewrite"])
@pytest.mark.parametrize("thinks", [False, True])
@pytest.mark.parametrize("frame", [Size(3840, 2160), Size(1280, 800), Size(96, 64)])
def test_a_plan_gives_up_no_more_than_it_must(kind, thinks, frame):
    policy, options = HistoryPolicy(kind=kind), ThinkOptions()
    squares = min(2048, (frame.width // 32) * -(-frame.height // 32))
    before: list[str] = []
    for room in range(40_000, 1000, -250):
        remedies = Remedies(Heavy(), policy, options)
        words = list(remedies.plan(MindInfo("some", room=room, thinks=thinks), frame))
        asked = Load(
            1 if kind == "rewrite" else remedies.policy.frames,
            remedies.policy.told,
            min(squares, remedies.options.frame_tokens or squares),
            512 + 2048 * thinks,
        ).tokens
        least = remedies.policy.shorter() is None and (remedies.options.frame_tokens or squares) <= 256
        assert asked <= room or least
        if remedies.options.frame_tokens:
            assert remedies.policy.shorter() is None, "the history goes before the sharpness"
        assert words[: len(before)] == before, "less room, and never less given up"
        before = words


def test_a_model_that_says_no_room_is_asked_for_everything():
    remedies = Remedies(Heavy(), HistoryPolicy(), ThinkOptions())
    assert list(remedies.plan(MindInfo("some"), SCREEN)) == []


def test_a_run_is_planned_before_its_first_step(tmp_path):
    folder = build_tiny(tmp_path / "short")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["max_position_embeddings"] = 8000
    (folder / "config.json").write_text(json.dumps(config))
    events = play(folder)
    kinds = [event.kind for event in events if event.kind in ("noted", "replied")]
    assert (kinds, notes(events)) == (
        ["noted", "replied"],
        ["There was no room for so much; the model is shown the last 4 steps at most from now on."],
    )


def test_a_step_that_there_is_no_room_for_is_told_exactly(tmp_path):
    folder = build_tiny(tmp_path / "short")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["max_position_embeddings"] = 500
    (folder / "config.json").write_text(json.dumps(config))
    last = play(folder)[-1]
    assert last.status == "error"
    assert re.match(r"the step has \d+ tokens and its reply may have 4, of 500 in all: the model was made", last.words)


def test_what_is_too_long_for_the_model_is_not_for_want_of_memory():
    """More memory, and so a lower precision, would not help."""
    remedies, error = Remedies(Heavy(), HistoryPolicy(), ThinkOptions()), TooLong("too long")
    said = [remedies.spare(SCREEN, error) for _ in range(5)]
    assert not any("loaded anew" in words for words in said)
    with pytest.raises(TooLong, match="too long; the run already asks for the least"):
        remedies.spare(SCREEN, error)


def test_of_two_looks_both_are_counted():
    once, twice = (Remedies(Heavy(), HistoryPolicy(), ThinkOptions(), zoom) for zoom in (False, True))
    large, info = Size(1920, 1080), MindInfo("some", room=16_000)
    # Eight steps of 768 + 1200 tokens fit with fewer than are cut from eight of 2040.
    assert len(list(once.plan(info, large))) == len(list(twice.plan(info, large))) == 1
    assert "(600 tokens" in twice.spare(large, OutOfMemory(""))
    assert "(1020 tokens" in once.spare(large, OutOfMemory(""))
