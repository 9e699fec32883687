"""Owns what the words on a control say of consequences, in English and Chinese.

A control's label is read as an order ("Send", "Delete account", "提交订单"), a text around it as a description ("3 files
will be deleted"). What only names something ("Sent", "Order history", "已发送") or takes no step ("Don't send", "How to
delete") is no consequence. What is not known either way may be anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from actions.lexicon import Kind, chinese, english

_COMPOUND: Final = 6
"""Letters of a Chinese name such as 发送记录 at most; a longer label that ends so begins with an order."""
_SHORT_TEXT: Final = 24
_READABLE: Final = re.compile(
    "[\u0000-\u024f\u2000-\u2bff\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\ufe00-\ufe0f\uff00-\uffef\U0001f000-\U0001faff]*"
)
"""Latin, Chinese, signs and pictures."""
_HAN: Final = re.compile("[\u3400-\u9fff]")
_MNEMONIC: Final = re.compile(r"[(（][A-Za-z0-9][)）](?=\W*$)")
"""The letter that Chinese labels have behind them for the keyboard, as in "发送(S)"."""
_CLAUSES: Final = re.compile(r"\band\b|\bthen\b|[&,;/|+–—]")
_SENTENCES: Final = re.compile(r"[.!?。！？;；\n]")
_ENDINGS: Final = (("ied", "y"), ("tted", "t"), ("pped", "p"), ("ed", ""), ("ed", "e"), ("ing", ""), ("ing", "e"))


def is_readable(label: str) -> bool:
    """Whether a label has a word or a number, in a script whose orders are known."""
    return any(letter.isalnum() for letter in label) and _READABLE.fullmatch(label) is not None


def is_question(text: str) -> bool:
    """Whether a text asks for a decision."""
    return bool(english().question.search(text) or chinese().question.search(text))


def only_goes_on(label: str) -> bool:
    """Whether a label only goes on with what is said around it, such as "OK" or "Yes, go on"."""
    plain = _plain(label)
    known = english().goes_on | chinese().goes_on
    return plain in known or re.split("[ ,，]", plain)[0] in known & {"yes", "ok", "okay", "是", "是的", "好的", "确定"}


def is_harmless(label: str) -> bool:
    """Whether a label is known to speak of no consequence, where it is not `ordered`; else it may mean anything."""
    plain = _plain(label)
    if _HAN.search(plain):
        bare = plain.replace(" ", "")
        known_zh = chinese()
        named = _is_compound(bare) and bool(_begins_zh(bare) or known_zh.before_things.search(bare))
        return bool(known_zh.harmless.search(bare) or known_zh.no_step.search(bare) or named)
    words, known = _words(plain), english()
    # A number, a letter or a sign, as on a calculator or a calendar, says nothing but itself.
    if all(len(word) == 1 or word.isdigit() for word in words):
        return True
    return words[0] in known.harmless | known.no_step or _is_usual_name(words)


def is_name(label: str) -> bool:
    """Whether a label of one word names a place as well as an order, such as "Trash"."""
    return _plain(label) in english().also_nouns


def begins_with_order(label: str) -> bool:
    """Whether a label begins with a verb, as orders do and names do not."""
    words, bare = _words(_plain(label)), _plain(label).replace(" ", "")
    if not words:
        return False
    bare = re.sub(f"^({chinese().ahead})", "", bare)
    return _begins_zh(bare) or words[0] in english().orders or any(p.match(_plain(label)) for p, _ in english().phrases)


def is_statement(label: str) -> bool:
    """Whether a label tells something, and is none that a control has."""
    plain = _plain(label)
    return re.search("[:：。.]", plain) is not None or len(plain) > _SHORT_TEXT


def ordered(label: str, *, in_list: bool = False) -> Kind | None:
    """What a control with this label would do that has a consequence; None where it speaks of none.

    Args:
        label: its words.
        in_list: whether it is a row among others, where "Trash box" is more likely a name than an order.
    """
    plain = _plain(label)
    if _HAN.search(plain) and (kind := _ordered_zh(plain.replace(" ", ""))):
        return kind
    names = _names_something if in_list else _is_usual_name
    return _phrase(plain) or _first(_clause(clause, names) for clause in _CLAUSES.split(plain))


def described(text: str) -> Kind | None:
    """What a text says is about to be done that has a consequence; None where it says nothing of the kind."""
    return _first(map(_sentence, _SENTENCES.split(_plain(text))))


def _first(kinds: Iterator[Kind | None]) -> Kind | None:
    return next((kind for kind in kinds if kind), None)


def _plain(text: str) -> str:
    """A label without what makes no difference: case, dots, signs at its ends, the letter for the keyboard."""
    text = _MNEMONIC.sub("", text).casefold().replace("’", "'").replace("…", " ").replace("...", " ")
    return " ".join(text.split()).strip(" :*•·→›»<>()[]!")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text)


def _phrase(plain: str) -> Kind | None:
    return next((kind for pattern, kind in english().phrases if pattern.search(plain)), None)


def _clause(clause: str, names: Callable[[Sequence[str]], bool]) -> Kind | None:
    words, known = _words(clause), english()
    if not words or words[0] in known.no_step or names(words):
        return None
    first = known.orders.get(words[0])
    return first or next((known.orders[w] for w in words[1:] if w in known.orders and w not in known.also_nouns), None)


def _names_something(words: Sequence[str]) -> bool:
    """Whether the words may be a name that begins like an order: "Trash box"."""
    return _is_usual_name(words) or (words[-1] in english().things and words[0] in english().also_nouns)


def _is_usual_name(words: Sequence[str]) -> bool:
    """Whether the words are a name as one knows it: "Order history"."""
    return words[0] in english().compounds.get(words[-1], ())


def _sentence(sentence: str) -> Kind | None:
    if _HAN.search(sentence):
        bare = sentence.replace(" ", "")
        return None if chinese().over.search(bare) else _phrase_zh(bare)
    words = _words(sentence)
    begun = english().orders.get(words[0]) if words and not _is_usual_name(words) else None
    return _phrase(sentence) or begun or next(_to_come(words), None)


def _to_come(words: Sequence[str]) -> Iterator[Kind]:
    """The consequences that a sentence tells of as to come."""
    known, coming = english(), False
    for before, word in zip(["", *words], words, strict=False):
        coming = coming or word in known.to_come
        if word in known.for_good:
            yield "deletes"
        stem = _stem(word)
        if stem in known.orders and (
            before == "to" or (coming and (before in ("be", "and") or stem not in known.also_nouns))
        ):
            yield known.orders[stem]


def _stem(word: str) -> str:
    """The order that a participle comes from."""
    known = english()
    if word in known.orders:
        return word
    stems = (word[: -len(ending)] + instead for ending, instead in _ENDINGS if word.endswith(ending))
    return next((stem for stem in stems if stem in known.orders), known.participles.get(word, word))


def _ordered_zh(label: str) -> Kind | None:
    known = chinese()
    if not known.firm.search(label) and (known.no_step.search(label) or _is_compound(label)):
        return None
    return _phrase_zh(label)


def _phrase_zh(text: str) -> Kind | None:
    return next((kind for pattern, kind in chinese().phrases if pattern.search(text)), None)


def _is_compound(label: str) -> bool:
    """Whether a Chinese label is a short name such as 发送记录."""
    known = chinese()
    things = known.after_orders if _begins_zh(label) else known.things
    return len(label) <= _COMPOUND and bool(things.search(label)) and not known.not_things.search(label)


def _begins_zh(label: str) -> bool:
    """Whether a Chinese label begins with the verb of an order."""
    return any(pattern.match(label) for pattern, _ in chinese().phrases)
