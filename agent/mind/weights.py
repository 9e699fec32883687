"""Owns where a model's folder is: shipped, on disk, named by the person, or fetched from a hub; all that it needs is in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from agent.assets import asset
from agent.errors import ModelError
from agent.mind.models import shelf
from agent.mind.models.cache import find_cached
from agent.mind.models.download import download
from agent.mind.models.named import Named, check_adapter, find_named
from agent.mind.models.whole import check_model

NANO = "nano"
_HUB_NAME = re.compile(r"(?P<name>[\w.-]+/[\w.-]+?)(?:@(?P<revision>[\w./-]+))?")
_READ_WHOLE = 64_000_000
"""Files up to this many bytes are hashed whole; of larger ones the size must do."""
_TOLD = 10
"""Parts of a download after each of which one is told."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that is on this machine, whole.

    Attributes:
        model: the name it was asked for by.
        folder: where it lies.
        revision: the hub's commit, or a hash of what is in the folder; of an adapter, both with a plus.
        size: bytes of its weights.
        adapter: the folder of a LoRA adapter over it.
    """

    model: str
    folder: Path
    revision: str
    size: int
    adapter: Path | None = None


def silent(text: str) -> None:
    """Tell nobody."""
    del text


def find_weights(model: str, note: Callable[[str], None] = silent) -> Weights:
    """The model's folder, fetched if need be.

    Args:
        model: `nano`, a name that the person gave, a folder, or a hub name such as `Qwen/Qwen3-VL-4B-Instruct`, with
            `@revision` if not the newest.
        note: told what is going on when it takes long.

    Raises:
        ModelError: there is no such model, it cannot be fetched, or something is missing in it.
    """
    if model == NANO:
        return _in_folder(model, _nano())
    if named := find_named(model):
        return _in_folder(model, named.folder) if named.kind == "model" else _adapted(model, named, note)
    if (folder := Path(model).expanduser()).is_dir():
        return _in_folder(model, folder.resolve())
    if hub := hub_name(model):
        folder = _on_hub(*hub, note)
        size = sum(file.stat().st_size for file in check_model(model, folder))
        commit = folder.name.rpartition("@")[2]
        return Weights(model, folder, commit, size)
    raise ModelError(
        f"there is no folder {model}; name a folder with a model, a hub name such as owner/model, a name that `deskhand "
        "models` lists, or nano"
    )


def hub_name(model: str) -> tuple[str, str | None] | None:
    """A hub name and the revision that is wanted; None when it is no hub name."""
    found = _HUB_NAME.fullmatch(model)
    return (found["name"], found["revision"]) if found and not model.startswith((".", "~")) else None


def _nano() -> Path:
    try:
        return asset("models/nano")
    except FileNotFoundError as error:
        raise ModelError(str(error)) from error


def _in_folder(model: str, folder: Path) -> Weights:
    files = check_model(model, folder)
    return Weights(model, folder, _revision(folder, files), sum(file.stat().st_size for file in files))


def _adapted(model: str, named: Named, note: Callable[[str], None]) -> Weights:
    check_adapter(named.folder)
    below = find_named(named.base)
    if below and below.kind == "adapter":
        raise ModelError(f"{model} is over {named.base}, which is an adapter itself; name the model below with --base")
    base = find_weights(named.base, note)
    files = sorted(named.folder.glob("*.safetensors"))
    return replace(
        base, model=model, revision=f"{base.revision}+{_revision(named.folder, files)}", adapter=named.folder
    )


def _on_hub(name: str, revision: str | None, note: Callable[[str], None]) -> Path:
    """What was fetched before, by us or by the hub's own tools, else what is fetched now."""
    if here := shelf.find(name, revision):
        return here.folder
    if cached := find_cached(name, revision):
        return cached
    note(f"fetching {name} from the hub; a first download takes a while")
    return download(name, revision, "huggingface", note, _sparing(name, note))


def _sparing(name: str, note: Callable[[str], None]) -> Callable[[int, int], None]:
    """Tells of a download now and then."""
    told = 0

    def progress(here: int, total: int) -> None:
        nonlocal told
        if total and (parts := here * _TOLD // total) > told:
            told = parts
            note(f"fetching {name}: {here / 1e9:.1f} of {total / 1e9:.1f} GB")

    return progress


def _revision(folder: Path, files: list[Path]) -> str:
    """A hash that changes when the model does: small files whole, of large ones name and size."""
    known = hashlib.blake2b(digest_size=16)
    for path in sorted({*files, *folder.glob("*.json"), *folder.glob("*.jinja")}):
        size = path.stat().st_size
        known.update(f"{path.name}:{size}:".encode())
        if size <= _READ_WHOLE:
            known.update(path.read_bytes())
    return known.hexdigest()
