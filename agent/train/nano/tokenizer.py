"""Owns nano's tokenizer: bytes, Qwen's special tokens, and whole pieces of the fixed texts as one token each.

Letters and digits of labels and typed words must stay single, because the model reads and copies letter by letter. So
every piece holds something that stands only where a template puts it: a special token, a line break, JSON, or the
separator in front of it. A verb alone ("Type ") is no piece, since a label may be called the same.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from actions.schema import computer_use
from agent.prompt import system_text
from agent.train.nano.model import VOCABULARY

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
MARKS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<think>", "</think>")
FIRST = 256
"""Ids below are bytes; from here come SPECIAL, MARKS, PIECES and the fixed prompt's pieces, in this order."""
_SYSTEM = "<|im_start|>system\n"
_CALL = '\n{"name": "computer_use", "arguments": {"action": "'
_VERBS = ("press ", "tick ", "type ", "choose ", "pick ")
_DO = ("Press ", "Tick ", "Click ", "Type ", "Choose ", "Open ", "Pick ", "Done.", "Failed.")
PIECES = (
    "\n<|im_start|>user",
    "\n<|im_start|>assistant\n",
    "\nDone.\n",
    *(f"\n{verb}" for verb in _VERBS),
    *(f", then {verb}" for verb in _VERBS),
    " into ",
    " from ",
    *(f". {do}" for do in _DO),
    ".\n",
    _CALL + 'left_click", "coordinate": [',
    _CALL + 'type", "text": "',
    _CALL + 'terminate", "status": "success"}}\n',
    _CALL + 'terminate", "status": "failure"}}\n',
    ", ",
    "]}}\n",
    '"}}\n',
)

CHAT_TEMPLATE = """\
{%- macro show(content) -%}
{%- if content is string -%}{{ content }}{%- else -%}
{%- for part in content -%}
{%- if part.type == 'image' -%}<|vision_start|><|image_pad|><|vision_end|>
{%- elif part.type == 'video' -%}<|vision_start|><|video_pad|><|vision_end|>
{%- else -%}{{ part.text }}{%- endif -%}
{%- endfor -%}
{%- endif -%}
{%- endmacro -%}
{%- set system = messages and messages[0].role == 'system' -%}
{%- if system or tools -%}
{{ '<|im_start|>system\\n' }}
{%- if system -%}{{ show(messages[0].content) }}{%- endif -%}
{%- if tools -%}
{{ '\\n\\n' if system }}{{ '# Tools\\n\\nThese functions can be called:\\n<tools>' }}
{%- for tool in tools -%}{{ '\\n' + (tool | tojson) }}{%- endfor -%}
{{ '\\n</tools>\\n\\nA call is JSON with the name and the arguments, in tags of its own:' }}
{{- '\\n<tool_call>\\n{"name": NAME, "arguments": {...}}\\n</tool_call>' }}
{%- endif -%}
{{ '<|im_end|>\\n' }}
{%- endif -%}
{%- for message in messages -%}
{%- if message.role == 'tool' -%}
{{ '' if loop.index0 and messages[loop.index0 - 1].role == 'tool' else '<|im_start|>user' }}
{{- '\\n<tool_response>\\n' }}{{ show(message.content) }}{{ '\\n</tool_response>' }}
{{- '' if not loop.last and messages[loop.index0 + 1].role == 'tool' else '<|im_end|>\\n' }}
{%- elif message.role != 'system' -%}
{{ '<|im_start|>' + message.role + '\\n' }}{{ show(message.content) }}{{ '<|im_end|>\\n' }}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}
"""


def special_ids() -> dict[str, int]:
    """The ids of Qwen's special tokens."""
    return {text: FIRST + i for i, text in enumerate(SPECIAL)}


def build() -> PreTrainedTokenizerFast:
    """The tokenizer for the prompt as it is now. Raises ValueError when the pieces outgrow the model's vocabulary."""
    tokenizer = _bare(())
    return _bare(_prompt_pieces(tokenizer))


def write(folder: Path) -> None:
    """Write tokenizer.json, tokenizer_config.json and chat_template.jinja into a model folder."""
    build().save_pretrained(folder)


def _bare(prompt_pieces: tuple[str, ...]) -> PreTrainedTokenizerFast:
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate(letters)}, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in SPECIAL])
    inner.add_tokens([AddedToken(text, normalized=False) for text in (*MARKS, *PIECES, *prompt_pieces)])
    if inner.get_vocab_size() > VOCABULARY:
        raise ValueError(f"{inner.get_vocab_size()} tokens do not fit nano's vocabulary of {VOCABULARY}")
    return PreTrainedTokenizerFast(
        tokenizer_object=inner,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        chat_template=CHAT_TEMPLATE,
        model_max_length=8192,
        clean_up_tokenization_spaces=False,
    )


def _prompt_pieces(tokenizer: PreTrainedTokenizerFast) -> tuple[str, ...]:
    """The fixed prompt (system text and tools) as one piece a line, without the marks that are tokens already."""
    messages = [{"role": "system", "content": system_text()}]
    text = str(tokenizer.apply_chat_template(messages, tools=[dict(computer_use())], tokenize=False))
    known = "|".join(re.escape(token) for token in (*SPECIAL, *MARKS))
    lines = [line for part in re.split(known, text) for line in part.splitlines(keepends=True)]
    # A role alone would also match a label of that name at the end of a task.
    whole = (_SYSTEM if line == "system\n" else line for line in lines if len(line.strip()) > 1)
    return tuple(dict.fromkeys(whole))
