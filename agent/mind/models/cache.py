"""Owns what the hub's own tools have fetched to this machine: it is found where it is, and never written to."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from agent.errors import ModelError
from agent.mind.models.whole import check_model


@dataclass(frozen=True, slots=True)
class Cached:
    """A model in the hub's cache: its name as `owner/model`, its commit, its snapshot's folder."""

    name: str
    commit: str
    folder: Path


def find_cached(name: str, revision: str | None) -> Path | None:
    """The whole model of that name in the hub's cache, at a revision or at what was the newest when it was fetched."""
    from huggingface_hub import errors, snapshot_download

    try:
        folder = Path(snapshot_download(name, revision=revision, local_files_only=True))
        check_model(name, folder)
    except (errors.LocalEntryNotFoundError, errors.HFValidationError, ModelError, OSError):
        return None
    return folder


def all_cached() -> list[Cached]:
    """Every whole model that sees, in the hub's cache."""
    from huggingface_hub import errors, scan_cache_dir

    try:
        repositories = scan_cache_dir().repos
    except (errors.CacheNotFound, ValueError, OSError):
        return []
    found = []
    for repository in repositories:
        for revision in repository.revisions if repository.repo_type == "model" else ():
            with contextlib.suppress(ModelError):
                check_model(repository.repo_id, revision.snapshot_path)
                found.append(Cached(repository.repo_id, revision.commit_hash, revision.snapshot_path))
    return sorted(found, key=lambda one: (one.name, one.commit))
