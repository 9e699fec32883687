"""Owns what is needed of a transformers model of Qwen3-VL's family, and how to tell that it is still the same model."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import torch
    from transformers import Cache, GenerationConfig, PretrainedConfig


class Speech(Protocol):
    """The language model."""

    layers: torch.nn.ModuleList


class Body(Protocol):
    """A model without its scores; it knows where its tokens are."""

    language_model: Speech

    def get_rope_index(
        self, input_ids: torch.Tensor, mm_token_type_ids: torch.Tensor, *, image_grid_thw: torch.Tensor | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Positions in three dimensions, and how far the next one is from the number of tokens."""


class FrameOutput(Protocol):
    """What comes of looking: tokens frame by frame; some models also stack tokens of other depths in."""

    pooler_output: Sequence[torch.Tensor]


class TokenOutput(Protocol):
    """What comes of reading."""

    logits: torch.Tensor
    past_key_values: Cache


class Network(Protocol):
    """What is needed of a transformers model of Qwen3-VL's family."""

    model: Body
    device: torch.device
    dtype: torch.dtype
    config: PretrainedConfig
    generation_config: GenerationConfig

    def to(self, device: str) -> Network:
        """The same, moved."""

    def eval(self) -> Network:
        """The same, not learning."""

    def parameters(self) -> Iterable[torch.Tensor]:
        """Its weights."""

    def modules(self) -> Iterable[torch.nn.Module]:
        """Its parts, and theirs."""

    def named_children(self) -> Iterable[tuple[str, torch.nn.Module]]:
        """Its largest parts, by name."""

    def get_output_embeddings(self) -> torch.nn.Module | None:
        """The table that scores tokens."""

    def get_image_features(self, patches: torch.Tensor, grid: torch.Tensor, *, return_dict: bool) -> FrameOutput:
        """Look."""

    def set_attn_implementation(self, attn_implementation: str | dict[str, str]) -> None:
        """Choose how its parts attend."""

    def active_adapters(self) -> list[str]:
        """Names of the adapters in use; an error where none was ever added."""

    def __call__(self, **inputs: object) -> TokenOutput:
        """Read."""


def identity(network: Network) -> Hashable:
    """Equal only while the same adapters are in use and no weight was exchanged or changed in place."""
    return _worn(network), tuple((weight.data_ptr(), _changes(weight)) for weight in network.parameters())


def _worn(network: Network) -> tuple[str, ...]:
    """The adapters in use; those that are switched off are still named as active."""
    if not getattr(network, "_hf_peft_config_loaded", False):
        return ()
    # On a part this is whether it is off; on the model it is a method.
    off = any(getattr(part, "disable_adapters", None) is True for part in network.modules())
    return () if off else tuple(network.active_adapters())


def _changes(weight: torch.Tensor) -> int:
    """How often it was written to; tensors made in inference mode do not count."""
    return 0 if weight.is_inference() else weight._version  # noqa: SLF001 - torch documents no other name for it
