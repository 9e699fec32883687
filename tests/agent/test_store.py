"""A run folder is private, only grows, and reads back whole wherever its writer was killed."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.errors import StoreError
from agent.events import Noted, RunFinished, Said, StepFinished, StepStarted, event_to_json
from agent.store import EVENTS, RunFolder, runs_root

ROOT = Path(__file__).resolve().parents[2]
LETTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
EVENTS_OF_ANY_KIND = st.one_of(
    st.builds(Said, at=st.just(1.0), step=st.integers(1, 9), text=LETTERS),
    st.builds(Noted, at=st.just(2.0), words=LETTERS),
    st.builds(StepStarted, at=st.just(3.0), step=st.integers(1, 9)),
    st.builds(
        StepFinished,
        at=st.just(4.0),
        step=st.integers(1, 9),
        outcome=LETTERS,
        seconds=st.just({"act": 0.5}),
        wall=st.just(0.5),
    ),
    st.builds(RunFinished, at=st.just(5.0), status=st.just("success"), words=LETTERS, steps=st.integers(0, 9)),
)


def frame(colour: int = 200, width: int = 40, height: int = 30):
    return frame_from_rgb(bytes([colour, 0, 90]) * (width * height), Rect(5, 6, width, height), 1.0)


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder.create(tmp_path / "runs")
    yield folder
    folder.close()


def test_what_was_appended_reads_back_in_order(folder):
    events = [StepStarted(at=1.5, step=1), Said(at=2, step=1, text="Prëss\nSave."), Noted(at=3, words="☂")]
    for event in events:
        folder.append(event)
    assert RunFolder.read(folder.path) == events


@settings(max_examples=8, deadline=None)
@given(st.lists(EVENTS_OF_ANY_KIND, min_size=1, max_size=3))
def test_cut_at_any_byte_it_reads_back_up_to_its_last_full_event(tmp_path_factory, events):
    path = tmp_path_factory.mktemp("cut")
    whole = "".join(event_to_json(event) + "\n" for event in events).encode()
    ends = [i for i, byte in enumerate(whole) if byte == ord("\n")]
    for length in range(len(whole) + 1):
        (path / EVENTS).write_bytes(whole[:length])
        # The last byte of a line is its end; an event is full one byte before.
        assert RunFolder.read(path) == events[: sum(end <= length for end in ends)]


def test_a_killed_writer_leaves_a_folder_that_opens(tmp_path):
    code = (
        "import sys; from pathlib import Path; from agent.store import RunFolder; from agent.events import Said\n"
        "folder = RunFolder.create(Path(sys.argv[1])); print(folder.path, flush=True); n = 0\n"
        "while True: folder.append(Said(at=n, step=1, text='x' * 500)); n += 1; n == 20 and print('go', flush=True)"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    with writer:
        path = Path(writer.stdout.readline().strip())
        writer.stdout.readline()
        writer.kill()
    events = RunFolder.read(path)
    assert len(events) >= 20
    assert [event.at for event in events] == list(range(len(events)))


def test_only_its_owner_may_look_inside(folder):
    folder.add_frame(frame())
    folder.append(StepStarted(at=1, step=1))
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder.path, *folder.path.rglob("*")]}
    assert all(mode == (0o700 if path.is_dir() else 0o600) for path, mode in modes.items()), modes


def test_a_picture_is_kept_once_and_without_loss(folder):
    first = folder.add_frame(frame())
    written = (folder.path / first).stat().st_mtime_ns
    assert folder.add_frame(frame()) == first
    assert (folder.path / first).stat().st_mtime_ns == written
    assert folder.add_frame(frame(colour=7)) != first
    with Image.open(folder.path / first) as image:
        assert image.convert("RGB").tobytes() == frame().rgb


def test_runs_lie_where_the_user_says(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "mine"))
    folder = RunFolder.create()
    folder.close()
    assert folder.path.parent == tmp_path / "mine" / "runs" == runs_root()


def test_two_runs_of_one_second_have_two_folders(tmp_path):
    folders = [RunFolder.create(tmp_path) for _ in range(5)]
    for folder in folders:
        folder.close()
    assert len({folder.name for folder in folders}) == 5


def test_a_place_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be written .* DESKHAND_HOME"):
        RunFolder.create(tmp_path / "file")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_is_said_in_a_sentence(folder):
    full = RunFolder(folder.path, os.open("/dev/full", os.O_WRONLY))
    with pytest.raises(StoreError, match="No space left"):
        full.append(StepStarted(at=1, step=1))
    full.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs limits on files")
def test_what_did_not_fit_is_taken_back(folder):
    import resource

    folder.append(StepStarted(at=1, step=1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200, hard))
    try:
        with pytest.raises(StoreError, match="cannot be written"):
            folder.append(Noted(at=2, words="x" * 500))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    folder.append(StepStarted(at=3, step=2))
    assert [event.at for event in RunFolder.read(folder.path)] == [1, 3]


def test_a_folder_that_went_away_is_said_in_a_sentence(folder):
    (folder.path / "frames").rmdir()
    with pytest.raises(StoreError, match="cannot be written"):
        folder.add_frame(frame())


def test_after_closing_nothing_is_added(folder):
    folder.close()
    folder.close()
    with pytest.raises(StoreError, match="closed"):
        folder.append(StepStarted(at=1, step=1))


def test_what_is_no_run_is_said_in_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="no run in"):
        RunFolder.read(tmp_path)
    (tmp_path / EVENTS).write_text('{"v":2,"kind":"said","at":1}\n{"v":1,"kind":"step_started","at":1,"step":1}\n')
    with pytest.raises(StoreError, match=r"line 1 of events\.jsonl"):
        RunFolder.read(tmp_path)
