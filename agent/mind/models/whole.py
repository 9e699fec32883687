"""Owns whether a folder holds a whole model that may be loaded: safetensors alone, every file there and of its full length."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.errors import ModelError

INDEX = "model.safetensors.index.json"
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl")
_NEEDED = ("preprocessor_config.json", "tokenizer_config.json")
_LONGEST_HEADER = 100_000_000
"""Bytes, as safetensors itself has it."""
_DTYPES = {"BF16": "bfloat16", "F16": "float16", "F32": "float32", "F8_E4M3": "float8", "I8": "8-bit", "U8": "4-bit"}


def check_model(model: str, folder: Path) -> list[Path]:
    """The files with weights, when nothing is missing in the folder or cut short.

    Raises:
        ModelError: one sentence says what is wrong and what to do.
    """
    check_sight(model, folder)
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ModelError(f"{model} cannot be loaded: {_no_weights(folder)}")
    promised = _promised(folder)
    missing = set(promised) - {file.name for file in files}
    missing |= {name for name in _NEEDED if not (folder / name).exists()}
    if missing:
        raise ModelError(
            f"{model} is not complete: {', '.join(sorted(missing))} missing in {folder}; fetch it again, or copy what a "
            "fine-tune left out from its base model"
        )
    for file in files:
        lacking = promised.get(file.name, set()) - tensors(file).keys()
        if lacking:
            raise ModelError(f"{model} is not complete: {file} lacks {len(lacking)} tensors, among them {min(lacking)}")
    return files


def check_sight(model: str, folder: Path) -> None:
    """Refuse what is no model that sees. Raises ModelError."""
    path = folder / "config.json"
    if not path.exists():
        raise ModelError(f"{model} is no model: {folder} holds no config.json")
    config = read_json(path)
    if "vision_config" not in config or "image_token_id" not in config:
        kind = config.get("model_type", "unknown")
        raise ModelError(f"{model} is of type {kind}, which does not see; use Qwen3-VL or a newer model of its family")


def check_family(model: str, folder: Path) -> None:
    """Refuse a model that this version of transformers cannot load by itself. Loads torch. Raises ModelError."""
    check_sight(model, folder)
    import transformers
    from transformers.models.auto.modeling_auto import MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES as KNOWN

    config = read_json(folder / "config.json")
    kind = str(config.get("model_type", "unknown"))
    name = KNOWN.get(kind)
    if not isinstance(name, str):
        own = "wants to run code of its own, which is never done" if "auto_map" in config else "is not known"
        raise ModelError(f"{model} is of type {kind}, which {own}; use Qwen3-VL or a newer model of its family")
    body = getattr(transformers, name.replace("ForConditionalGeneration", "Model"), None)
    if body is not None and not hasattr(body, "get_rope_index"):
        raise ModelError(f"{model} is of type {kind}, which is not of Qwen3-VL's family")


def tensors(file: Path) -> dict[str, str]:
    """The tensors of a safetensors file by name, and their number format; only its head is read.

    Raises:
        ModelError: it is no safetensors file, or is cut short.
    """
    return {part.name: part.format for part in parts(file)}


@dataclass(frozen=True, slots=True)
class Part:
    """A tensor in a file: its number format as safetensors names it, how many numbers, and how many bytes they take."""

    name: str
    format: str
    numbers: int
    size: int


def parts(file: Path) -> list[Part]:
    """The tensors of a safetensors file; only its head is read. Raises ModelError as `tensors` does."""
    try:
        with file.open("rb") as opened:
            length = int.from_bytes(opened.read(8), "little")
            head = json.loads(opened.read(length)) if length <= _LONGEST_HEADER else None
        told = {name: part for name, part in head.items() if name != "__metadata__"} if head else {}
        end = 8 + length + max((part["data_offsets"][1] for part in told.values()), default=0)
        found = [_part(name, part) for name, part in told.items()]
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ModelError(f"{file} is damaged: it does not begin as a safetensors file; fetch it again") from error
    if end != file.stat().st_size:
        raise ModelError(f"{file} is damaged: it has {file.stat().st_size} of {end} bytes; fetch it again")
    return found


def _part(name: str, told: dict[str, Any]) -> Part:
    first, last = told["data_offsets"]
    return Part(name, str(told["dtype"]), math.prod(told["shape"]), last - first)


def dtype_of(files: list[Path]) -> str:
    """The number format of most tensors in some files, as torch names it. Raises ModelError."""
    counted = Counter(kind for file in files for kind in tensors(file).values())
    kind = counted.most_common(1)[0][0] if counted else ""
    return _DTYPES.get(kind, kind.lower())


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object in a file. Raises ModelError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} is not a JSON object")
    return content


def _no_weights(folder: Path) -> str:
    if any(path for pattern in _PICKLES for path in folder.glob(pattern)):
        return "its weights are pickles, which can run code; convert them to safetensors"
    return "it holds no weights"


def _promised(folder: Path) -> dict[str, set[str]]:
    """The files that the index says the weights are in, and which tensors in each."""
    index = folder / INDEX
    found: dict[str, set[str]] = {}
    if index.exists():
        mapping = read_json(index).get("weight_map", {})
        for tensor, name in mapping.items() if isinstance(mapping, dict) else ():
            found.setdefault(str(name), set()).add(tensor)
    return found
