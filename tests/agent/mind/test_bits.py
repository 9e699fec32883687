"""Weights of 8 and 4 bits: what is refused without bitsandbytes, and, where it is installed, that they think."""

import importlib
import importlib.util
import sys

import pytest
import torch

from agent.conversation import Conversation, Message, TextPart
from agent.errors import ModelError
from agent.mind import bits
from agent.mind.base import ThinkOptions
from agent.mind.bits import BITS, config_of, trouble
from agent.mind.budget import shape_of
from agent.mind.encode import encode
from agent.mind.fit import EIGHT, FOUR
from agent.mind.hardware import Wish, choose_hardware
from agent.mind.load import load
from agent.mind.qwen import Qwen
from agent.mind.tiny import build_tiny
from agent.prompt import prompt

MISSING = not all(importlib.util.find_spec(name) for name in ("bitsandbytes", "accelerate"))
HERE = pytest.mark.skipif(MISSING, reason="needs bitsandbytes: pip install bitsandbytes accelerate")
# What it imports uses parts of torch that are to go; before 0.50 it warned of formats without a logger.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore:MatMul8bitLt")
PRECISIONS = {"8-bit": EIGHT, "4-bit": FOUR}
TYPES = {"8-bit": "Linear8bitLt", "4-bit": "Linear4bit"}


@pytest.fixture
def absent(monkeypatch):
    monkeypatch.setattr(bits, "_LIBRARIES", ("bitsandbytes_that_nobody_has",))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A tiny checkpoint, with layers as wide as 4 bits want them."""
    return build_tiny(tmp_path_factory.mktemp("bits") / "model", inner=128)


@pytest.fixture(scope="session")
def small(folder):
    """A tiny checkpoint in few bits, on the processor."""
    made = {}

    def make(dtype):
        if dtype not in made:
            made[dtype] = load(str(folder), Wish(device="cpu", dtype=dtype))
        return made[dtype]

    return make


@pytest.mark.parametrize("dtype", BITS)
def test_a_wish_without_the_library_says_what_to_install(absent, folder, dtype):
    with pytest.raises(ModelError, match=r"^8 and 4 bits need bitsandbytes: install it with `pip install bitsandbytes"):
        load(str(folder), Wish(dtype=dtype))


def test_the_environment_may_wish_for_bits(absent, monkeypatch):
    monkeypatch.setenv("DESKHAND_DTYPE", "4-bit")
    with pytest.raises(ModelError, match="need bitsandbytes"):
        choose_hardware(1)


@pytest.mark.parametrize("dtype", BITS)
def test_a_library_that_does_not_work_here_is_said_in_one_sentence(monkeypatch, tmp_path, dtype):
    (tmp_path / "bits_broken.py").write_text("raise RuntimeError('no kernel for this GPU\\nsee the manual')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(bits, "_LIBRARIES", ("bits_broken",))
    monkeypatch.setattr(bits.importlib, "import_module", lambda name: __import__("bits_broken"))
    assert trouble(dtype, "cuda", "bfloat16") == (
        f"bitsandbytes cannot work in {dtype} on cuda here: no kernel for this GPU"
    )


@pytest.mark.parametrize("dtype", BITS)
def test_wrong_numbers_are_noticed(monkeypatch, dtype):
    monkeypatch.setattr(bits, "_LIBRARIES", ("json",))
    monkeypatch.setattr(bits, "_error", lambda *told: float("nan"))
    assert "wrong numbers" in trouble(dtype, "cpu", "float32")


def test_no_code_is_fetched_from_the_hub(monkeypatch, tmp_path):
    (tmp_path / "kernels.py").write_text("def get_kernel(*told, **more): raise AssertionError('fetched')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "kernels", raising=False)
    assert importlib.util.find_spec("kernels")
    bits.quiet()
    assert importlib.util.find_spec("kernels") is None
    with pytest.raises(ImportError):
        importlib.import_module("kernels")


def test_what_sees_and_the_tables_of_tokens_are_left_as_they_are(loaded):
    """Told to transformers' own rule, and to names of the real architecture."""
    from transformers.quantizers.quantizers_utils import should_convert_module

    for dtype in BITS:
        told = config_of(dtype, "bfloat16")
        assert (told.load_in_8bit, told.load_in_4bit) == (dtype == "8-bit", dtype == "4-bit")
        assert (told.bnb_4bit_quant_type, told.bnb_4bit_use_double_quant) == ("nf4", True)
        assert told.bnb_4bit_compute_dtype == torch.bfloat16
        taken = {
            name
            for name, layer in loaded().session._model.named_modules()
            if type(layer) is torch.nn.Linear and should_convert_module(name, told.llm_int8_skip_modules)
        }
        # Four of attention and three of the middle, in each of three layers.
        assert len(taken) == 3 * 7
        assert all(name.startswith("model.language_model.layers.") for name in taken)


@HERE
@pytest.mark.parametrize("dtype", BITS)
@pytest.mark.parametrize("computes", ["float32", "bfloat16", "float16"])
def test_it_works_on_the_processor(dtype, computes):
    assert trouble(dtype, "cpu", computes) == ""


@HERE
@pytest.mark.parametrize("dtype", BITS)
def test_the_language_model_alone_is_made_smaller(small, dtype):
    one = small(dtype)
    assert (one.info.dtype, one.info.device) == (dtype, "cpu")
    assert f"; {dtype}, as asked for; " in one.info.chosen
    network = one.session._model
    assert network.dtype == torch.float32
    assert {weight.dtype for weight in network.model.visual.parameters()} == {torch.float32}
    assert {type(layer).__name__ for layer in network.model.visual.modules()}.isdisjoint(TYPES.values())
    assert type(network.lm_head) is torch.nn.Linear
    assert network.model.language_model.embed_tokens.weight.dtype == torch.float32
    linears = [type(layer).__name__ for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
    assert linears.count(TYPES[dtype]) == 3 * 7


@HERE
@pytest.mark.parametrize("dtype", BITS)
def test_the_weights_are_as_small_as_was_computed(small, dtype):
    network, held = small(dtype).session._model, 0
    for layer in network.modules():
        if type(layer).__name__ == "Linear8bitLt":
            scales = layer.state.SCB if layer.weight.SCB is None else layer.weight.SCB
            # Rows are so short here that their scales, one a row, weigh more than in any published size.
            held += layer.weight.nbytes + round(scales.nbytes * layer.in_features / 2048)
        elif type(layer).__name__ == "Linear4bit":
            state = layer.weight.quant_state
            held += layer.weight.nbytes + state.absmax.nbytes + (state.state2.absmax.nbytes if state.nested else 0)
    # Where a processor lays 4 bits out anew, their scales take two bytes.
    assert held == pytest.approx(shape_of(network.config).linear * PRECISIONS[dtype].linear, rel=0.04)


@HERE
@pytest.mark.parametrize("dtype", BITS)
def test_what_was_read_is_kept_and_thought_on(small, dtype, folder, picture, past):
    mind = Qwen(str(folder), Wish(device="cpu", dtype=dtype))
    options = ThinkOptions(max_new_tokens=12, max_thought_tokens=0)
    replies = [list(mind.think(prompt("do it", past(n), picture(n)), options, lambda: False))[-1] for n in range(3)]
    assert [reply.reuse for reply in replies] == ["new", "cut", "cut"]
    assert replies[2].cached_tokens > replies[0].prompt_tokens / 2
    assert all(reply.ids for reply in replies)
    again = list(mind.think(prompt("do it", past(2), picture(2)), options, lambda: False))[-1]
    assert (again.ids, again.reuse) == (replies[2].ids, "cut")


@HERE
@pytest.mark.parametrize("dtype, close", [("8-bit", 0.15), ("4-bit", 0.6)])
def test_it_thinks_nearly_what_it_thought_before(small, dtype, close, folder):
    conversation = Conversation((Message("user", (TextPart("Press Save, then close the window"),)),))

    def scores(one):
        encoded = encode(conversation, one.tokenizer, one.eyes.tokens)
        found = one.session.read(encoded, [], one.eyes).scores
        return found[found.isfinite()].float()

    whole, few = scores(load(str(folder), Wish(device="cpu"))), scores(small(dtype))
    assert float((few - whole).norm() / whole.norm()) < close
