"""Owns chat templates in Qwen3-VL's format, Instruct and Thinking, for checkpoints that we make ourselves.

A published checkpoint brings its own template and is never given one of these. What comes out has the same structure,
token for token: roles between `<|im_start|>` and `<|im_end|>`, pictures as one pad between vision marks, results of
calls as `<tool_response>` in a user turn that neighbouring results share. The Thinking template opens a thought for the
turn to come, and keeps the thoughts of earlier turns only since the person's last message.
"""

from __future__ import annotations

from typing import Final, Literal

Style = Literal["instruct", "thinking"]

_SHOW: Final = """\
{%- macro show(content) -%}
    {%- if content is string -%}
        {{- content -}}
    {%- else -%}
        {%- for part in content -%}
            {%- if part.type == 'image' -%}
                {{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
            {%- elif part.type == 'video' -%}
                {{- '<|vision_start|><|video_pad|><|vision_end|>' -}}
            {%- else -%}
                {{- part.text -}}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}
"""

_SYSTEM: Final = """\
{%- set system = show(messages[0].content) if messages[0].role == 'system' else '' -%}
{%- if tools -%}
    {{- '<|im_start|>system\\n' + (system + '\\n\\n' if system else '') + '# Tools\\n\\nThe functions:\\n<tools>' -}}
    {%- for tool in tools -%}
        {{- '\\n' + (tool | tojson) -}}
    {%- endfor -%}
    {{- '\\n</tools>\\n\\nCall one with JSON between tags:\\n<tool_call>\\n' -}}
    {{- '{"name": <function-name>, "arguments": <args-json-object>}\\n</tool_call><|im_end|>\\n' -}}
{%- elif system -%}
    {{- '<|im_start|>system\\n' + system + '<|im_end|>\\n' -}}
{%- endif -%}
"""

_LAST_QUESTION: Final = """\
{%- set last = namespace(question=-1) -%}
{%- for message in messages -%}
    {%- set text = show(message.content) -%}
    {%- if message.role == 'user' and not (text.startswith('<tool_response>') and text.endswith('</tool_response>')) -%}
        {%- set last.question = loop.index0 -%}
    {%- endif -%}
{%- endfor -%}
"""

_SAID: Final = """\
        {{- '<|im_start|>assistant\\n' + show(message.content) -}}
"""

_SAID_WITH_THOUGHT: Final = """\
        {%- set thought, said = message.reasoning_content or '', show(message.content) -%}
        {%- if not thought and '</think>' in said -%}
            {%- set thought = said.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') -%}
            {%- set said = said.split('</think>')[-1].lstrip('\\n') -%}
        {%- endif -%}
        {{- '<|im_start|>assistant\\n' -}}
        {%- if loop.index0 > last.question and (loop.last or thought) -%}
            {{- '<think>\\n' + thought.strip('\\n') + '\\n</think>\\n\\n' + said.lstrip('\\n') -}}
        {%- else -%}
            {{- said -}}
        {%- endif -%}
"""

_MESSAGES: Final = """\
{%- for message in messages -%}
    {%- if message.role == 'assistant' -%}
@said@\
        {%- for call in message.tool_calls or [] -%}
            {%- set call = call.function or call -%}
            {{- '\\n' if show(message.content) or not loop.first -}}
            {{- '<tool_call>\\n{"name": "' + call.name + '", "arguments": ' -}}
            {{- (call.arguments if call.arguments is string else call.arguments | tojson) + '}\\n</tool_call>' -}}
        {%- endfor -%}
        {{- '<|im_end|>\\n' -}}
    {%- elif message.role == 'tool' -%}
        {{- '<|im_start|>user' if loop.first or loop.previtem.role != 'tool' -}}
        {{- '\\n<tool_response>\\n' + show(message.content) + '\\n</tool_response>' -}}
        {{- '<|im_end|>\\n' if loop.last or loop.nextitem.role != 'tool' -}}
    {%- elif message.role == 'user' or not loop.first -%}
        {{- '<|im_start|>' + message.role + '\\n' + show(message.content) + '<|im_end|>\\n' -}}
    {%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{- '@opened@' -}}
{%- endif -%}
"""


def chat_template(style: Style) -> str:
    """The Jinja template of that style."""
    if style == "instruct":
        return _SHOW + _SYSTEM + _filled(_SAID, "<|im_start|>assistant\\n")
    return _SHOW + _SYSTEM + _LAST_QUESTION + _filled(_SAID_WITH_THOUGHT, "<|im_start|>assistant\\n<think>\\n")


def _filled(said: str, opened: str) -> str:
    return _MESSAGES.replace("@said@", said).replace("@opened@", opened)
