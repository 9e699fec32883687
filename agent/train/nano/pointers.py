"""Owns the pointer loss: while it speaks of something, the model must attend to where that is in the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from agent.train.nano.model import LANGUAGE, TOKENS

if TYPE_CHECKING:
    import torch
    from torch import nn

    from agent.train.nano.batch import Aims

REACH = 64
"""Width of queries and keys."""


class Pointers:
    """After each of some layers, a query of the speaking token must find the right image tokens among their keys."""

    def __init__(self, layers: tuple[int, ...]) -> None:
        from torch import nn

        self.layers = layers
        count = len(layers)
        self.module: nn.ModuleDict = nn.ModuleDict(
            {
                "query": nn.ModuleList(nn.Linear(LANGUAGE, REACH) for _ in range(count)),
                "key": nn.ModuleList(nn.Linear(LANGUAGE, REACH) for _ in range(count)),
            }
        )

    def _layers(self, name: str) -> nn.ModuleList:
        return cast("nn.ModuleList", self.module[name])

    def loss(self, hidden: tuple[torch.Tensor, ...], aims: Aims) -> tuple[torch.Tensor, float]:
        """-> (loss summed over layers, share of pointers whose best token is right)."""
        import torch

        row, at, image, target = (torch.from_numpy(a) for a in (aims.row, aims.at, aims.image, aims.target))
        where = image[:, None] + torch.arange(TOKENS)
        total, right = torch.zeros(()), 1.0
        for i, layer in enumerate(self.layers):
            states = hidden[layer]
            query = self._layers("query")[i](states[row, at]).float()
            key = self._layers("key")[i](states)[row[:, None], where].float()
            score = torch.einsum("pd,ptd->pt", query, key) / REACH**0.5
            total = total - (target * score.log_softmax(-1)).sum(-1).mean()
            right = float((target.gather(1, score.argmax(-1, keepdim=True)) > 0).float().mean())
        return total, right
