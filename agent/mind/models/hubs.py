"""Owns what a hub says of a model: its files at one commit, their sizes and hashes. Hugging Face's hub and ModelScope."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, Field, ValidationError

from agent.errors import ModelError
from agent.mind.models.web import NoAnswer, ask, patiently

Hub = Literal["huggingface", "modelscope"]
Answer = TypeVar("Answer", bound=BaseModel)

COMMIT = re.compile(r"[0-9a-f]{40}")
_PLACES = {"huggingface": "https://huggingface.co", "modelscope": "https://modelscope.cn"}
_MOST = 64_000_000
"""Bytes that a list of files may have."""
_MANY = 10_000


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file on a hub.

    Attributes:
        name: within the model's folder.
        size: bytes.
        digest: `sha256:…`, or `git:…` for the SHA-1 that git gives to a file.
        url: where it is.
    """

    name: str
    size: int
    digest: str
    url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A model on a hub at one commit."""

    name: str
    hub: Hub
    commit: str
    files: tuple[HubFile, ...]


class _Large(BaseModel):
    sha256: str
    size: int


class _Sibling(BaseModel):
    rfilename: str
    size: int | None = None
    blob: str | None = Field(default=None, alias="blobId")
    lfs: _Large | None = None


class _Model(BaseModel):
    """Of `/api/models/NAME/revision/REVISION?blobs=true`."""

    sha: str
    siblings: list[_Sibling] = Field(max_length=_MANY)


class _Entry(BaseModel):
    path: str = Field(alias="Path")
    kind: str = Field(alias="Type")
    size: int = Field(alias="Size", default=0)
    sha256: str = Field(alias="Sha256", default="")
    commit: str = Field(alias="Revision", default="")
    when: int = Field(alias="CommittedDate", default=0)


class _Entries(BaseModel):
    files: list[_Entry] = Field(alias="Files", max_length=_MANY)


class _Scope(BaseModel):
    """Of `/api/v1/models/NAME/repo/files`."""

    data: _Entries = Field(alias="Data")


def look_up(name: str, revision: str | None, hub: Hub, note: Callable[[str], None]) -> Listing:
    """The files of a model.

    Args:
        name: as `owner/model`.
        revision: a commit, branch or tag; the newest of the main branch if None.
        hub: who is asked.
        note: told of further tries.

    Raises:
        ModelError: there is no such model or revision, it is closed to us, or the hub cannot be asked.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").casefold() in ("1", "true", "yes", "on"):
        raise ModelError(
            f"{name} is not on this machine and HF_HUB_OFFLINE keeps it from the hub; fetch it once without that, or name "
            "a folder that holds the model"
        )
    find = _on_huggingface if hub == "huggingface" else _on_modelscope
    try:
        listing = find(name, revision, note)
    except NoAnswer as error:
        raise refusal(name, revision, hub, error) from error
    if not COMMIT.fullmatch(listing.commit):
        raise ModelError(f"{place(hub)} does not tell which commit of {name} it gives; use another mirror")
    return listing


def place(hub: Hub) -> str:
    """Where a hub is: HF_ENDPOINT and MODELSCOPE_ENDPOINT name mirrors."""
    variable = "HF_ENDPOINT" if hub == "huggingface" else "MODELSCOPE_ENDPOINT"
    return (os.environ.get(variable) or _PLACES[hub]).rstrip("/")


def token(hub: Hub) -> str:
    """What the person is known by there; empty when they are not."""
    if hub == "modelscope":
        return os.environ.get("MODELSCOPE_API_TOKEN", "")
    from huggingface_hub import get_token

    return get_token() or ""


def refusal(name: str, revision: str | None, hub: Hub, error: NoAnswer) -> ModelError:
    """One sentence about a hub that does not give what was asked for."""
    if error.code == "RevisionNotFound":
        return ModelError(f"{name} has no revision {revision} on the hub")
    if error.code == "GatedRepo" or error.status == 403:
        how = "run `hf auth login`" if hub == "huggingface" else "set MODELSCOPE_API_TOKEN"
        return ModelError(f"{name} asks for a login; accept its terms on the hub and {how}")
    if error.status in (401, 404):
        return ModelError(
            f"{place(hub)} knows no model {name}{f' at {revision}' if revision else ''}; check the name, or log in if it "
            "is private"
        )
    return ModelError(
        f"{name} could not be fetched from {place(hub)}: {error}; try again later, set HF_ENDPOINT to a mirror, or name a "
        "folder that holds the model"
    )


def _on_huggingface(name: str, revision: str | None, note: Callable[[str], None]) -> Listing:
    root = place("huggingface")
    url = f"{root}/api/models/{quote(name)}/revision/{quote(revision or 'main', safe='')}?blobs=true"
    model = _read(url, "huggingface", _Model, note)
    files = []
    for one in model.siblings:
        digest = f"sha256:{one.lfs.sha256}" if one.lfs else f"git:{one.blob or ''}"
        size = one.lfs.size if one.lfs else one.size or 0
        files.append(
            HubFile(one.rfilename, size, digest, f"{root}/{quote(name)}/resolve/{model.sha}/{quote(one.rfilename)}")
        )
    return Listing(name, "huggingface", model.sha, tuple(files))


def _on_modelscope(name: str, revision: str | None, note: Callable[[str], None]) -> Listing:
    root = f"{place('modelscope')}/api/v1/models/{quote(name)}/repo"
    query = urlencode({"Revision": revision or "master", "Recursive": "True"})
    entries = [
        one for one in _read(f"{root}/files?{query}", "modelscope", _Scope, note).data.files if one.kind != "tree"
    ]
    # It names no commit of the whole: that of the newest change is it.
    commit = revision if revision and COMMIT.fullmatch(revision) else max(entries, key=_age, default=_NOTHING).commit
    files = []
    for one in entries:
        query = urlencode({"Revision": commit, "FilePath": one.path})
        files.append(HubFile(one.path, one.size, f"sha256:{one.sha256}", f"{root}?{query}"))
    return Listing(name, "modelscope", commit, tuple(files))


_NOTHING = _Entry(Path="", Type="blob")


def _age(entry: _Entry) -> int:
    return entry.when


def _read(url: str, hub: Hub, kind: type[Answer], note: Callable[[str], None]) -> Answer:
    def once() -> bytes:
        with ask(url, token(hub)) as answer:
            return answer.read(_MOST)

    try:
        return kind.model_validate_json(patiently(once, note))
    except ValidationError as error:
        raise NoAnswer("it does not answer as such a hub does", passing=False) from error
