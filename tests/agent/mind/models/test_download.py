"""Fetching a model from a real server that goes wrong in every way: all of it comes, or one sentence, and nothing is lost."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.mind.models import shelf
from agent.mind.models.download import download, verify
from agent.mind.weights import find_weights

NAME = "owner/Qwen3-VL-tiny"
WEIGHTS = "model.safetensors"
ROOT = Path(__file__).resolve().parents[4]


def get(revision=None, source="huggingface", notes=None):
    seen = []
    notes = [] if notes is None else notes
    folder = download(NAME, revision, source, notes.append, lambda here, total: seen.append((here, total)))
    if seen:
        assert seen[-1][0] == seen[-1][1]
        assert all(0 <= here <= total for here, total in seen)
    return folder


def complaint(*args, **settings):
    with pytest.raises(ModelError) as caught:
        get(*args, **settings)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def same(folder, files):
    return all(
        (folder / name).read_bytes() == files[name] for name in files if name.endswith((".json", ".safetensors"))
    )


def begun():
    """The folder of the download that was cut off."""
    return next(one for one in shelf.kept() if not one.whole).folder


def part():
    return begun() / f"{WEIGHTS}.part"


@pytest.mark.parametrize("source", ["huggingface", "modelscope"])
def test_a_model_comes_whole_with_its_commit_and_without_pickles(hub, tiny_files, source):
    folder = get(source=source)
    assert same(folder, tiny_files)
    assert {path.name for path in folder.iterdir()} == {*tiny_files, shelf.SOURCE}
    assert folder.name.endswith(f"@{hub.commit}")
    found = find_weights(NAME)
    assert (found.folder, found.revision) == (folder, hub.commit)


def test_the_token_goes_to_the_hub_alone(hub):
    get()
    assert {told for path, told in hub.authorized if path.startswith("/elsewhere/")} == {""}
    assert {told for path, told in hub.authorized if not path.startswith("/elsewhere/")} == {"Bearer secret-token"}


def test_a_model_that_is_named_is_fetched_once(hub):
    notes = []
    first = find_weights(NAME, notes.append)
    assert any("GB" in note for note in notes)
    asked = len(hub.asked)
    assert find_weights(NAME).folder == first.folder
    assert len(hub.asked) == asked


def test_a_name_stays_with_its_commit_until_it_is_fetched_again(hub):
    first = get()
    hub.commit = "b" * 40
    assert find_weights(NAME).folder == first
    second = get()
    assert find_weights(NAME).folder == second != first
    assert find_weights(f"{NAME}@{'c' * 40}").folder == first


def test_fetching_again_what_is_here_asks_for_the_commit_alone(hub):
    first, asked = get(), len(hub.asked)
    assert get() == first
    assert len(hub.asked) == asked + 1


def test_a_revision_is_fetched_by_name(hub):
    folder = get("main")
    assert find_weights(f"{NAME}@main").folder == folder
    assert "has no revision nosuch" in complaint("nosuch")


@pytest.mark.parametrize("fault", ["broken", "busy", "wrong", "ranges", "longer", "elsewhere"])
def test_a_fault_that_passes_is_overcome(hub, tiny_files, fault):
    # A range is asked for only after something came.
    hub.faults[WEIGHTS] = ["broken", fault] if fault in ("ranges", "elsewhere") else [fault]
    notes = []
    assert same(get(notes=notes), tiny_files)
    assert hub.faults[WEIGHTS] == []
    assert bool(notes) == (fault != "longer")


def test_what_came_is_not_asked_for_again(hub, tiny_files):
    size = len(tiny_files[WEIGHTS])
    hub.faults[WEIGHTS] = ["broken", "broken"]
    get()
    assert hub.ranges(WEIGHTS) == ["", f"bytes={size // 2}-", f"bytes={size // 2 + (size - size // 2) // 2}-"]


def test_a_server_that_is_silent_is_left_and_asked_again(hub, tiny_files, monkeypatch):
    monkeypatch.setattr("agent.mind.models.web.SILENCE", 0.2)
    hub.faults[WEIGHTS] = ["silent", "stalled"]
    notes = []
    assert same(get(notes=notes), tiny_files)
    assert sum("nothing came for" in note for note in notes) == 2


def test_a_server_that_stays_broken_is_one_sentence_and_keeps_what_came(hub, tiny_files):
    hub.faults[WEIGHTS] = ["broken", *["busy"] * 5]
    assert "it answered 503" in complaint()
    assert part().stat().st_size == len(tiny_files[WEIGHTS]) // 2
    hub.faults.clear()
    assert same(get(), tiny_files)
    assert hub.ranges(WEIGHTS)[-1] == f"bytes={len(tiny_files[WEIGHTS]) // 2}-"


def test_wrong_bytes_twice_are_refused_and_thrown_away(hub, tiny_files):
    hub.faults[WEIGHTS] = ["wrong", "wrong"]
    assert "its hash differs" in complaint()
    assert not part().exists()
    assert same(get(), tiny_files)


def test_a_beginning_that_was_spoilt_is_fetched_anew(hub, tiny_files):
    hub.faults[WEIGHTS] = ["broken", *["busy"] * 5]
    complaint()
    part().write_bytes(b"\0" * part().stat().st_size)
    assert same(get(), tiny_files)


def test_a_beginning_that_is_too_long_is_fetched_anew(hub, tiny_files):
    hub.faults[WEIGHTS] = ["broken", *["busy"] * 5]
    complaint()
    part().write_bytes(bytes(len(tiny_files[WEIGHTS]) + 1))
    assert same(get(), tiny_files)


def test_a_cut_download_goes_on_at_its_commit_though_the_branch_moved(hub, tiny_files):
    hub.faults[WEIGHTS] = ["broken", *["busy"] * 5]
    complaint()
    commit = hub.commit
    hub.commit = "b" * 40
    hub.files[NAME] = hub.files[NAME] | {"config.json": b"{}"}
    # The test's hub has one commit at a time.
    assert f"no revision {commit}" in complaint()
    hub.commit, hub.files[NAME] = commit, hub.files[NAME] | {"config.json": tiny_files["config.json"]}
    assert get().name.endswith(commit)


@pytest.mark.parametrize(
    "closed, says",
    [
        ((401, "RepoNotFound"), "knows no model"),
        ((403, "GatedRepo"), "asks for a login"),
        ((404, ""), "knows no model"),
        ((500, ""), "it answered 500"),
        ((429, ""), "it answered 429"),
        ((400, ""), "it answered 400"),
    ],
)
def test_a_hub_that_refuses_is_one_sentence(hub, closed, says):
    hub.closed = closed
    text = complaint()
    assert says in text
    assert "secret-token" not in text


def test_a_hub_that_is_not_there_is_one_sentence(hub, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    text = complaint()
    assert "it cannot be reached" in text
    assert "set HF_ENDPOINT to a mirror" in text
    monkeypatch.setenv("HF_ENDPOINT", "file:///etc")
    assert "is no web address" in complaint()


def test_a_hub_that_answers_something_else_is_one_sentence(hub, monkeypatch):
    monkeypatch.setattr("agent.mind.models.hubs._Model", type("Other", (shelf.Source,), {}))
    assert "does not answer as such a hub does" in complaint()


@pytest.mark.parametrize(
    "change, says",
    [
        ({WEIGHTS: None, "pytorch_model.bin": b"x"}, "its weights are pickles"),
        ({WEIGHTS: None, "training.bin": None}, "it has no weights as safetensors"),
        ({"config.json": None}, "no config.json"),
        ({"config.json": b'{"model_type": "llama"}'}, "does not see"),
        (
            {"config.json": b'{"model_type": "x", "vision_config": {}, "image_token_id": 1, "auto_map": {}}'},
            "of its own",
        ),
        ({"config.json": b'{"model_type": "x", "vision_config": {}, "image_token_id": 1}'}, "is not known"),
        ({"config.json": b'{"model_type": "llava", "vision_config": {}, "image_token_id": 1}'}, "not of Qwen3-VL's"),
    ],
)
def test_what_does_not_suit_is_said_before_its_weights_come(hub, change, says):
    hub.files[NAME] = {name: data for name, data in (hub.files[NAME] | change).items() if data is not None}
    assert says in complaint()
    assert hub.ranges(WEIGHTS) == []


def test_a_model_that_is_not_whole_on_the_hub_is_not_taken(hub):
    index = {"weight_map": {"a": WEIGHTS, "b": "model-00002-of-00002.safetensors"}}
    hub.files[NAME] |= {"model.safetensors.index.json": json.dumps(index).encode()}
    assert "model-00002-of-00002.safetensors missing" in complaint()


def test_a_hub_that_tells_no_hashes_is_refused(hub):
    hub.hashless = True
    assert "tells no hash" in complaint()


def test_names_that_lead_elsewhere_are_not_fetched(hub):
    hub.files[NAME] |= {"../../evil.json": b"{}", "sub/evil.json": b"{}", ".hidden.json": b"{}"}
    assert not list(get().glob("**/*evil*"))


def test_too_little_room_is_said_before(hub, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=500_000_100))
    text = complaint()
    assert "make room, or set DESKHAND_HOME" in text
    assert hub.ranges("config.json") == []


def test_damage_that_came_later_is_found_and_mended_by_fetching_that_file_alone(hub, tiny_files):
    folder = get()
    one = shelf.find(NAME, None)
    assert verify(one, lambda here, total: None) == []
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    (folder / "vocab.json").unlink(missing_ok=True)
    assert WEIGHTS in verify(one, lambda here, total: None)
    assert shelf.find(NAME, None) is None
    assert same(get(), tiny_files)
    assert hub.ranges("config.json") == [""]
    assert hub.ranges(WEIGHTS) == ["", ""]


def test_two_processes_do_not_fetch_the_same(hub):
    with shelf.alone(NAME):
        assert "by another process" in complaint()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_place_that_may_not_be_written_is_one_sentence(hub, tmp_path, monkeypatch):
    (tmp_path / "locked").mkdir(mode=0o500)
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "locked"))
    assert "cannot be written" in complaint()


def test_a_place_that_is_a_file_is_one_sentence(hub, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "file"))
    assert "cannot be written" in complaint()


def fetching(env=None, **settings):
    """`deskhand models download` in a process of its own."""
    command = [sys.executable, "-m", "agent.cli", "models", "download", NAME]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(env or {})}, **pipes, **settings)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle_nothing_is_lost(hub, tiny_files, how):
    half = len(tiny_files[WEIGHTS]) // 2
    hub.faults[WEIGHTS] = ["stalled"]
    with fetching() as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (
            list(shelf.models_root().glob(f"*/*/{WEIGHTS}.part")) and part().stat().st_size == half
        ):
            time.sleep(0.05)
        process.send_signal(how)
        said = process.communicate(timeout=60)[1].splitlines()
    assert process.returncode == (2 if how == signal.SIGINT else -how)
    assert how != signal.SIGINT or "the same command goes on" in said[-1]
    assert part().stat().st_size == half
    assert shelf.find(NAME, None) is None
    assert same(get(), tiny_files)
    assert hub.ranges(WEIGHTS) == ["", f"bytes={half}-"]
    assert hub.ranges("config.json") == [""]


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are Unix's")
def test_a_disk_that_fills_up_is_one_sentence_and_keeps_what_came(hub, tiny_files):
    limit = len(tiny_files[WEIGHTS]) // 2 + 100
    with fetching(preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))) as process:
        _, said = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "there is no room left for model.safetensors.part" in said.splitlines()[-1]
    assert "Traceback" not in said
    assert part().stat().st_size == limit
    assert same(get(), tiny_files)
    assert hub.ranges(WEIGHTS)[-1] == f"bytes={limit}-"
