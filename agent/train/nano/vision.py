"""Owns the fast way through the vision tower: equal-sized stills in one batch, with the model's own weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agent.train.nano.model import COLUMNS, HEIGHT, PATCH, ROWS, WIDTH

if TYPE_CHECKING:
    import numpy as np
    import torch
    from torch import nn
    from transformers.models.qwen3_vl.modeling_qwen3_vl import Qwen3VLVisionModel


def patches(images: np.ndarray) -> torch.Tensor:
    """Pictures (count, height, width, 3) of bytes as (count, patches, 768) in merge order, in -1..1."""
    import numpy as np
    import torch

    x = torch.from_numpy(np.ascontiguousarray(images)).float().div_(127.5).sub_(1)
    x = x.view(-1, ROWS, 2, PATCH, COLUMNS, 2, PATCH, 3).permute(0, 1, 4, 2, 5, 7, 3, 6)
    return x.reshape(len(images), HEIGHT * WIDTH // PATCH**2, 3 * PATCH**2)


class FastVision:
    """The tower for a batch of windows. A still is two equal frames, so that one summed kernel does for both."""

    def __init__(self, visual: Qwen3VLVisionModel) -> None:
        import torch
        from transformers.models.qwen3_vl import modeling_qwen3_vl as qwen

        self.visual = visual
        grid = torch.tensor([[1, ROWS * 2, COLUMNS * 2]])
        self.where, self.share = qwen.get_vision_interpolation_indices_and_weights(
            grid,
            num_grid_per_side=visual.num_grid_per_side,
            mode=visual.interpolation_mode,
            align_corners=visual.interpolation_align_corners,
            spatial_merge_size=2,
            kwargs={},
        )
        cos, sin = visual.rotary_pos_emb(torch.zeros(1), qwen.get_vision_position_ids(grid, 2, kwargs={}))
        self.cos, self.sin = cos[:, None], sin[:, None]

    def __call__(self, pixels: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
        """Patches of a batch -> (merged tokens, deepstack features), each (count, tokens, language width).

        What is learned through the deepstack features ends at their own mergers: the tower has its lessons of its own.
        """
        import torch.nn.functional as F

        count, length, _ = pixels.shape
        # nn.Module's attributes are typed as tensors or modules, whichever they are.
        visual: Any = self.visual
        proj = visual.patch_embed.proj
        x = F.linear(pixels, proj.weight.sum(2).flatten(1), proj.bias)
        x = x + (visual.pos_embed(self.where) * self.share[:, :, None]).sum(1)
        deep = []
        for i, block in enumerate(visual.blocks):
            x = x + self._attend(block.attn, block.norm1(x))
            x = x + block.mlp(block.norm2(x))
            if i in visual.deepstack_visual_indexes:
                merger = visual.deepstack_merger_list[visual.deepstack_visual_indexes.index(i)]
                deep.append(merger(x.detach().reshape(count * length, -1)).view(count, length // 4, -1))
        merged: torch.Tensor = visual.merger(x.reshape(count * length, -1)).view(count, length // 4, -1)
        return merged, deep

    def _attend(self, module: nn.Module, x: torch.Tensor) -> torch.Tensor:
        import torch.nn.functional as F
        from transformers.models.qwen3_vl.modeling_qwen3_vl import rotate_half

        attention: Any = module
        count, length, _ = x.shape
        q, k, v = attention.qkv(x).view(count, length, 3, attention.num_heads, -1).unbind(2)
        q, k = (t * self.cos + rotate_half(t) * self.sin for t in (q, k))
        heads = (t.float().transpose(1, 2) for t in (q, k, v))  # on CPUs faster than in bfloat16
        out = F.scaled_dot_product_attention(*heads)
        mixed: torch.Tensor = attention.proj(out.transpose(1, 2).reshape(count, length, -1))
        return mixed
