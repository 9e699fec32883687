"""Owns the sampling that Qwen publishes for Qwen3-VL: for free text, and for a turn that repeats itself when it is greedy.

The values are those of "Generation Hyperparameters", vision-language, in the README of Qwen3-VL.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from agent.mind.base import ThinkOptions


@dataclass(frozen=True, slots=True)
class Sampling:
    """How tokens are drawn; the fields are those of ThinkOptions."""

    temperature: float
    top_p: float
    top_k: int
    presence_penalty: float


INSTRUCT: Final = Sampling(temperature=0.7, top_p=0.8, top_k=20, presence_penalty=1.5)
THINKING: Final = Sampling(temperature=0.6, top_p=0.95, top_k=20, presence_penalty=0.0)


def sampled(options: ThinkOptions, thinks: bool) -> ThinkOptions:
    """The options with the published sampling.

    Args:
        options: whose lengths and calls are kept.
        thinks: the model is a Thinking one.
    """
    drawn = THINKING if thinks else INSTRUCT
    return replace(
        options,
        temperature=drawn.temperature,
        top_p=drawn.top_p,
        top_k=drawn.top_k,
        presence_penalty=drawn.presence_penalty,
    )
