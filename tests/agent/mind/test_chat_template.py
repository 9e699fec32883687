"""The templates have Qwen3-VL's format, turn for turn."""

import pytest

from agent.mind.chat_template import chat_template

TALK = [
    {"role": "system", "content": "Be good."},
    {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Go."}]},
    {"role": "assistant", "content": "<think>\nHm.\n</think>\n\nSo."},
    {"role": "tool", "content": [{"type": "text", "text": "Done.\n"}, {"type": "image"}]},
    {"role": "tool", "content": "Also done."},
]
SEEN = "<|vision_start|><|image_pad|><|vision_end|>"


@pytest.fixture
def render(loaded):
    def show(style, messages, **settings):
        tokenizer = loaded("dense", style).tokenizer
        return tokenizer.apply_chat_template(messages, tokenize=False, **{"add_generation_prompt": True, **settings})

    return show


def test_an_instruct_talk(render):
    assert render("instruct", TALK) == (
        "<|im_start|>system\nBe good.<|im_end|>\n"
        f"<|im_start|>user\n{SEEN}Go.<|im_end|>\n"
        "<|im_start|>assistant\n<think>\nHm.\n</think>\n\nSo.<|im_end|>\n"
        f"<|im_start|>user\n<tool_response>\nDone.\n{SEEN}\n</tool_response>\n"
        "<tool_response>\nAlso done.\n</tool_response><|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_there_is_no_system_turn_of_its_own_accord(render):
    assert render("instruct", TALK[1:2]) == f"<|im_start|>user\n{SEEN}Go.<|im_end|>\n<|im_start|>assistant\n"


def test_tools_stand_in_the_system_turn_one_a_line(render):
    text = render("instruct", TALK[:2], tools=[{"name": "one"}, {"name": "zwölf"}])
    system = text.partition("<|im_end|>")[0]
    assert system.startswith("<|im_start|>system\nBe good.\n\n# Tools\n\n")
    assert '\n<tools>\n{"name": "one"}\n{"name": "zwölf"}\n</tools>\n' in system
    assert system.endswith('<tool_call>\n{"name": <function-name>, "arguments": <args-json-object>}\n</tool_call>')
    assert render("instruct", TALK[1:2], tools=[{}]).startswith("<|im_start|>system\n# Tools")


@pytest.mark.parametrize("style", ["instruct", "thinking"])
def test_calls_that_come_apart_from_the_text_follow_it(render, style):
    calls = [{"function": {"name": "f", "arguments": {"x": 1}}}, {"name": "g", "arguments": "{}"}]
    text = render(style, [*TALK[:2], {"role": "assistant", "content": "So.", "tool_calls": calls}, TALK[4]])
    assert (
        'So.\n<tool_call>\n{"name": "f", "arguments": {"x": 1}}\n</tool_call>\n'
        '<tool_call>\n{"name": "g", "arguments": {}}\n</tool_call><|im_end|>\n'
    ) in text


def test_a_thinking_talk_opens_a_thought_and_keeps_those_since_the_last_question(render):
    assert render("thinking", TALK).endswith("<|im_start|>assistant\n<think>\n")
    assert "<|im_start|>assistant\n<think>\nHm.\n</think>\n\nSo.<|im_end|>" in render("thinking", TALK)
    asked_again = render("thinking", [*TALK, {"role": "user", "content": "And now?"}])
    assert "Hm." not in asked_again
    assert "<|im_start|>assistant\nSo.<|im_end|>" in asked_again


def test_styles_differ_in_thoughts_only(render):
    bare = [*TALK[:2], {"role": "assistant", "content": "So."}, TALK[3]]
    assert render("thinking", bare) == render("instruct", bare) + "<think>\n"
    assert chat_template("thinking") != chat_template("instruct")
