"""Owns how long a conversation may be: what the model was made for, and what the memory that is free can hold.

How long one is, is counted exactly: by making its tokens (agent/mind/encode.py), which takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psutil

from agent.errors import OutOfMemory, TooLong
from agent.mind.base import ThinkOptions
from agent.mind.fit import BASE, SLACK, Load, Precision, need
from agent.mind.network import Network
from agent.mind.sight import KEPT
from agent.mind.sizes import Shape, Tower

if TYPE_CHECKING:
    from transformers import PretrainedConfig


@dataclass(frozen=True, slots=True)
class Budget:
    """Most tokens of a conversation with its reply; 0 where that is not known.

    Attributes:
        context: what the model was made for.
        memory: what fits into the memory that was free once the model was there.
    """

    context: int = 0
    memory: int = 0

    @property
    def room(self) -> int:
        """Both."""
        return min(self.context or self.memory, self.memory or self.context)

    def check(self, tokens: int, options: ThinkOptions, thinks: bool, now: Callable[[], int] = lambda: 0) -> None:
        """Refuse what there is no room for.

        Args:
            tokens: of the conversation.
            options: how long the reply may be.
            thinks: whether a thought comes before it.
            now: tells what fits into memory by now, where that is less than asked for: others may have let go of some.

        Raises:
            TooLong: the model was made for less.
            OutOfMemory: there is no memory for it.
        """
        reply = options.max_new_tokens + (options.max_thought_tokens if thinks else 0)
        asked = f"the step has {tokens} tokens and its reply may have {reply}"
        if self.context and tokens + reply > self.context:
            raise TooLong(f"{asked}, of {self.context} in all: the model was made for no more")
        if self.memory and tokens + reply > self.memory and tokens + reply > (fits := now()):
            raise OutOfMemory(f"{asked}, of {max(fits, self.memory)} in all: there is no memory for more")


def budget_of(network: Network, frame_tokens: int) -> Budget:
    """What there is room for, beside the model and its work.

    Args:
        network: loaded, where it is to stay.
        frame_tokens: most visual tokens of a frame.
    """
    shape, number = shape_of(network.config), network.dtype.itemsize
    work = need(shape, Precision("", 0, number), work_of(frame_tokens))
    token = (1 + SLACK) * shape.kv_bytes * number / 2
    # What the driver takes is gone already.
    reading = work.work - BASE
    fits = [
        (free_memory(place) - reading - (work.vision if place == str(network.device) else 0)) / (share * token)
        for place, share in _shares(network).items()
        if share * token
    ]
    # What is free changes; none at all is the business of whoever loads the model.
    return Budget(network.config.get_text_config().max_position_embeddings, max(1, int(min(fits, default=0))))


def work_of(frame_tokens: int) -> Load:
    """What a model works on besides the tokens that it keeps, where a frame has so many visual tokens at most."""
    return Load(KEPT, 0, frame_tokens)


def _shares(network: Network) -> dict[str, float]:
    """Where the tokens that were read are kept, and which share of each."""
    layers = network.model.language_model.layers
    kinds = getattr(network.config.get_text_config(), "layer_types", None) or ["full_attention"] * len(layers)
    places = [
        str(next(layer.parameters()).device)
        for layer, kind in zip(layers, kinds, strict=True)
        if kind != "linear_attention"
    ]
    return {place: places.count(place) / len(places) for place in places}


def free_memory(device: str) -> int:
    """Bytes that are free for a model on a device, as torch names it."""
    import torch

    if not device.startswith("cuda"):
        return int(psutil.virtual_memory().available)
    # What torch keeps from what was let go is free for what comes next.
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return int(torch.cuda.mem_get_info(device)[0] + kept)


def shape_of(config: PretrainedConfig) -> Shape:
    """The shape of a checkpoint of Qwen3-VL's family; of a model with running states, its layers that keep every token."""
    text, sight = config.get_text_config(), config.vision_config
    kinds = getattr(text, "layer_types", None) or ["full_attention"] * text.num_hidden_layers
    experts = getattr(text, "num_experts", 0) or 0
    # Older models of the family give what is wide in the part that sees another name, and say some widths by others only.
    sees = getattr(sight, "embed_dim", 0) or sight.hidden_size
    return Shape(
        config.model_type,
        *(
            text.hidden_size,
            len(kinds) - kinds.count("linear_attention"),
            text.num_attention_heads,
            text.num_key_value_heads,
        ),
        inner=text.moe_intermediate_size if experts else text.intermediate_size,
        tower=Tower(
            *(sight.depth, sees, getattr(sight, "intermediate_size", 0) or int(sees * sight.mlp_ratio)),
            tuple(getattr(sight, "deepstack_visual_indexes", None) or ()),
        ),
        experts=experts,
        chosen=text.num_experts_per_tok if experts else 0,
        tied=config.tie_word_embeddings,
        head=getattr(text, "head_dim", 0) or text.hidden_size // text.num_attention_heads,
    )
