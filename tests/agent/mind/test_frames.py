"""Frames in shared memory: read by another process, ended by the client alone, and never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agent.errors import ModelError
from agent.mind.frames import Segments, read_segment

ROOT = Path(__file__).resolve().parents[3]
MEMORY = Path("/dev/shm")
pytestmark = pytest.mark.skipif(not MEMORY.is_dir(), reason="looks at where Linux shows shared memory")


def segments_of(process=None):
    return {path.name for path in MEMORY.glob(f"deskhand{os.getpid() if process is None else process}.*")}


@pytest.fixture
def segments():
    before = segments_of()
    kept = Segments()
    yield kept
    kept.close()
    assert segments_of() == before


def test_what_was_shared_is_read(segments, picture):
    frames = [picture(1), picture(2)]
    names = segments.share(frames)
    for frame in frames:
        assert read_segment(names[frame.digest], len(frame.rgb)) == frame.rgb


def test_a_frame_stays_where_it_is_while_it_is_needed(segments, picture):
    first = segments.share([picture(1)])
    both = segments.share([picture(1), picture(2), picture(1)])
    assert both[picture(1).digest] == first[picture(1).digest]
    assert len(both) == 2
    assert segments_of() >= set(both.values())


def test_a_frame_that_nobody_needs_is_let_go(segments, picture):
    gone = segments.share([picture(1)])[picture(1).digest]
    segments.share([picture(2)])
    assert gone not in segments_of()
    with pytest.raises(ModelError, match="could not be handed to the model"):
        read_segment(gone, 3)


def test_a_segment_that_is_too_small_is_said_so(segments, picture):
    name = segments.share([picture(1)])[picture(1).digest]
    with pytest.raises(ModelError, match="was handed to the model in"):
        read_segment(name, 10_000_000)


def test_closing_twice_is_fine_and_going_away_is_closing(picture):
    before = segments_of()
    kept = Segments()
    kept.share([picture(1)])
    kept.close()
    kept.close()
    kept = Segments()
    kept.share([picture(1)])
    assert segments_of() != before
    del kept
    assert segments_of() == before


def test_a_reader_that_ends_leaves_the_segment_alone(segments, picture):
    frame = picture(1)
    name = segments.share([frame])[frame.digest]
    code = f"from agent.mind.frames import read_segment; print(len(read_segment({name!r}, {len(frame.rgb)})))"
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        assert (done.stdout.strip(), done.stderr) == (str(len(frame.rgb)), "")
    assert read_segment(name, len(frame.rgb)) == frame.rgb


SHARER = """
import os, sys
from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.frames import Segments
segments = Segments()
segments.share([frame_from_rgb(bytes(300), Rect(0, 0, 10, 10), 0.0)])
print(os.getpid(), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def sharer():
    """A process that has shared a frame, in a group of its own."""
    command = [sys.executable, "-c", SHARER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, text=True, start_new_session=True, **pipes) as process:
        assert int(process.stdout.readline()) == process.pid
        assert len(segments_of(process.pid)) == 1
        yield process


def test_a_client_that_is_killed_leaves_nothing(sharer):
    sharer.kill()
    sharer.wait()
    deadline = time.monotonic() + 20
    while segments_of(sharer.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert segments_of(sharer.pid) == set()


def test_what_a_killed_group_leaves_is_swept_by_the_next_client(sharer):
    os.killpg(sharer.pid, signal.SIGKILL)
    sharer.wait()
    assert len(segments_of(sharer.pid)) == 1
    Segments().close()
    assert segments_of(sharer.pid) == set()
