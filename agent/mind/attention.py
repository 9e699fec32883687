"""Owns attention to what was read before: SDPA by blocks of queries, without masks or copies as large as the history.

Where there is nothing before, or a single token asks, SDPA itself needs neither and is left to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import torch

    from agent.mind.network import Network

NAME: Final = "deskhand_sdpa"
_SEES_ALL: Final = {"full_attention", "linear_attention"}
"""Kinds of layers that these blocks are for: every token sees all before it, or none and a running state instead."""
BLOCK: Final = 1024
CPU_BLOCK: Final = 128
"""Tokens that ask at once: their mask stays small, and what lies behind each block is not even looked at. On a CPU the
mask of a block should fit its own cache; on a GPU there should be few blocks."""


def use_blocks(network: Network) -> None:
    """Let the language model attend by blocks; only for conversations one by one, as there is no mask for padding.

    One that has layers of other kinds, which choose what they see, is left as it is.
    """
    kinds = getattr(network.config.get_text_config(), "layer_types", None) or ()
    if not _SEES_ALL.issuperset(kinds):
        return
    _register()
    network.set_attn_implementation({"text_config": NAME})


@contextlib.contextmanager
def blocks(network: Network) -> Iterator[None]:
    """Let the language model attend by blocks for a while, in whichever way it does otherwise."""
    _register()
    # What transformers offers for it walks through the whole model, and asks whether the usual way can be had, each time.
    config = network.config.get_text_config()
    usual = config._attn_implementation  # noqa: SLF001
    config._attn_implementation = NAME  # noqa: SLF001
    try:
        yield
    finally:
        config._attn_implementation = usual  # noqa: SLF001


def _register() -> None:
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)


def attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    dropout: float = 0.0,
    scaling: float | None = None,
    **kwargs: object,
) -> tuple[torch.Tensor, None]:
    """What the last tokens find in all tokens; the interface is transformers'.

    Args:
        module: the layer.
        query: of the last tokens: batch, heads, tokens, size.
        key: of all tokens; fewer heads serve as many queries each.
        value: of all tokens.
        attention_mask: which keys each token sees, True where it does: (1, 1, tokens, keys); None where it is all before it.
        dropout: none while nothing is learned.
        scaling: of the scores.
        kwargs: what other kinds of attention want to know.

    Returns:
        batch, tokens, heads, size; and no weights.
    """
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    del dropout, kwargs
    if attention_mask is not None:
        return _attend(query, key, value, scaling, attention_mask[0, 0]).transpose(1, 2), None
    known, asking = key.shape[2] - query.shape[2], query.shape[2]
    if known == 0 or asking == 1:
        found, _ = sdpa_attention_forward(module, query, key, value, None, scaling=scaling)
        return found, None
    import torch

    found = query.new_empty((query.shape[0], asking, query.shape[1], value.shape[-1]))
    block = CPU_BLOCK if query.device.type == "cpu" else BLOCK
    for start in range(0, asking, block):
        stop = min(start + block, asking)
        seen = known + stop
        rows = torch.arange(known + start, seen, device=key.device)
        sees = torch.arange(seen, device=key.device) <= rows[:, None]
        part = _attend(query[:, :, start:stop], key[:, :, :seen], value[:, :, :seen], scaling, sees)
        found[:, start:stop] = part.transpose(1, 2)
    return found, None


def _attend(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None, sees: torch.Tensor
) -> torch.Tensor:
    """SDPA; `sees` says of each token that asks which keys it sees."""
    import torch

    batch, heads, asking, size = query.shape
    sharing = heads // key.shape[1]
    # Heads that share keys stand one below the other, so that the keys need not be there once for each.
    packed = query.reshape(batch, key.shape[1], sharing * asking, size)
    mask = sees.repeat(sharing, 1)
    found = torch.nn.functional.scaled_dot_product_attention(packed, key, value, attn_mask=mask, scale=scaling)
    return found.reshape(batch, heads, asking, value.shape[-1])
