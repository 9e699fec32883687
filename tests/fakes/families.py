"""Owns tiny checkpoints of Qwen3-VL's older and newer relatives, laid out as theirs are published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from agent.mind.chat_template import Style, chat_template
from agent.mind.encode import END
from agent.mind.tiny import build_tiny

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedTokenizerBase

Family = Literal["qwen2_vl", "qwen2_5_vl", "qwen3_5", "qwen3_5_moe", "qwen4_exp"]
OLDER: Final = ("qwen2_vl", "qwen2_5_vl")

_FUNCTION: Final = (
    "<function=example>\\n<parameter=one>\\nvalue\\n</parameter>\\n<parameter=two>\\nvalue\\non two lines\\n"
    "</parameter>\\n</function>\\n</tool_call>"
)
_PLAIN: Final = """\
{%- for message in messages -%}
    {%- if loop.first and message.role != 'system' -%}{{- '<|im_start|>system\\nHelp.<|im_end|>\\n' -}}{%- endif -%}
    {{- '<|im_start|>' + message.role + '\\n' -}}
    {%- if message.content is string -%}
        {{- message.content -}}
    {%- else -%}
        {%- for part in message.content -%}
            {{- '<|vision_start|><|image_pad|><|vision_end|>' if part.type == 'image' else part.text -}}
        {%- endfor -%}
    {%- endif -%}
    {{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""
_LINEAR: Final = {
    "linear_key_head_dim": 16,
    "linear_value_head_dim": 16,
    "linear_num_key_heads": 2,
    "linear_num_value_heads": 4,
    "layer_types": ["linear_attention", "linear_attention", "full_attention"],
}
_EXPERTS: Final = {
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 48,
    "shared_expert_intermediate_size": 48,
}
_CHOOSING: Final = {
    "hc_count": 2,
    "hc_lowrank": 8,
    "indexer_n_heads": 2,
    "indexer_kv_heads": 1,
    "indexer_head_dim": 16,
    "indexer_budget": 64,
    "indexer_compress_ratio": 4,
    "ple_layer_ids": [2],
    "ple_embed_dim": 64,
    "ngram_vocab_size_base": 97,
    "heads_per_ngram": 2,
    "split_ngram_parts": 1,
}
"""Of a layer that chooses what it sees, and of tables by runs of tokens."""


def template(family: Family, style: Style = "instruct") -> str:
    """A chat template in the family's format: without tools, or with calls that are no JSON."""
    if family in OLDER:
        return _PLAIN
    shown = '{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call>'
    made = chat_template(style)
    assert shown in made
    return made.replace("Call one with JSON between tags", "Call one between tags").replace(shown, _FUNCTION)


def build_family(folder: Path, family: Family, style: Style = "instruct", spread: float = 0.5) -> Path:
    """Write a checkpoint with random weights, and return its folder.

    Args:
        folder: to be made.
        family: as transformers names its architecture.
        style: of its chat template.
        spread: of the initial weights.
    """
    import torch
    from transformers import AutoModelForImageTextToText, AutoTokenizer

    build_tiny(folder, style=style)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = template(family, style)
    tokenizer.save_pretrained(folder)
    if family in OLDER:
        _narrow_eyes(folder / "preprocessor_config.json")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = AutoModelForImageTextToText.from_config(_config(family, tokenizer, folder, spread))
    model.generation_config.eos_token_id = [tokenizer.convert_tokens_to_ids(END)]
    model.save_pretrained(folder)
    return folder


def _narrow_eyes(path: Path) -> None:
    """Patches of 14, and limits named as they were then."""
    said = json.loads(path.read_text()) | {"patch_size": 14, "min_pixels": 3136, "max_pixels": 12_845_056}
    said |= {"image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711]}
    del said["size"]
    path.write_text(json.dumps(said))


def _config(family: Family, tokenizer: PreTrainedTokenizerBase, folder: Path, spread: float) -> PretrainedConfig:
    from transformers import AutoConfig

    known = json.loads((folder / "config.json").read_text())
    end = tokenizer.convert_tokens_to_ids(END)
    text = _without(known["text_config"], "model_type") | {"initializer_range": spread, "eos_token_id": end}
    sight = _without(known["vision_config"], "model_type", "deepstack_visual_indexes") | {"initializer_range": spread}
    if family in OLDER:
        turned = _without(text["rope_parameters"], "mrope_interleaved")
        text = _without(text, "head_dim") | {"rope_parameters": turned, "bos_token_id": None}
        sight = _without(sight, "num_position_embeddings", "patch_size")
        wide = {"embed_dim": 32, "hidden_size": 64, "mlp_ratio": 2}
        windows = {"window_size": 112, "fullatt_block_indexes": [1]}
        sight |= {"patch_size": 14} | (windows if family == "qwen2_5_vl" else wide)
    else:
        # As published only a quarter of a head turns with the place, of which a head as small as these has no third part.
        text |= _LINEAR | {"rope_parameters": text["rope_parameters"] | {"partial_rotary_factor": 1.0}}
        text |= {} if family == "qwen3_5" else _EXPERTS
        text |= _CHOOSING if family == "qwen4_exp" else {}
    tokens = {name: known[name] for name in known if name.endswith("_token_id")}
    return AutoConfig.for_model(family, text_config=text, vision_config=sight, **tokens)


def _without(said: dict[str, object], *names: str) -> dict[str, object]:
    return {name: value for name, value in said.items() if name not in names}
