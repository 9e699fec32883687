"""Owns the loss on the model's own attention: chosen heads must look at the place in the picture that is spoken of.

A pointer of its own (see pointers.py) makes the states know where; this makes the model look there, so that it can copy.
One token of the picture holds several letters, and several digits of where to click. So each has a head of its own, which
looks there when its letter or digit is next and otherwise at the very first token: then copying needs no arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.train.nano.model import TOKENS

if TYPE_CHECKING:
    import torch
    from transformers import Qwen3VLForConditionalGeneration

    from agent.train.nano.batch import Aims, Batch


AWAKE = 3.0
"""Weight of the head that must look, against those that must not."""


@dataclass(frozen=True, slots=True)
class Gaze:
    """Heads of a language layer, counted from 0: head `first + i` serves the slot `slots[i]` (see sequence.Pointer)."""

    layer: int
    first: int
    slots: tuple[int, ...]

    def loss(
        self, model: Qwen3VLForConditionalGeneration, batch: Batch, hidden: tuple[torch.Tensor, ...], aims: Aims
    ) -> tuple[torch.Tensor, float]:
        """-> (cross-entropy of the attention, share of the looking heads' attention that falls on the tokens meant)."""
        import torch

        row, at, image, target, slot = (torch.from_numpy(a[aims.slot >= 0]) for a in aims.arrays)
        query, key = self._queries_and_keys(model, batch, hidden[self.layer])
        scores = (query @ key.transpose(-1, -2))[row, :, at] / query.shape[-1] ** 0.5
        ahead = torch.arange(scores.shape[-1]) > at[:, None]
        scores = scores.masked_fill(ahead[:, None], -1e9).log_softmax(-1)
        awake = slot[:, None] == torch.tensor(self.slots)
        served = awake.any(-1)
        seen = scores[awake].gather(-1, image[served, None] + torch.arange(TOKENS))
        inside = seen.masked_fill(target[served] == 0, -1e9).logsumexp(-1)
        asleep = scores[..., 0][~awake]
        return -AWAKE * inside.mean() - asleep.mean(), float(inside.detach().exp().mean())

    def _queries_and_keys(
        self, model: Qwen3VLForConditionalGeneration, batch: Batch, states: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As the layer itself computes them: (rows, heads, length, width) both."""
        import torch
        from transformers.models.qwen3_vl.modeling_qwen3_vl import apply_rotary_pos_emb

        language = model.model.language_model
        layer = language.layers[self.layer]
        attention, x = layer.self_attn, layer.input_layernorm(states)
        shape = (*x.shape[:-1], -1, attention.head_dim)
        query = attention.q_norm(attention.q_proj(x).view(shape)).float().transpose(1, 2)
        key = attention.k_norm(attention.k_proj(x).view(shape)).float().transpose(1, 2)
        cos, sin = language.rotary_emb(states, torch.from_numpy(batch.positions))
        query, key = apply_rotary_pos_emb(query, key, cos.float(), sin.float())
        key = key.repeat_interleave(attention.num_key_value_groups, 1)
        heads = slice(self.first, self.first + len(self.slots))
        return query[:, heads], key[:, heads]
