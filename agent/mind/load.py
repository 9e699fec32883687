"""Owns the loading of a Qwen3-VL checkpoint, Dense or mixture of experts, Instruct or Thinking, through one code path."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from agent.errors import MindLost, ModelError, OutOfMemory, first_line
from agent.mind.attention import use_blocks
from agent.mind.base import MindInfo
from agent.mind.bits import BITS, config_of, quiet, settle
from agent.mind.budget import Budget, budget_of, free_memory, shape_of
from agent.mind.decode import THOUGHT
from agent.mind.devices import places, spoken
from agent.mind.dispatch import lighten_hooks, shares
from agent.mind.encode import END, Tokenizer, form_of_calls, generation_prompt
from agent.mind.fit import USUAL, Need, need, precision_of
from agent.mind.grammar import Form
from agent.mind.guess import Worth
from agent.mind.guide import Guides, Vocabulary, is_guidable
from agent.mind.hardware import Hardware, Wish, choose_hardware
from agent.mind.network import Network
from agent.mind.precision import Known
from agent.mind.profile import read_profile
from agent.mind.room import check_room, loaded_bytes
from agent.mind.session import Session
from agent.mind.sizes import Shape
from agent.mind.tools_text import read_template
from agent.mind.vision import Eyes, load_eyes
from agent.mind.weights import Weights, find_weights, silent

if TYPE_CHECKING:
    from transformers import PreTrainedModel


_NO_MEMORY = (
    "DefaultCPUAllocator: can't allocate memory",
    "DefaultCPUAllocator: not enough memory",
    "CUDA out of memory",
    "CUDA error: out of memory",
    "CUBLAS_STATUS_ALLOC_FAILED",
    "MPS backend out of memory",
)
"""What allocators say that raise no error of a type of its own."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A checkpoint in memory, ready to think.

    Attributes:
        tokenizer: with the checkpoint's chat template.
        eyes: how it sees frames.
        session: the model.
        guides: what keeps its calls to their grammar; None where its tokenizer is of another kind.
        form: how its calls are written.
        ends: tokens with which it ends a turn.
        in_thought: whether its turns begin inside a thought.
        info: what it is and how it runs.
        size: bytes of its weights on disk.
        budget: how long a conversation may be.
        worth: whether it pays to guess what it says next.
    """

    tokenizer: Tokenizer
    eyes: Eyes
    session: Session
    guides: Guides | None
    form: Form
    ends: frozenset[int]
    in_thought: bool
    info: MindInfo
    size: int
    budget: Budget
    worth: Worth = field(default_factory=Worth)

    def fits_now(self) -> int:
        """How many tokens there is memory for by now, those that are kept among them."""
        return self.session.room(self.info.frame_tokens) + self.session.held


def load(
    model: str,
    wish: Wish | None = None,
    note: Callable[[str], None] = silent,
    free: Callable[[str], int] = free_memory,
) -> Loaded:
    """Load a model by folder, hub name or `nano`.

    Args:
        model: what to load.
        wish: device, precision and attention, where they are not to be chosen.
        note: told what is going on when it takes long.
        free: says how many bytes a device has free.

    Raises:
        ModelError: one sentence says what is wrong and what to do; OutOfMemory when it does not fit, before it is loaded.
    """
    quiet()
    # Before torch is loaded, which takes seconds: what cannot be opened is said at once.
    weights = find_weights(model, note)
    if weights.adapter and not importlib.util.find_spec("peft"):
        raise ModelError(f"{model} is a LoRA adapter, which needs peft: install it with `pip install peft`")
    hide_broken("torchvision")
    profile = read_profile(weights.folder)
    with _mapped_files(model):
        hardware = choose_hardware(weights.size, wish, partial(_known, weights))
        has = {place: free(place) for place in places(hardware.device)}
        check_room(model, weights.folder, hardware, sum(has.values()), lambda: _known(weights).shape)
        several = len(has) > 1
        shared = shares(model, weights.folder, hardware, has, profile.frame_tokens) if several else {}
    _limit_threads(hardware)
    note(f"loading {model}: {hardware.chosen}")
    with _mapped_files(model), mapped(model, hardware.device):
        tokenizer = _load_tokenizer(weights)
        eyes = load_eyes(weights.folder, profile.frame_tokens)
        network = _load_network(weights, hardware, shared)
        budget = budget_of(network, profile.frame_tokens)
    capture = profile.capture.model_dump(exclude_none=True) if profile.capture else {}
    in_thought = generation_prompt(tokenizer).rstrip().endswith(THOUGHT)
    info = MindInfo(
        *(model, weights.revision, hardware.device, hardware.dtype, hardware.attention, hardware.chosen),
        capture=capture,
        units=profile.coordinates,
        offer=profile.actions,
        dialect=profile.dialect,
        room=budget.room,
        frame_tokens=profile.frame_tokens,
        thinks=in_thought,
    )
    guides = Guides(cast("Vocabulary", tokenizer)) if is_guidable(tokenizer) else None
    form, ends = form_of_calls(tokenizer), _ends(network, tokenizer)
    return Loaded(tokenizer, eyes, Session(network), guides, form, ends, in_thought, info, weights.size, budget)


@contextlib.contextmanager
def mapped(model: str, device: str) -> Iterator[None]:
    """Turn what torch raises while a model works into a ModelError of one sentence.

    Raises:
        OutOfMemory: the device has no memory left.
        MindLost: torch itself is lost.
    """
    import torch
    from jinja2 import TemplateError

    # An error of the accelerator spoils every later call in this process; only a new process helps.
    spoiled = getattr(torch, "AcceleratorError", ())
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if _is_out_of_memory(error):
            raise _too_big(model, device) from error
        if isinstance(error, spoiled):
            raise MindLost(
                f"the device {spoken(places(device))} failed while {model} was at work: {first_line(error)}"
            ) from error
        raise ModelError(f"{model} failed: {first_line(error)}") from error
    except TemplateError as error:
        raise ModelError(f"the chat template of {model} does not take our messages: {first_line(error)}") from error


@contextlib.contextmanager
def _mapped_files(model: str) -> Iterator[None]:
    """Turn what reading a checkpoint raises into a ModelError of one sentence."""
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    try:
        yield
    except SafetensorError as error:
        raise ModelError(f"a weights file of {model} is damaged ({first_line(error)}); fetch it again") from error
    except (OSError, ValueError, ImportError, KeyError, AttributeError, TypeError, StrictDataclassError) as error:
        raise ModelError(f"{model} cannot be loaded by this version of transformers: {first_line(error)}") from error


def hide_broken(library: str) -> None:
    """Make a library that is there but does not import look absent, as torchvision often is beside a CPU torch."""
    try:
        importlib.import_module(library)
    except ModuleNotFoundError:
        return
    except (ImportError, OSError, RuntimeError):
        sys.modules[library] = None  # type: ignore[assignment]


def _known(weights: Weights) -> Known:
    """What a checkpoint tells by its config, and by the heads of its files."""
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(weights.folder, trust_remote_code=False)
    shape, layers = shape_of(config), config.get_text_config().num_hidden_layers
    # Layers that keep a running state are not in it.
    whole = shape.layers == layers and not getattr(config, "quantization_config", None)
    return Known(shape if whole else None, bool(shape.experts), layers, partial(_needed, weights.folder, shape))


def _needed(folder: Path, shape: Shape, dtype: str) -> Need:
    """What a run of the usual length needs: its weights as they are counted, all else as it is computed."""
    return replace(need(shape, precision_of(dtype, dtype), USUAL), weights=loaded_bytes(folder, dtype))


def _load_tokenizer(weights: Weights) -> Tokenizer:
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(weights.folder, trust_remote_code=False)
    # Of models that are a little older only their processor's files have it.
    tokenizer.chat_template = tokenizer.chat_template or read_template(weights.folder)
    if not tokenizer.chat_template:
        raise ValueError("its tokenizer has no chat template")
    return cast("Tokenizer", tokenizer)


def _load_network(weights: Weights, hardware: Hardware, shared: dict[str, int | str]) -> Network:
    import torch
    from transformers import AutoModelForImageTextToText
    from transformers.utils import logging

    logging.disable_progress_bar()
    network = AutoModelForImageTextToText.from_pretrained(
        weights.folder,
        use_safetensors=True,
        trust_remote_code=False,
        dtype=getattr(torch, hardware.computes),
        attn_implementation=hardware.attention,
        **_placed(hardware, shared),
    )
    if not hasattr(network.model, "get_rope_index"):
        raise ValueError(f"{type(network).__name__} is not of Qwen3-VL's family")
    if shared:
        lighten_hooks(network, shared)
    if weights.adapter:
        _add_adapter(network, weights)
    made = cast("Network", network)
    made = (made if shared else made.to(hardware.device)).eval()
    if hardware.attention == "sdpa":
        use_blocks(made)
    if hardware.dtype in BITS:
        settle(made)
    return made


def _placed(hardware: Hardware, shared: dict[str, int | str]) -> dict[str, Any]:
    """What puts weights on the GPUs that share them, or makes them smaller one by one where they are to be."""
    if hardware.dtype not in BITS:
        return {"device_map": shared} if shared else {}
    config = config_of(hardware.dtype, hardware.computes)
    return {"quantization_config": config, "device_map": shared or {"": hardware.device}}


def _add_adapter(network: PreTrainedModel, weights: Weights) -> None:
    """Lay a LoRA adapter over the network; its folder was checked to hold safetensors, which are read before pickles."""
    # Sizes that differ are let through only to be told here: by itself transformers logs a table and goes on, or raises.
    found = network.load_adapter(str(weights.adapter), ignore_mismatched_sizes=True)
    if unfit := {*found.missing_keys, *found.unexpected_keys, *(key for key, *_ in found.mismatched_keys)}:
        raise ModelError(
            f"the adapter {weights.model} does not fit the model below it: {len(unfit)} of its tensors, among them "
            f"{min(unfit)}; name its own base with `deskhand models adapter {weights.adapter} --base MODEL`"
        )


def _limit_threads(hardware: Hardware) -> None:
    import torch

    if hardware.threads:
        torch.set_num_threads(hardware.threads)


def _ends(network: Network, tokenizer: Tokenizer) -> frozenset[int]:
    told = network.generation_config.eos_token_id
    many = told if isinstance(told, list) else [told]
    return frozenset(token for token in (*many, tokenizer.convert_tokens_to_ids(END)) if isinstance(token, int))


def _is_out_of_memory(error: BaseException) -> bool:
    """By type, or by the words of those allocators that raise a plain RuntimeError."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return any(words in str(error) for words in _NO_MEMORY)


def _too_big(model: str, device: str) -> OutOfMemory:
    devices = places(device)
    return OutOfMemory(
        f"{model} needs more memory than {spoken(devices)} {'has' if len(devices) == 1 else 'have'} free; close other programs, show it smaller frames, or choose a "
        "smaller model"
    )
