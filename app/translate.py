"""Owns the language of the shell: English sentences are the keys, one JSON file a language holds the others.

A file has two parts: `shell`, the shell's own texts, and `recorded`, sentences that the runner records in English.
"""

from __future__ import annotations

import functools
import json
import re

from agent.assets import asset

_RULE_PARTS = re.compile(" in (?=the application |windows called |the region |the keys )")
"""What stands between the parts of a rule of the person's."""
LANGUAGES = {"en": "English", "zh_CN": "简体中文"}

_language = "en"


def use(language: str) -> None:
    """Speak this language from now on; windows made before keep the words they were made with.

    Raises:
        KeyError: there is no such language.
    """
    global _language
    if language not in LANGUAGES:
        raise KeyError(f"there is no translation into {language}; there is {', '.join(LANGUAGES)}")
    _language = language


def language() -> str:
    """The language that is spoken."""
    return _language


def language_of(locale: str) -> str:
    """The language to speak to somebody with this locale name, such as `zh_CN` or `de_AT`."""
    return "zh_CN" if locale.startswith("zh") else "en"


def tr(source: str, **values: object) -> str:
    """The words for an English source text, `{name}` replaced by what is given; the source where there are none."""
    text = _texts(_language)["shell"].get(source, source)
    return text.format(**values) if values else text


def recorded(sentence: str) -> str:
    """A sentence that the runner recorded, in the shell's language where that knows it."""
    known = _texts(_language)["recorded"]
    if sentence in known:
        return known[sentence]
    for pattern, text in _patterns(_language):
        match = pattern.fullmatch(sentence)
        if match:
            return text.format(
                **{name: _rule(said) if name == "rule" else said for name, said in match.groupdict().items()}
            )
    return sentence


def _rule(words: str) -> str:
    """A rule of the person's, part by part."""
    return "、".join(map(recorded, _RULE_PARTS.split(words)))


@functools.cache
def _texts(language: str) -> dict[str, dict[str, str]]:
    if language == "en":
        return {"shell": {}, "recorded": {}}
    texts: dict[str, dict[str, str]] = json.loads(asset(f"translations/{language}.json").read_text(encoding="utf-8"))
    return texts


@functools.cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """The recorded sentences with something of their own in them, each as what it looks like and what it becomes."""
    return [
        (re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(source)), re.DOTALL), text)
        for source, text in _texts(language)["recorded"].items()
        if "{" in source
    ]
