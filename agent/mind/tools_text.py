"""Owns the words with which tools are offered inside the system text, for servers that are not told of tools.

They are to the letter what the model's chat template would write: that of its folder where it lies on this machine, and
Qwen3-VL's otherwise, whose words are the protocol that it was trained on.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from actions.schema import Tool
from agent.errors import ModelError

_QWEN: Final = """\


# Tools

You may call one or more functions to assist with the user query.

You are provided with function signatures within <tools></tools> XML tags:
<tools>@tools@
</tools>

For each function call, return a json object with function name and arguments within <tool_call></tool_call> XML tags:
<tool_call>
{"name": <function-name>, "arguments": <args-json-object>}
</tool_call>"""
RESPONSE: Final = ("<tool_response>\n", "\n</tool_response>")
"""What stands around the outcome of a call."""
_SYSTEM, _END = "<|im_start|>system\n", "<|im_end|>"


def system_and_tools(system: str, tools: Sequence[Tool], template: str | None) -> str:
    """The system text with the tools behind it.

    Args:
        system: the text alone.
        tools: nothing is added where there are none.
        template: the model's chat template; None for Qwen3-VL's, whose words also serve where a template knows of no tools.

    Raises:
        ModelError: the template does not write a system turn.
    """
    if not tools:
        return system
    told = None if template is None else _rendered(system, tools, template)
    if told is not None and shows(told, tools):
        return told
    return system + _QWEN.replace("@tools@", "".join("\n" + _json(tool) for tool in tools))


def shows(text: str, tools: Sequence[Tool]) -> bool:
    """Whether what a chat template wrote tells of the tools; those of Qwen2.5-VL and others leave them out."""
    return all(f'"{tool["function"]["name"]}"' in text for tool in tools)


def read_template(folder: Path) -> str | None:
    """The chat template of the checkpoint in a folder, where a file holds one, in today's or the older way. Raises ModelError."""
    now, older = folder / "chat_template.jinja", folder / "chat_template.json"
    try:
        if now.exists() or not older.exists():
            return now.read_text(encoding="utf-8") if now.exists() else None
        return str(json.loads(older.read_text(encoding="utf-8"))["chat_template"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"the chat template in {folder} cannot be read: {error}") from error


def _rendered(system: str, tools: Sequence[Tool], template: str) -> str:
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # As transformers sets it up.
    world = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    world.filters["tojson"] = _json
    messages = [{"role": "system", "content": system}, {"role": "user", "content": "x"}]
    try:
        text = world.from_string(template).render(messages=messages, tools=list(tools))
    except TemplateError as error:
        raise ModelError(f"the model's chat template cannot be used: {error}") from error
    before, found, rest = text.partition(_SYSTEM)
    if before or not found or _END not in rest:
        raise ModelError(
            "the model's chat template writes no system turn; use a checkpoint whose template is Qwen3-VL's"
        )
    return rest.partition(_END)[0]


def _json(value: object, indent: int | None = None) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
