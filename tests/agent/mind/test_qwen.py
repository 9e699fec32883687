"""A Qwen3-VL in this process: what it says is what transformers' own generate says, piece by piece."""

import builtins
import contextlib
import itertools
import time
from dataclasses import replace
from functools import partial

import pytest

from actions.geometry import Coordinates
from actions.parse import parse
from agent.errors import MindLost, ModelError, OutOfMemory
from agent.mind.attention import use_blocks
from agent.mind.base import Piece, Reply, ThinkOptions
from agent.mind.encode import encode
from agent.mind.load import mapped
from agent.mind.qwen import Qwen, _guide, _turn, say
from agent.prompt import CloserLook, PastStep, prompt, prompt_closer

NEVER = lambda: False  # noqa: E731
LONG = ThinkOptions(max_new_tokens=400, temperature=1.0, top_p=1.0, stop_at_call=False)
KINDS = pytest.mark.parametrize("kind", ["dense", "moe"])
STYLES = pytest.mark.parametrize("style", ["instruct", "thinking"])


@pytest.fixture
def qwen(tiny, loaded, monkeypatch):
    """A mind around a checkpoint that is loaded already."""

    def make(kind="dense", style="instruct"):
        mind = Qwen(str(tiny(kind, style)))
        monkeypatch.setattr(mind, "_loaded", loaded(kind, style))
        return mind

    return make


@contextlib.contextmanager
def torch_seed(seed):
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def heard(mind, conversation, options, cancelled=NEVER):
    *pieces, reply = mind.think(conversation, options, cancelled)
    assert all(isinstance(piece, Piece) for piece in pieces)
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in pieces) == reply.text
    return reply


def generated(loaded, conversation, count):
    """What transformers says, from pixels and ids alone."""
    import torch

    loaded.session.forget()
    encoded = encode(conversation, loaded.tokenizer, loaded.eyes.tokens)
    pictures = [loaded.eyes.look(frame) for frame in conversation.frames]
    network = loaded.session._model
    network.set_attn_implementation("sdpa")
    ids = torch.tensor([encoded.ids])
    said = network.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        mm_token_type_ids=(ids == network.config.image_token_id).int(),
        pixel_values=torch.cat([picture.patches for picture in pictures]),
        image_grid_thw=torch.cat([picture.grid for picture in pictures]),
        max_new_tokens=count,
        do_sample=False,
        suppress_tokens=[network.config.image_token_id, network.config.video_token_id],
    )
    use_blocks(network)
    return tuple(said[0, ids.shape[1] :].tolist())


@KINDS
def test_greedy_turns_are_those_of_generate(qwen, loaded, picture, past, kind):
    mind, one = qwen(kind), loaded(kind)
    for steps, seed in ((0, 11), (0, 12), (2, 13)):
        conversation = prompt("press Save", past(steps, one.tokenizer), picture(seed, 160, 128))
        expected = generated(one, conversation, 40)
        one.session.forget()
        reply = heard(mind, conversation, ThinkOptions(max_new_tokens=40, stop_at_call=False))
        assert reply.ids == expected
        assert len(set(expected)) > 2, "a turn of one token over and over would prove little"
        assert reply.stop == ("end" if len(expected) < 40 else "length")
        # The second time the frames are known: what was kept of them must say the same.
        assert heard(mind, conversation, ThinkOptions(max_new_tokens=40, stop_at_call=False)).ids == expected


def test_what_it_sees_changes_what_it_says(qwen, picture):
    mind = qwen()
    replies = {heard(mind, prompt("look", [], picture(seed)), ThinkOptions(max_new_tokens=12)).ids for seed in range(4)}
    assert len(replies) > 1


def test_a_reply_tells_where_the_time_went(qwen, picture):
    mind = qwen()
    mind.loaded().session.forget()
    started = time.perf_counter()
    reply = heard(mind, prompt("look", [], picture(1)), ThinkOptions(max_new_tokens=5))
    wall = time.perf_counter() - started
    assert set(reply.seconds) == {"encode", "prefill", "decode"}
    assert 0 < sum(reply.seconds.values()) <= wall
    assert reply.prompt_tokens > 1000
    assert (reply.cached_tokens, reply.reuse) == (0, "new")


def test_a_reply_tells_what_was_known(qwen, loaded, picture, past):
    mind, steps = qwen(), past(2, loaded().tokenizer)
    mind.loaded().session.forget()
    first = heard(mind, prompt("look", steps[:1], picture(1)), ThinkOptions(max_new_tokens=4))
    said = [steps[0], replace(steps[1], frame=picture(1), said=first.text, ids=first.ids)]
    second = heard(mind, prompt("look", said, picture(2)), ThinkOptions(max_new_tokens=4))
    # The last token that was said ended the turn, and nothing was asked of the model after it.
    assert (second.cached_tokens, second.reuse) == (first.prompt_tokens + len(first.ids) - 1, "kept")
    other = heard(mind, prompt("look", said[:1], picture(3)), ThinkOptions(max_new_tokens=4))
    assert other.cached_tokens < first.prompt_tokens
    assert other.reuse == "cut"


@KINDS
@STYLES
def test_two_looks_are_read_on_as_one_conversation(qwen, loaded, picture, past, kind, style):
    mind, one, options = qwen(kind, style), loaded(kind, style), ThinkOptions(max_new_tokens=4)
    one.session.forget()
    steps = past(1, one.tokenizer)
    asked = prompt("look", steps, picture(1))
    first = heard(mind, asked, options)
    again = prompt_closer(asked, first.text, first.ids, picture(2, 128, 96))
    second = heard(mind, again, options)
    assert (second.cached_tokens, second.reuse) == (first.prompt_tokens + len(first.ids) - 1, "kept")
    step = PastStep(
        picture(1), first.text, first.ids, "Done.", CloserLook(picture(2, 128, 96), second.text, second.ids)
    )
    following = prompt("look", [*steps, step], picture(3))
    third = heard(mind, following, options)
    assert (third.cached_tokens, third.reuse) == (second.prompt_tokens + len(second.ids) - 1, "kept")
    assert third.ids[:4] == generated(one, following, 4)


def test_it_stops_when_it_is_told_to(endless, picture):
    asked = itertools.count()
    # What is drawn could be an end mark, from other models.
    reply = heard(Qwen(str(endless)), prompt("look", [], picture(1)), LONG, lambda: next(asked) >= 5)
    assert reply.stop == "cancelled"
    assert len(reply.ids) == 5


def test_told_to_stop_before_it_began_it_says_nothing(qwen, picture):
    reply = heard(qwen(), prompt("look", [], picture(1)), LONG, lambda: True)
    assert (reply.text, reply.ids, reply.stop) == ("", (), "cancelled")


def test_a_turn_may_be_drawn(qwen, picture):
    import torch

    mind, conversation = qwen(), prompt("look", [], picture(1))
    options = ThinkOptions(max_new_tokens=12, temperature=1.0, top_p=1.0, top_k=50)
    replies = set()
    for seed in (1, 2, 1):
        torch.manual_seed(seed)
        replies.add(heard(mind, conversation, options).ids)
    assert len(replies) == 2


def test_a_conversation_may_have_no_picture(qwen):
    from agent.conversation import Conversation, Message, TextPart

    conversation = Conversation((Message("user", (TextPart("hello"),)),))
    assert heard(qwen(), conversation, ThinkOptions(max_new_tokens=3)).ids


@pytest.mark.parametrize(
    "raised, expected, says",
    [
        ("OutOfMemoryError", OutOfMemory, "needs more memory than cuda has free"),
        ("MemoryError", OutOfMemory, "needs more memory"),
        (
            "RuntimeError:[enforce fail] DefaultCPUAllocator: can't allocate memory: you",
            OutOfMemory,
            "needs more memory",
        ),
        ("RuntimeError:DefaultCPUAllocator: not enough memory: you tried", OutOfMemory, "needs more memory"),
        ("AcceleratorError:CUDA error: out of memory", OutOfMemory, "needs more memory"),
        ("RuntimeError:MPS backend out of memory (MPS allocated", OutOfMemory, "needs more memory"),
        ("RuntimeError:memory format option is only supported by strided", ModelError, "tiny failed: memory format"),
        ("RuntimeError:unsupported operation: shared memory", ModelError, "tiny failed: unsupported"),
        ("RuntimeError:shapes differ\nat line 3", ModelError, "tiny failed: shapes differ"),
        ("AcceleratorError", MindLost, "the device cuda failed"),
    ],
)
def test_what_torch_raises_becomes_one_sentence(raised, expected, says):
    import torch

    kind, _, words = raised.partition(":")
    made = getattr(torch, kind, None) or getattr(builtins, kind)
    error = made.__new__(made, words)
    with pytest.raises(expected, match=says) as caught, mapped("tiny", "cuda"):
        raise error
    assert "\n" not in str(caught.value)
    assert type(caught.value) is expected


@KINDS
def test_a_thought_is_closed_after_its_budget_and_the_answer_follows(qwen, picture, kind):
    mind = qwen(kind, "thinking")
    options = ThinkOptions(max_new_tokens=9, max_thought_tokens=6, stop_at_call=False)
    *pieces, reply = mind.think(prompt("look", [], picture(1)), options, NEVER)
    thought = "".join(piece.text for piece in pieces if piece.thought)
    answer = "".join(piece.text for piece in pieces if not piece.thought)
    assert mind.info().thinks
    assert thought.endswith("\n</think>")
    closing = mind.loaded().tokenizer.encode("\n</think>\n\n", add_special_tokens=False)
    assert list(reply.ids[6 : 6 + len(closing)]) == closing
    assert answer.strip()
    assert thought + answer == reply.text
    assert not qwen(kind).info().thinks


class Calling:
    """A session that wants to call at once, and then whatever its model wants."""

    def __init__(self, loaded, first):
        self.loaded, self.first, self.passes = loaded, list(first), 0

    def wanted(self):
        import torch

        scores = torch.zeros(len(self.loaded.tokenizer))
        scores[self.first.pop(0)] = 1000
        return scores

    def say(self, tokens):
        self.passes += 1
        scores = self.loaded.session.say(tokens)
        return self.wanted() if self.first else scores


@KINDS
@STYLES
def test_whatever_a_model_wants_it_makes_a_call_that_can_be_read(loaded, picture, kind, style):
    one, conversation = loaded(kind, style), prompt("look", [], picture(3))
    options = ThinkOptions(max_new_tokens=200, temperature=1.0, top_p=1.0, top_k=1000)
    marks = ["</think>", "<tool_call>"] if style == "thinking" else ["<tool_call>"]
    read = 0
    for seed in range(6):
        one.session.forget()
        encoded = encode(conversation, one.tokenizer, one.eyes.tokens)
        one.session.read(encoded, conversation.frames, one.eyes)
        calling, turn = Calling(one, map(one.tokenizer.convert_tokens_to_ids, marks)), _turn(one, options)
        with torch_seed(seed):
            list(say(calling, calling.wanted(), turn, partial(_guide, one, conversation, options), options, NEVER))
        assert calling.passes < len(turn.ids)
        if turn.stop == "call":
            assert parse(turn.text, Coordinates("grid")).actions
            read += 1
    assert read >= 3, "texts without end alone would prove little"
