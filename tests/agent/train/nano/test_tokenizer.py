"""nano's tokenizer: whole templates are a few tokens, and what the desk's words are made of is never more than letters."""

from __future__ import annotations

from pathlib import Path
from string import ascii_letters, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.encode import encode
from agent.prompt import prompt
from agent.train.nano import tokenizer
from agent.train.nano.model import TOKENS, VOCABULARY

WORD = st.text(ascii_letters + digits, min_size=1, max_size=8)
BLANK = frame_from_rgb(bytes(3 * 32 * 32), Rect(0, 0, 32, 32), 0.0)
LOADED = tokenizer.build()


def ids_of(text: str) -> list[int]:
    return list(LOADED.encode(text, add_special_tokens=False))


@given(st.text())
def test_any_text_comes_back(text: str):
    assert LOADED.decode(ids_of(text)) == text


@pytest.mark.parametrize(
    "awkward", ["Type", "type", "press", "Pressed", "Open", "Done", "system", "user", "from", "into", "then"]
)
def test_letters_stay_single_even_in_words_that_verbs_are_made_of(awkward: str):
    check_letters(awkward, awkward)


@given(WORD, WORD)
def test_letters_of_labels_and_typed_words_stay_single(label: str, typed: str):
    check_letters(label, typed)


def check_letters(label: str, typed: str) -> None:
    task = f"type {typed} into {label}, then pick {label} from {typed}, then press {label}"
    assert letters_in(encoded(task)) == f"{typed}{label}{label}{typed}{label}"
    said = f"Typed {typed}. Pick {label}.\n<tool_call>\n"
    assert letters_in([LOADED.decode([i]) for i in ids_of(said)]) == f"Typed{typed}{label}"


def encoded(task: str) -> list[str]:
    """The tokens of the task in the whole prompt."""
    ids = encode(prompt(task, (), BLANK), LOADED, lambda _: TOKENS).ids
    texts = [LOADED.decode([i]) for i in ids]
    return texts[texts.index("\n<|im_start|>user") : texts.index("<|vision_start|>")]


def letters_in(texts: list[str]) -> str:
    return "".join(text for text in texts if len(text) == 1 and text.isalnum())


def test_the_fixed_prompt_is_short():
    assert len(encode(prompt("", (), BLANK), LOADED, lambda _: 0).ids) <= 60


def test_a_call_is_a_few_tokens():
    call = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [159, 112]}}\n</tool_call>'
    assert len(ids_of(call)) == 1 + 1 + 3 + 1 + 3 + 1 + 1


def test_special_tokens_have_qwens_texts_and_fit_the_model():
    assert tokenizer.special_ids() == {text: LOADED.convert_tokens_to_ids(text) for text in tokenizer.SPECIAL}
    assert len(LOADED) <= VOCABULARY


def test_it_loads_from_its_folder(tmp_path: Path):
    from transformers import AutoTokenizer

    tokenizer.write(tmp_path)
    again = AutoTokenizer.from_pretrained(tmp_path)
    text = "press Öl, then tick 7\n<|vision_start|><|image_pad|><|vision_end|>"
    assert again.encode(text, add_special_tokens=False) == ids_of(text)
    assert (tmp_path / "chat_template.jinja").read_text("utf-8") == tokenizer.CHAT_TEMPLATE
