"""Owns keeping a tool call to its grammar while it is decoded: which tokens may come, and which must.

What must come needs no look at the model: it is said at once, and read by the model together with the next choice.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import torch
    from llguidance import LLMatcher, LLTokenizer

_LONGEST: Final = 1000
"""Bytes of a token that llguidance takes; longer ones are of prompts, never of calls."""
_GRAMMARS: Final = 8
"""Grammars that are kept compiled: one for each size of picture, where places count pixels."""


class Vocabulary(Protocol):
    """What is needed of a fast tokenizer of transformers."""

    backend_tokenizer: Any
    added_tokens_decoder: dict[int, Any]
    eos_token_id: int

    def __len__(self) -> int:
        """How many tokens there are."""

    def convert_ids_to_tokens(self, ids: list[int]) -> list[str]:
        """How the vocabulary writes tokens."""

    def encode(self, text: str, *, add_special_tokens: bool) -> list[int]:
        """Text to ids."""


class Guide:
    """A call while it is being said; `ended` once it is whole.

    Args:
        matcher: knows what may come.
        spelling: of the vocabulary.
    """

    def __init__(self, matcher: LLMatcher, spelling: Spelling) -> None:
        self._matcher, self._spelling = matcher, spelling

    @property
    def ended(self) -> bool:
        """Whether nothing may follow."""
        return bool(self._matcher.is_stopped())

    def take(self, token: int) -> bool:
        """Take the next token; False where it is none that may come."""
        return bool(self._matcher.try_consume_tokens([token]) == 1)

    def forced(self) -> list[int]:
        """The tokens that must come now, and are taken hereby.

        Text that must come may still be the beginning of a longer token: what a model would say in one is left to it.
        """
        tokens: list[int] = self._matcher.compute_ff_tokens()
        if tokens and not self.ended:
            tokens = self._spelling.certain(tokens, self._matcher.compute_ff_bytes())
        return tokens if tokens and self._matcher.consume_tokens(tokens) else []

    def masked(self, scores: torch.Tensor) -> torch.Tensor:
        """The scores with what may not come at minus infinity."""
        import torch

        allowed = torch.zeros(scores.numel(), dtype=torch.bool)
        if text := self._matcher.compute_ff_bytes():
            # Of text that must come the matcher itself allows one spelling only.
            may = [token for token in self._spelling.along(text) if self._matcher.validate_tokens([token]) == 1]
            allowed[may] = True
        else:
            mask = torch.frombuffer(bytearray(self._matcher.compute_bitmask()), dtype=torch.uint8)
            bits = ((mask[:, None] >> torch.arange(8, dtype=torch.uint8)) & 1).flatten()[: scores.numel()]
            allowed[: bits.numel()] = bits.bool()
        return scores.masked_fill(~allowed.to(scores.device), -float("inf"))


class Guides:
    """Makes guides for a model's vocabulary.

    Args:
        vocabulary: of a fast tokenizer; it is read when the first guide is asked for, which takes about a second.
    """

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._tokenizer: LLTokenizer | None = None
        self._spelling = Spelling(())
        self._compiled = lru_cache(_GRAMMARS)(self._compile)

    def begin(self, grammar: str) -> Guide:
        """A guide for one call; raises ValueError on a grammar that is none."""
        matcher = self._compiled(grammar).deep_copy()
        return Guide(matcher, self._spelling)

    def _compile(self, grammar: str) -> LLMatcher:
        from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

        if self._tokenizer is None:
            told = _Bytes(self._vocabulary)
            self._spelling = Spelling(told.tokens)
            self._tokenizer = LLTokenizer(TokenizerWrapper(told), n_vocab=len(self._vocabulary))
        matcher = LLMatcher(self._tokenizer, LLMatcher.grammar_from_lark(grammar))
        if trouble := matcher.get_error():
            raise ValueError(f"the grammar of calls is wrong: {trouble}")
        return matcher


class Spelling:
    """The bytes of all tokens, by id and in order."""

    def __init__(self, tokens: Sequence[bytes]) -> None:
        self._tokens = tokens
        pairs = sorted((token, number) for number, token in enumerate(tokens) if token)
        self._sorted, self._numbers = [token for token, _ in pairs], [number for _, number in pairs]

    def certain(self, tokens: Sequence[int], text: bytes) -> list[int]:
        """The first of some tokens, up to where a longer one might go on beyond the text that they spell.

        Args:
            tokens: spell a beginning of the text.
            text: what is certain to come.
        """
        end, first = 0, self._first_open(text)
        kept = []
        for token in tokens:
            end += len(self._tokens[token])
            if end > first:
                break
            kept.append(token)
        return kept

    def along(self, text: bytes) -> Iterator[int]:
        """The tokens that spell a beginning of the text, or go on beyond it."""
        for end in range(1, len(text)):
            yield from self._from(text[:end], whole=True)
        yield from self._from(text)

    def _from(self, beginning: bytes, *, whole: bool = False) -> Iterator[int]:
        """The tokens with a beginning, or those that are no more than it."""
        for place in range(bisect_left(self._sorted, beginning), len(self._sorted)):
            token = self._sorted[place]
            if token != beginning if whole else not token.startswith(beginning):
                return
            yield self._numbers[place]

    def _first_open(self, text: bytes) -> int:
        """The first place of a text from which a token goes on beyond its end; the end where there is none."""
        return next((start for start in range(len(text)) if self._goes_beyond(text[start:])), len(text))

    def _goes_beyond(self, rest: bytes) -> bool:
        after = bisect_right(self._sorted, rest)
        return after < len(self._sorted) and self._sorted[after].startswith(rest)


class _Bytes:
    """A vocabulary as llguidance wants it: the bytes of each token, by its id."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._encode: Callable[..., list[int]] = vocabulary.encode
        self.eos_token_id = vocabulary.eos_token_id
        self.bos_token_id = None
        added = vocabulary.added_tokens_decoder
        self.special_token_ids = [number for number, token in added.items() if token.special]
        self.tokens = _token_bytes(vocabulary)

    def __call__(self, text: str) -> list[int]:
        return self._encode(text, add_special_tokens=False)


def is_guidable(tokenizer: object) -> bool:
    """Whether a tokenizer's tokens can be told as bytes: a fast one whose vocabulary is of bytes, as Qwen's are."""
    backend = getattr(tokenizer, "backend_tokenizer", None)
    return backend is not None and type(backend.decoder).__name__ == "ByteLevel"


def _token_bytes(vocabulary: Vocabulary) -> Sequence[bytes]:
    letters = {letter: byte for byte, letter in _byte_letters().items()}
    added = vocabulary.added_tokens_decoder
    found = []
    for number, written in enumerate(vocabulary.convert_ids_to_tokens(list(range(len(vocabulary))))):
        if number in added:
            raw = added[number].content.encode()
        else:
            raw = bytes(letters[letter] for letter in written) if written and set(written) <= letters.keys() else b""
        found.append(raw if len(raw) < _LONGEST else b"")
    return found


def _byte_letters() -> dict[int, str]:
    """The letter that byte-level vocabularies write for each byte (GPT-2's table)."""
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(256) if byte not in shown]
    return {byte: chr(byte) for byte in shown} | {byte: chr(256 + place) for place, byte in enumerate(hidden)}
