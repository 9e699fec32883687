"""Owns where a model's folder is: shipped, on disk, or fetched from the hub; and whether all that it needs is in it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.assets import asset
from agent.errors import ModelError
from agent.mind.hardware import first_line

NANO = "nano"
_HUB_NAME = re.compile(r"(?P<name>[\w.-]+/[\w.-]+?)(?:@(?P<revision>[\w./-]+))?")
_WANTED = ["*.safetensors", "*.json", "*.txt", "*.jinja"]
_PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt")
_READ_WHOLE = 64_000_000
"""Files up to this many bytes are hashed whole; of larger ones the size must do."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that is on this machine, whole.

    Attributes:
        model: the name it was asked for by.
        folder: where it lies.
        revision: the hub's commit, or a hash of what is in the folder.
        size: bytes of its weights.
    """

    model: str
    folder: Path
    revision: str
    size: int


def silent(text: str) -> None:
    """Tell nobody."""
    del text


def find_weights(model: str, note: Callable[[str], None] = silent) -> Weights:
    """The model's folder, fetched if need be.

    Args:
        model: `nano`, a folder, or a hub name such as `Qwen/Qwen3-VL-4B-Instruct`, with `@revision` if not the newest.
        note: told what is going on when it takes long.

    Raises:
        ModelError: there is no such model, it cannot be fetched, or something is missing in it.
    """
    if model == NANO:
        folder = _nano()
    elif (folder := Path(model).expanduser()).is_dir():
        folder = folder.resolve()
    elif (name := _HUB_NAME.fullmatch(model)) and not model.startswith((".", "~")):
        folder = _fetch(name["name"], name["revision"], note)
        files = _check(model, folder)
        return Weights(model, folder, folder.name, sum(file.stat().st_size for file in files))
    else:
        raise ModelError(
            f"there is no folder {model}; name a folder with a model, a hub name such as owner/model, or nano"
        )
    files = _check(model, folder)
    return Weights(model, folder, _revision(folder, files), sum(file.stat().st_size for file in files))


def _nano() -> Path:
    try:
        return asset("models/nano")
    except FileNotFoundError as error:
        raise ModelError(str(error)) from error


def _fetch(name: str, revision: str | None, note: Callable[[str], None]) -> Path:
    """The hub's snapshot. Where HF_ENDPOINT names a mirror, that is asked; what is cached is used when offline."""
    from huggingface_hub import errors, snapshot_download

    note(f"looking for {name} on the hub; a first download takes a while")
    try:
        return Path(snapshot_download(name, revision=revision, allow_patterns=_WANTED))
    except errors.GatedRepoError as error:
        raise ModelError(f"{name} asks for a login; accept its terms on the hub and run `hf auth login`") from error
    except (errors.RepositoryNotFoundError, errors.HFValidationError) as error:
        raise ModelError(f"the hub knows no model {name}; check the name, or log in if it is private") from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(f"{name} has no revision {revision} on the hub") from error
    except (errors.LocalEntryNotFoundError, errors.OfflineModeIsEnabled) as error:
        raise ModelError(
            f"{name} is not on this machine and the hub cannot be reached; connect once, set HF_ENDPOINT to a mirror, "
            "or name a folder that holds the model"
        ) from error
    except OSError as error:  # the hub's own errors and the disk's are OSErrors
        raise ModelError(f"{name} could not be fetched from the hub: {first_line(error)}") from error


def _check(model: str, folder: Path) -> list[Path]:
    """The files with weights, when nothing is missing in the folder."""
    _check_config(model, folder)
    files = sorted(folder.glob("*.safetensors"))
    if not files:
        pickled = any(path for pattern in _PICKLES for path in folder.glob(pattern))
        why = (
            "its weights are pickles, which can run code; convert them to safetensors"
            if pickled
            else "it holds no weights"
        )
        raise ModelError(f"{model} cannot be loaded: {why}")
    missing = _promised(folder) - {file.name for file in files}
    for name in ("preprocessor_config.json", "tokenizer_config.json"):
        missing |= set() if (folder / name).exists() else {name}
    if missing:
        raise ModelError(
            f"{model} is not complete: {', '.join(sorted(missing))} missing in {folder}; fetch it again, or copy what a "
            "fine-tune left out from its base model"
        )
    return files


def _check_config(model: str, folder: Path) -> None:
    path = folder / "config.json"
    if not path.exists():
        raise ModelError(f"{model} is no model: {folder} holds no config.json")
    config = _json(path)
    if "vision_config" not in config or "image_token_id" not in config:
        kind = config.get("model_type", "unknown")
        raise ModelError(f"{model} is of type {kind}, which does not see; use Qwen3-VL or a newer model of its family")


def _promised(folder: Path) -> set[str]:
    """The files that the index says the weights are in."""
    index = folder / "model.safetensors.index.json"
    return set(_json(index).get("weight_map", {}).values()) if index.exists() else set()


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} is not a JSON object")
    return content


def _revision(folder: Path, files: list[Path]) -> str:
    """A hash that changes when the model does: small files whole, of large ones name and size."""
    known = hashlib.blake2b(digest_size=16)
    for path in sorted({*files, *folder.glob("*.json"), *folder.glob("*.jinja")}):
        size = path.stat().st_size
        known.update(f"{path.name}:{size}:".encode())
        if size <= _READ_WHOLE:
            known.update(path.read_bytes())
    return known.hexdigest()
