"""Owns what is trained together: the model, and beside it the heads that are thrown away afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.train.nano import tokenizer
from agent.train.nano.dense import DenseHeads
from agent.train.nano.model import build
from agent.train.nano.pointers import Pointers

if TYPE_CHECKING:
    from torch import nn

NAME_LAYERS, ECHO_LAYERS = (3, 4), (2, 3)
"""Language layers after which the model must point: at what it names, and at the letters that it copies."""


class Nano:
    """The model in training, and beside it the heads that are thrown away afterwards."""

    def __init__(self, seed: int) -> None:
        self.model = build(tokenizer.special_ids(), seed)
        self.heads = DenseHeads()
        self.names, self.echoes = Pointers(NAME_LAYERS), Pointers(ECHO_LAYERS)

    @property
    def seeing(self) -> dict[str, nn.Module]:
        """The parts that learn to read."""
        return {"visual": self.model.model.visual, "heads": self.heads.module}

    @property
    def parts(self) -> dict[str, nn.Module]:
        """Everything that learns to talk."""
        language = {"language": self.model.model.language_model}
        pointers = {"names": self.names.module, "echoes": self.echoes.module}
        return self.seeing | language | pointers
