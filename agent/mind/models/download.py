"""Owns fetching a model from a hub: what of it is wanted, whether it suits and has room, and then file after file."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from agent.errors import ModelError
from agent.mind.models import shelf
from agent.mind.models.fetch import PART, digest, fetch
from agent.mind.models.hubs import Hub, HubFile, Listing, look_up, place, refusal, token
from agent.mind.models.web import NoAnswer
from agent.mind.models.whole import check_family, check_model

_WANTED = re.compile(r"[\w-][\w.-]*\.(?:safetensors|json|txt|jinja)")
_HASH = re.compile(r"(?:sha256:[0-9a-f]{64}|git:[0-9a-f]{40})")
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_SPARE = 500_000_000
"""Bytes that a download leaves on the disk for others."""

Progress = Callable[[int, int], None]
"""Told bytes that are here, and bytes in all."""


def download(name: str, revision: str | None, hub: Hub, note: Callable[[str], None], progress: Progress) -> Path:
    """The folder of a model, fetched whole and checked; what an earlier try brought is not fetched again.

    Args:
        name: as `owner/model`.
        revision: a commit, branch or tag; None for the newest, or for that of the try that was cut off.
        hub: who is asked.
        note: told of further tries.
        progress: told what has come.

    Raises:
        ModelError: one sentence says why it could not be had.
    """
    with shelf.alone(name):
        begun = shelf.begun(name, revision, hub)
        listing = look_up(name, begun.source.commit if begun else revision, hub, note)
        asked = begun.source.asked if begun else revision
        listing = replace(listing, files=_wanted(listing))
        if folder := shelf.again(listing, asked):
            return folder
        folder = shelf.begin(listing, asked)
        _check_room(listing, folder)
        _fetch_all(listing, folder, note, progress)
        check_model(name, folder)
        return shelf.finish(folder)


def verify(one: shelf.Kept, progress: Progress) -> list[str]:
    """The files of a fetched model that are not as the hub told, read to the last byte; these are removed, to be fetched
    again by the next download.

    Raises:
        ModelError: they cannot be read or removed.
    """
    damaged, seen = [], 0
    with shelf.alone(one.source.name):
        for name, told in one.source.files.items():
            path = one.folder / name
            try:
                right = path.exists() and digest(path, told) == told
                seen += path.stat().st_size if path.exists() else 0
            except OSError as error:
                raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
            progress(seen, one.source.size)
            damaged += [] if right else [name]
        if damaged:
            shelf.reopen(one, damaged)
    return damaged


def _wanted(listing: Listing) -> tuple[HubFile, ...]:
    """The files to fetch, small ones first, so that what does not suit is known before its weights come."""
    files = [file for file in listing.files if _WANTED.fullmatch(file.name)]
    names = {file.name for file in files}
    if "config.json" not in names:
        raise ModelError(f"{listing.name} is no model: the hub has no config.json of it")
    if not any(_has_weights(file) for file in files):
        pickled = any(file.name.endswith(_PICKLED) for file in listing.files)
        why = "its weights are pickles, which can run code" if pickled else "it has no weights as safetensors"
        raise ModelError(f"{listing.name} is not fetched: {why}; look for a checkpoint in safetensors")
    unhashed = [file.name for file in files if not _HASH.fullmatch(file.digest)]
    if unhashed:
        raise ModelError(
            f"{place(listing.hub)} tells no hash of {unhashed[0]}, so what it gives cannot be checked; use another mirror"
        )
    return tuple(sorted(files, key=lambda file: (_has_weights(file), file.name)))


def _has_weights(file: HubFile) -> bool:
    return file.name.endswith(".safetensors")


def _check_room(listing: Listing, folder: Path) -> None:
    missing = sum(file.size for file in listing.files) - sum(_here(listing.files, folder).values())
    free = shutil.disk_usage(folder).free
    if missing + _SPARE > free:
        raise ModelError(
            f"{listing.name} needs {missing / 1e9:.1f} GB more in {folder.parent}, which has {free / 1e9:.1f} GB free; make "
            "room, or set DESKHAND_HOME to a larger disk"
        )


def _here(files: Iterable[HubFile], folder: Path) -> dict[str, int]:
    """How many bytes of each file are here."""
    found = {}
    for file in files:
        paths = [path for path in (folder / file.name, folder / (file.name + PART)) if path.exists()]
        found[file.name] = min(paths[0].stat().st_size, file.size) if paths else 0
    return found


def _fetch_all(listing: Listing, folder: Path, note: Callable[[str], None], progress: Progress) -> None:
    here = _here(listing.files, folder)
    total = sum(file.size for file in listing.files)
    known = token(listing.hub)
    suits = False
    for file in listing.files:
        if _has_weights(file) and not suits:
            check_family(listing.name, folder)
            suits = True

        def came(count: int, name: str = file.name) -> None:
            here[name] = count
            progress(sum(here.values()), total)

        try:
            fetch(file, folder, known, came, note)
        except NoAnswer as error:
            raise refusal(listing.name, listing.commit, listing.hub, error) from error
