"""Owns the folders that the person gave a name: models of their own, and LoRA adapters over a base. They stay where they are."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ValidationError

from agent.errors import InputError, ModelError
from agent.mind.models.shelf import models_root
from agent.mind.models.whole import check_family, check_model, read_json, tensors

ADAPTER = "adapter_config.json"
ADAPTER_WEIGHTS = "adapter_model.safetensors"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_RESERVED = ("nano",)
_PICKLED = ("adapter_model.bin", "adapter_model.pt")


class Named(BaseModel):
    """A folder with a name.

    Attributes:
        kind: what it holds.
        folder: where it is.
        base: of an adapter, the model that it is over.
    """

    kind: Literal["model", "adapter"]
    folder: Path
    base: str = ""


def all_named() -> dict[str, Named]:
    """Every name, and what it stands for."""
    found = {}
    for path in sorted(_root().glob("*.json")):
        with contextlib.suppress(OSError, ValidationError):  # gone meanwhile, or another version's
            found[path.stem] = Named.model_validate_json(path.read_bytes())
    return found


def find_named(name: str) -> Named | None:
    """What a name stands for."""
    return all_named().get(name) if _NAME.fullmatch(name) else None


def name_model(folder: Path, name: str) -> Named:
    """Give a folder with a whole model a name.

    Raises:
        InputError: the name cannot be given.
        ModelError: the folder holds no model that can be loaded.
    """
    folder = _checked(folder, name)
    if (folder / ADAPTER).exists() and not (folder / "config.json").exists():
        raise ModelError(f"{folder} holds an adapter, not a model; use `deskhand models adapter {folder}`")
    check_model(str(folder), folder)
    check_family(str(folder), folder)
    return _keep(name, Named(kind="model", folder=folder))


def name_adapter(folder: Path, name: str, base: str) -> Named:
    """Give a folder with a LoRA adapter a name.

    Args:
        folder: as peft writes it.
        name: to be given.
        base: the model that it is over; empty for the one that it names itself.

    Raises:
        InputError: the name cannot be given.
        ModelError: the folder holds no adapter that can be loaded.
    """
    folder = _checked(folder, name)
    told = check_adapter(folder)
    if not (base := base or told):
        raise ModelError(f"{folder / ADAPTER} does not tell which model it is over; name it with --base")
    return _keep(name, Named(kind="adapter", folder=folder, base=base))


def check_adapter(folder: Path) -> str:
    """The base that a whole LoRA adapter tells of; empty when it tells of none. Raises ModelError."""
    if not (folder / ADAPTER).exists():
        raise ModelError(f"{folder} holds no adapter: there is no {ADAPTER} in it")
    config = read_json(folder / ADAPTER)
    kind = config.get("peft_type")
    if kind != "LORA":
        raise ModelError(f"{folder} holds an adapter of type {kind}; only LoRA can be used")
    if not (folder / ADAPTER_WEIGHTS).exists():
        if any((folder / name).exists() for name in _PICKLED):
            raise ModelError(f"{folder} holds its adapter as a pickle, which can run code; convert it to safetensors")
        raise ModelError(f"{folder} is not complete: {ADAPTER_WEIGHTS} is missing in it")
    if not any(".lora_" in name for name in tensors(folder / ADAPTER_WEIGHTS)):
        raise ModelError(f"{folder / ADAPTER_WEIGHTS} holds no LoRA weights")
    return str(config.get("base_model_name_or_path") or "")


def forget_name(name: str) -> None:
    """Take a name back; its folder stays. Raises ModelError."""
    try:
        _place(name).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"the name {name} cannot be taken back: {error.strerror or error}") from error


def _checked(folder: Path, name: str) -> Path:
    if not _NAME.fullmatch(name) or name in _RESERVED:
        raise InputError(f"{name} cannot be a model's name: use letters, digits, dots and dashes, as in --name mine")
    folder = folder.expanduser()
    if not folder.is_dir():
        raise InputError(f"there is no folder {folder}")
    folder = folder.resolve()
    if (there := find_named(name)) and there.folder != folder:
        raise InputError(
            f"{name} is the name of {there.folder} already; give another with --name, or remove that first"
        )
    return folder


def _keep(name: str, named: Named) -> Named:
    path = _place(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_text(named.model_dump_json(indent=2) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror or error}") from error
    return named


def _root() -> Path:
    return models_root() / "named"


def _place(name: str) -> Path:
    return _root() / f"{name}.json"
