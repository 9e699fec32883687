"""Owns `deskhand models`: what models are here, what suits this machine, and how they come, get names and go."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from agent.errors import InputError, ModelError
from agent.mind.fit import USUAL, gigabytes, published_bytes
from agent.mind.models import shelf
from agent.mind.models.cache import all_cached
from agent.mind.models.download import download, verify
from agent.mind.models.named import all_named, find_named, forget_name, name_adapter, name_model
from agent.mind.models.whole import check_model, dtype_of
from agent.mind.recommend import advise, memory
from agent.mind.weights import NANO, find_weights, hub_name

_EVERY = 0.2
"""Seconds between two looks at a download, at a terminal."""


@dataclass(frozen=True, slots=True)
class Row:
    """A model that is here.

    Attributes:
        name: as `--model` takes it.
        kind: where it is from.
        size: bytes.
        revision: the hub's commit, or a hash.
        dtype: number format of its weights.
        folder: where it lies.
        note: what is not well with it.
    """

    name: str
    kind: str
    size: int
    revision: str
    dtype: str
    folder: str
    note: str = ""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.epilog = "Exit code: 0 done, 1 no published size fits this machine, or what was fetched is damaged, 2 it cannot be done, and one sentence says why."
    parser.set_defaults(what=None, as_json=False)
    verbs = parser.add_subparsers(dest="what", metavar="WHAT")
    listed = verbs.add_parser("list", help="what is here (so it is without a word)")
    advised = verbs.add_parser("recommend", help="what suits this machine, and why")
    for verb in (listed, advised):
        verb.add_argument("--json", dest="as_json", action="store_true", help="print one JSON object")
    fetched = verbs.add_parser("download", help="fetch a model whole, checked, and stay with its commit")
    fetched.add_argument("name", help="owner/model, with @revision if not the newest")
    fetched.add_argument("--from", dest="hub", choices=("huggingface", "modelscope"), default="huggingface")
    proved = verbs.add_parser("verify", help="compare what was fetched with its hashes, to the last byte")
    proved.add_argument("name", help="owner/model, with @revision if one of several")
    taken = verbs.add_parser("import", help="give a folder with a model a name; it stays where it is")
    over = verbs.add_parser("adapter", help="give a folder with a LoRA adapter a name")
    for verb in (taken, over):
        verb.add_argument("folder", type=Path)
        verb.add_argument("--name", default="", help="instead of the folder's own")
    over.add_argument("--base", default="", help="the model that it is over, if not the one that it names")
    removed = verbs.add_parser("remove", help="delete what was fetched, or take a name back")
    removed.add_argument("name", help="owner/model, with @revision if one of several, or a name that was given")


def go(options: argparse.Namespace) -> int:
    """Do it. Raises AgentError."""
    match options.what:
        case "recommend":
            return _recommend(as_json=options.as_json)
        case "download":
            return _download(options.name, options.hub)
        case "import":
            name = options.name or _own_name(options.folder)
            print(f"{name} is {name_model(options.folder, name).folder}.")
        case "adapter":
            name = options.name or _own_name(options.folder)
            print(f"{name} is {options.folder}, over {name_adapter(options.folder, name, options.base).base}.")
        case "verify":
            return _verify(options.name)
        case "remove":
            return _remove(options.name)
        case _:
            return _list(as_json=options.as_json)
    return 0


# ------------------------------------------------------------------------------------------------------- what is here


def rows() -> list[Row]:
    """Every model that is here: shipped, fetched, in the hub's cache, named."""
    found = [_row(NANO, "shipped", find_weights(NANO).folder)]
    found += [_kept(one) for one in shelf.kept()]
    found += [_row(one.name, "hub's cache", one.folder, one.commit) for one in all_cached()]
    for name, named in all_named().items():
        found.append(_row(name, "yours" if named.kind == "model" else f"adapter over {named.base}", named.folder))
    return found


def _kept(one: shelf.Kept) -> Row:
    name = one.source.name + (f"@{one.source.asked}" if one.source.asked else "")
    if one.whole:
        return _row(name, one.source.hub, one.folder, one.source.commit)
    note = f"{gigabytes(one.here)} of {gigabytes(one.source.size)} are here: download it again to go on"
    return Row(name, one.source.hub, one.here, one.source.commit, "", str(one.folder), note)


def _row(name: str, kind: str, folder: Path, commit: str = "") -> Row:
    try:
        adapter = kind.startswith("adapter")
        files = sorted(folder.glob("adapter_model.safetensors")) if adapter else check_model(name, folder)
        size = sum(file.stat().st_size for file in files)
        note = "" if files else f"there is no adapter in {folder} any more"
        return Row(
            name,
            kind,
            size,
            commit or ("" if adapter else find_weights(name).revision),
            dtype_of(files),
            str(folder),
            note,
        )
    except ModelError as error:
        return Row(name, kind, 0, commit, "", str(folder), str(error))


def _list(*, as_json: bool) -> int:
    found = rows()
    if as_json:
        print(json.dumps([asdict(row) for row in found], ensure_ascii=False))
        return 0
    wide = max(len(row.name) for row in found)
    for row in found:
        size = f"{row.size / 1e9:.2f} GB"
        print(f"{row.name:<{wide}}  {size:>9}  {row.dtype:<9} {row.revision[:12]:<12}  {row.kind}")
        if row.note:
            print(f"{'':<{wide}}  {row.note}")
    return 0


def _recommend(*, as_json: bool) -> int:
    has = memory()
    advice = advise(has, USUAL)
    name = advice.shape.checkpoint if advice.shape else ""
    if as_json:
        print(
            json.dumps({"model": name, "precision": advice.dtype, "why": advice.why, **asdict(has)}, ensure_ascii=False)
        )
    else:
        print(advice.why)
        if advice.shape and shelf.find(name, None) is None:
            print(f"deskhand models download {name}   # {gigabytes(published_bytes(advice.shape))}")
    return 0 if name else 1


# ------------------------------------------------------------------------------------------------------- come and go


def _download(model: str, hub: str) -> int:
    wanted = hub_name(model)
    if wanted is None:
        raise InputError(f"{model} is no hub name; give one such as Qwen/Qwen3-VL-4B-Instruct")
    name, revision = wanted
    meter = _Meter()
    try:
        folder = download(name, revision, "modelscope" if hub == "modelscope" else "huggingface", meter.note, meter)
    except KeyboardInterrupt:
        raise ModelError(f"{name} was interrupted; what came is kept, and the same command goes on") from None
    finally:
        meter.end()
    print(folder)
    return 0


def _verify(model: str) -> int:
    whole = [one for one in _fetched(model) if one.whole]
    if not whole:
        raise InputError(f"there is no {model} that was fetched whole; `deskhand models` lists what is here")
    spoilt = False
    for one in whole:
        meter = _Meter()
        damaged = verify(one, meter)
        meter.end()
        spoilt |= bool(damaged)
        words = (
            f"damaged: {', '.join(damaged)}; download it again, and these are fetched" if damaged else "as the hub told"
        )
        print(f"{one.source.name}@{one.source.commit[:12]} is {words}.")
    return 1 if spoilt else 0


def _fetched(model: str) -> list[shelf.Kept]:
    """What was fetched of a hub name, at its revision if it has one."""
    name, revision = hub_name(model) or ("", None)
    several = [one for one in shelf.kept() if one.source.name == name]
    return [one for one in several if not revision or revision in (one.source.commit, one.source.asked)]


class _Meter:
    """Shows how far a download is: a line that changes at a terminal, else one line for each twentieth."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._first = -1
        self._shown_at = float("-inf")
        self._twentieth = -1
        self._open = False

    def __call__(self, here: int, total: int) -> None:
        now = time.monotonic()
        if self._first < 0:
            self._first, self._began = here, now
        live, twentieth = sys.stderr.isatty(), 20 * here // max(total, 1)
        if (live and now - self._shown_at >= _EVERY) or twentieth != self._twentieth:
            self._shown_at, self._twentieth = now, twentieth
            speed = (here - self._first) / max(now - self._began, 0.001)
            left = f", {(total - here) / speed / 60:.0f} min left" if speed > 0 and here < total else ""
            words = f"{gigabytes(here)} of {gigabytes(total)}, {speed / 1e6:.1f} MB/s{left}"
            print(f"\r{words:<60}" if live else words, end="" if live else "\n", file=sys.stderr, flush=True)
            self._open = live

    def note(self, words: str) -> None:
        """Tell something, on a line of its own."""
        self.end()
        print(words, file=sys.stderr, flush=True)

    def end(self) -> None:
        """End the line that changes."""
        if self._open:
            print(file=sys.stderr, flush=True)
        self._open = False


def _remove(model: str) -> int:
    if named := find_named(model):
        forget_name(model)
        print(f"{model} is a name no more; {named.folder} is still there.")
        return 0
    name = (hub_name(model) or ("", None))[0]
    with shelf.alone(name or "no model"):
        several = _fetched(model)
        if not several:
            raise InputError(_not_ours(model, name))
        for one in several:
            freed = gigabytes(one.here)
            shelf.drop(one)
            print(f"{one.source.name}@{one.source.commit[:12]} is removed: {freed}.")
    return 0


def _not_ours(model: str, name: str) -> str:
    if any(one.name == name for one in all_cached()):
        return (
            f"{model} lies in the hub's cache, which other programs use, too; remove it with `hf cache rm model/{name}`"
        )
    return f"there is no {model} that could be removed; `deskhand models` lists what is here"


def _own_name(folder: Path) -> str:
    return folder.expanduser().resolve().name
