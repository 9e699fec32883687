"""Owns one file's way from a hub to the disk: whole and checked, or else a beginning that the next try goes on from.

What has come lies in NAME.part and takes its name only when its hash is right. So a process that is killed, a full disk, or
a server that goes away or answers with nonsense costs no more than what had not come yet; a file under its own name is whole.
"""

from __future__ import annotations

import errno
import hashlib
import http.client
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from agent.errors import ModelError
from agent.mind.models.hubs import HubFile
from agent.mind.models.web import WAITS, NoAnswer, ask, pause, pieces

PART = ".part"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BLOCK = 1 << 20


def fetch(file: HubFile, folder: Path, token: str, came: Callable[[int], None], note: Callable[[str], None]) -> None:
    """Have a file in a folder.

    Args:
        file: what is wanted.
        folder: where to.
        token: for the hub.
        came: told how many bytes of it are here.
        note: told of further tries.

    Raises:
        NoAnswer: the hub does not give it.
        ModelError: the disk does not take it, or it is not what the hub says.
    """
    whole, part = folder / file.name, folder / (file.name + PART)
    if whole.exists():
        came(file.size)
        return
    for _ in range(2):
        _fill(file, part, token, came, note)
        if digest(part, file.digest) == file.digest:
            _settle(part, whole)
            return
        note(f"{file.name} came damaged; fetching it once more")
        part.unlink()
    raise ModelError(
        f"what came as {file.name} is not what the hub tells of it (its hash differs), so it was thrown away; try "
        "another mirror"
    )


def digest(path: Path, like: str) -> str:
    """A file's hash, of the kind that another one is."""
    kind = like.partition(":")[0]
    known = hashlib.sha1(usedforsecurity=False) if kind == "git" else hashlib.sha256()
    if kind == "git":
        known.update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            known.update(block)
    return f"{kind}:{known.hexdigest()}"


def unwritable(path: Path, error: OSError) -> ModelError:
    """One sentence about a disk that does not take what came."""
    if error.errno in _FULL:
        return ModelError(
            f"there is no room left for {path.name} in {path.parent}; what came is kept: make room, then give the command "
            "again"
        )
    return ModelError(f"{path} cannot be written: {error.strerror or error}")


def _fill(file: HubFile, part: Path, token: str, came: Callable[[int], None], note: Callable[[str], None]) -> None:
    """Let the part grow to the file's size; tries that bring something do not count."""
    failed = 0
    while True:
        have = _length(part, file.size)
        came(have)
        if have == file.size and part.exists():
            return
        try:
            _stream(file, part, have, token, came)
            error = NoAnswer("it ended too early")
        except NoAnswer as lost:
            if lost.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
                part.unlink(missing_ok=True)  # it has less than is here already: what is here was never its file
            elif not lost.passing:
                raise
            error = lost
        if (now := _length(part, file.size)) == file.size:
            continue
        failed = 0 if now > have else failed + 1
        if failed > len(WAITS):
            raise error
        pause(error, WAITS[max(failed - 1, 0)], note)


def _length(part: Path, most: int) -> int:
    """How much of a file is here; none if it is longer than it may be."""
    length = part.stat().st_size if part.exists() else 0
    if length > most:
        part.unlink()
        return 0
    return length


def _stream(file: HubFile, part: Path, have: int, token: str, came: Callable[[int], None]) -> None:
    """Add what one answer brings, which may begin anew instead of where we are."""
    with ask(file.url, token, have) as answer:
        if not _goes_on(answer, have):
            have = 0
        try:
            with part.open("ab" if have else "wb", buffering=0) as out:
                for piece in pieces(answer):
                    have += _write(out, piece[: file.size - have])
                    came(have)
                    if have == file.size:
                        return
        except OSError as error:
            raise unwritable(part, error) from error


def _goes_on(answer: http.client.HTTPResponse, have: int) -> bool:
    """Whether an answer begins where we are; a server may ignore that and send all of it."""
    if answer.status != http.client.PARTIAL_CONTENT:
        return False
    if not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
        raise NoAnswer("it sent another part of the file than was asked for")
    return True


def _write(out: BinaryIO, piece: bytes) -> int:
    rest = memoryview(piece)
    while rest:
        rest = rest[out.write(rest) :]
    return len(piece)


def _settle(part: Path, whole: Path) -> None:
    """Give a file its name once it is on the disk."""
    try:
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(whole)
    except OSError as error:
        raise unwritable(whole, error) from error
