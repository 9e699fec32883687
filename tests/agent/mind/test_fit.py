"""What fits where: the arithmetic of memory, the document's table, and the advice for a machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.history import HistoryPolicy
from agent.mind.bits import BITS
from agent.mind.fit import EIGHT, FOUR, FULL, HALF, USUAL, Load, load_of, need, published_bytes
from agent.mind.recommend import Memory, advise, memory
from agent.mind.sizes import SIZES

ROOT = Path(__file__).resolve().parents[3]
BY_NAME = {shape.name: shape for shape in SIZES}
RUN = USUAL


LACKS = "8 and 4 bits need bitsandbytes: install it with `pip install bitsandbytes accelerate`"


def machine(device, gigabytes, dtype="bfloat16", bits=(), lacks=""):
    free, total = round(gigabytes * 1e9), round(gigabytes * 2e9)
    return Memory(device, dtype, f"the {device}", free, total, (dtype, *bits), lacks)


def test_half_precision_is_two_bytes_a_parameter():
    for shape in SIZES:
        assert need(shape, HALF, RUN).weights == 2 * shape.parameters == published_bytes(shape)
        assert need(shape, FULL, RUN).weights == 4 * shape.parameters


def test_fewer_bits_shrink_the_large_products_alone():
    shape = BY_NAME["4B"]
    kept = 2 * (shape.parameters - shape.linear)
    assert need(shape, EIGHT, RUN).weights - kept == pytest.approx(shape.linear, rel=0.005)
    assert need(shape, FOUR, RUN).weights - kept == pytest.approx(shape.linear / 2, rel=0.04)
    assert need(shape, FOUR, RUN).cache == need(shape, HALF, RUN).cache


def test_the_experts_of_a_mixture_stay_as_they_are():
    shape = BY_NAME["30B-A3B"]
    assert need(shape, FOUR, RUN).weights > 0.95 * need(shape, HALF, RUN).weights


def test_the_cache_grows_with_the_tokens():
    shape = BY_NAME["8B"]
    assert need(shape, HALF, RUN).cache == RUN.tokens * shape.kv_bytes
    assert RUN.tokens > 8 * 2040
    assert Load(2, 38).tokens < RUN.tokens


def test_a_short_run_shows_fewer_frames_than_the_history_may():
    assert load_of(3, HistoryPolicy()) == Load(3, 0)


def test_the_table_in_the_documents_is_as_computed():
    command = [sys.executable, "packaging/fit_table.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, check=False)
    assert done.returncode == 0, "make it anew: python packaging/fit_table.py"


@pytest.mark.parametrize(
    "gpu, size", [(8, None), (12, "2B"), (20, "4B"), (30, "8B"), (50, "8B"), (80, "30B-A3B"), (140, "30B-A3B")]
)
def test_the_size_follows_the_free_memory(gpu, size):
    advice = advise(machine("cuda", gpu), RUN)
    assert (advice.shape and advice.shape.name) == size
    assert advice.why.endswith(".")
    assert f"{gpu}.0 GB free" in advice.why


def test_the_reason_tells_what_the_next_larger_would_need():
    why = advise(machine("cuda", 20), RUN).why
    assert "Qwen/Qwen3-VL-4B-Instruct in bfloat16 needs" in why
    assert "8B would need" in why
    assert "minutes" not in why


@pytest.mark.parametrize(
    "gpu, size, dtype",
    [
        (6, None, ""),
        (7.4, "2B", "4-bit"),
        (8, "2B", "8-bit"),
        (11.5, "4B", "8-bit"),
        (15, "8B", "4-bit"),
        (50, "8B", "bfloat16"),
        (80, "30B-A3B", "bfloat16"),
    ],
)
def test_with_few_bits_more_fits(gpu, size, dtype):
    advice = advise(machine("cuda", gpu, bits=BITS), RUN)
    assert ((advice.shape and advice.shape.name), advice.dtype) == (size, dtype)
    assert f" in {dtype or '4-bit'}" in advice.why
    assert "install" not in advice.why


def test_the_reason_tells_what_is_lacking_for_more():
    why = advise(machine("cuda", 7.4, lacks=LACKS), RUN).why
    assert "No published size fits: 2B, the smallest, needs " in why
    assert why.endswith(f"; 2B would fit in 4-bit, but {LACKS}.")
    why = advise(machine("cuda", 11.5, lacks=LACKS), RUN).why
    assert "2B-Instruct in bfloat16" in why
    assert "; 4B would need 14.5 GB; 4B would fit in 8-bit, but " in why
    # Nothing better would fit.
    assert "bits" not in advise(machine("cuda", 80, lacks=LACKS), RUN).why


def test_without_a_gpu_the_smallest_is_named_and_that_it_is_slow():
    assert advise(machine("cpu", 500), RUN).shape.name == "2B"
    assert "without a GPU a step takes minutes" in advise(machine("cpu", 500), RUN).why
    # Four bytes a number.
    assert advise(machine("cpu", 12, "float32"), RUN).shape is None
    assert "No published size fits: 2B" in advise(machine("cpu", 12, "float32"), RUN).why


def test_several_gpus_hold_a_size_together():
    def gpus(*free):
        each = tuple(round(one * 1e9) for one in free)
        return Memory(
            "cuda:0,cuda:1", "bfloat16", "the GPUs A and B", sum(each), sum(each), ("bfloat16", *BITS), "", each
        )

    advice = advise(gpus(16, 16), RUN)
    assert (advice.shape.name, advice.dtype) == ("8B", "bfloat16")
    assert advice.why.startswith(
        "Qwen/Qwen3-VL-8B-Instruct in bfloat16 needs 23.8 GB, and the GPUs A and B have 32.0 GB free together; "
    )
    assert advise(gpus(40, 40), RUN).shape.name == "30B-A3B"
    # What fits on one is not asked of both.
    assert advise(gpus(24, 1), RUN).shape.name == "8B"
    assert "the GPUs A and B have 4.0 GB free together; close" in advise(gpus(2, 2), RUN).why


def test_this_machine_is_asked():
    has = memory()
    assert 0 < has.free <= has.total
    assert has.dtype in {"float32", "bfloat16", "float16"}
    assert has.dtype == has.precisions[0]
