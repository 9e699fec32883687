"""Owns where fetched models lie, and what is known of each: a folder a commit, named after it once it is whole."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ValidationError

from agent.errors import ModelError
from agent.mind.models.hubs import COMMIT, Hub, Listing

SOURCE = "deskhand-source.json"
_BEGUN = ".part"


class Source(BaseModel):
    """Where a folder's content is from; lies in it.

    Attributes:
        name: as `owner/model`.
        hub: who gave it.
        asked: the revision that was asked for; empty for the newest.
        commit: what that was then.
        files: the hash of each.
        size: bytes of all.
    """

    name: str
    hub: Hub
    asked: str
    commit: str
    files: dict[str, str]
    size: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A fetched model.

    Attributes:
        folder: where it lies.
        source: what it is.
        whole: all of it is here.
    """

    folder: Path
    source: Source
    whole: bool

    @property
    def here(self) -> int:
        """Bytes that are here."""
        return sum(file.stat().st_size for file in self.folder.iterdir() if file.is_file() and file.name != SOURCE)


def models_root() -> Path:
    """Where the models of this user lie: below DESKHAND_HOME if that is set, else in the user's data folder."""
    home = os.environ.get("DESKHAND_HOME") or platformdirs.user_data_dir("deskhand", appauthor=False)
    return Path(home) / "models"


def kept() -> list[Kept]:
    """All fetched models, the last fetched first; what is not whole, too."""
    found = []
    for path in _root().glob("*/" + SOURCE):
        with contextlib.suppress(OSError, ValidationError):  # gone meanwhile, or another version's
            source = Source.model_validate_json(path.read_bytes())
            found.append((path.stat().st_mtime, Kept(path.parent, source, path.parent.suffix != _BEGUN)))
    return [one for _, one in sorted(found, key=lambda pair: pair[0], reverse=True)]


def find(name: str, revision: str | None) -> Kept | None:
    """The whole model of that name: at a revision, or the last that was fetched as the newest (or else at all)."""
    several = [one for one in kept() if one.whole and one.source.name == name]
    if revision is None:
        newest = [one for one in several if not one.source.asked]
        return next(iter(newest or several), None)
    commits = COMMIT.fullmatch(revision) is not None
    return next((one for one in several if revision == (one.source.commit if commits else one.source.asked)), None)


def begun(name: str, revision: str | None, hub: Hub) -> Kept | None:
    """The download of that model that was cut off."""
    for one in kept():
        same = (one.source.name, one.source.hub) == (name, hub)
        if same and not one.whole and revision in (one.source.asked or None, one.source.commit):
            return one
    return None


def begin(listing: Listing, asked: str | None) -> Path:
    """The folder for a download of these files; made if it was not begun before. Raises ModelError."""
    folder = _place(listing)
    folder = folder.with_name(folder.name + _BEGUN)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(f"{folder} cannot be made: {error.strerror or error}") from error
    _write_source(folder, listing, asked)
    return folder


def finish(folder: Path) -> Path:
    """Give a download its name, now that it is whole. Raises ModelError."""
    whole = folder.with_suffix("")
    try:
        folder.replace(whole)
    except OSError as error:
        raise ModelError(f"{folder} cannot be renamed: {error.strerror or error}") from error
    return whole


def again(listing: Listing, asked: str | None) -> Path | None:
    """The folder of a commit that is here already, now the last fetched; None when it is not here. Raises ModelError."""
    folder = _place(listing)
    if not folder.is_dir():
        return None
    _write_source(folder, listing, asked)
    return folder


def reopen(one: Kept, damaged: Iterable[str]) -> None:
    """Make a model whose files are damaged one that was cut off, without them. Raises ModelError."""
    try:
        folder = one.folder.replace(one.folder.with_name(one.folder.name + _BEGUN)) if one.whole else one.folder
        for name in damaged:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(f"{one.folder} cannot be mended: {error.strerror or error}") from error


def drop(one: Kept) -> None:
    """Remove a fetched model; one that is cut off meanwhile leaves what can be removed again. Raises ModelError."""
    try:
        folder = one.folder
        if one.whole:
            folder = folder.replace(folder.with_name(folder.name + _BEGUN))
        for file in folder.iterdir():
            if file.name != SOURCE:
                file.unlink()
        shutil.rmtree(folder)
    except OSError as error:
        raise ModelError(f"{one.folder} cannot be removed: {error.strerror or error}") from error


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """While this lasts, no other process fetches or removes that model. Raises ModelError when one does."""
    from filelock import FileLock, Timeout

    path = _root() / f"{_file_name(name)}.lock"
    lock = FileLock(path, timeout=0)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise ModelError(f"{name} is being fetched or removed by another process; wait for it") from error
    except OSError as error:
        raise ModelError(f"{path} cannot be written: {error.strerror or error}") from error
    try:
        yield
    finally:
        lock.release()


def _write_source(folder: Path, listing: Listing, asked: str | None) -> None:
    source = Source(
        name=listing.name,
        hub=listing.hub,
        asked=asked or "",
        commit=listing.commit,
        files={file.name: file.digest for file in listing.files},
        size=sum(file.size for file in listing.files),
    )
    fresh = folder / (SOURCE + ".new")
    try:
        fresh.write_text(source.model_dump_json(indent=2) + "\n", encoding="utf-8")
        fresh.replace(folder / SOURCE)
    except OSError as error:
        raise ModelError(f"{fresh} cannot be written: {error.strerror or error}") from error


def _root() -> Path:
    return models_root() / "fetched"


def _place(listing: Listing) -> Path:
    return _root() / f"{_file_name(listing.name)}@{listing.commit}"


def _file_name(name: str) -> str:
    return name.replace("/", "--")
