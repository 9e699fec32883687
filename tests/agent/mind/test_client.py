"""The model in a process of its own, in a house full of noise: everything printed there, a torchvision that is broken."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from agent.errors import MindLost, ModelError, OutOfMemory
from agent.mind.base import Piece, Reply, ThinkOptions
from agent.mind.client import MindClient
from agent.mind.probe import probe
from agent.mind.qwen import Qwen
from agent.prompt import prompt

NEVER = lambda: False  # noqa: E731
SHORT = ThinkOptions(max_new_tokens=12, stop_at_call=False)
LONG = ThinkOptions(max_new_tokens=4000, temperature=5.0, top_p=1.0, stop_at_call=False)

NOISE = """
import ctypes, os, sys, threading, time

def noise(libc=ctypes.CDLL(None)):
    while True:
        print("python says so", flush=True)
        sys.__stdout__.write("so does its first stdout\\\\n")
        libc.puts(b"C says so")
        libc.fflush(None)
        os.write(1, b"half a line")
        time.sleep(0.005)

if "agent.mind.server" in sys.orig_argv:
    print('{"v": 1, "kind": "not ours"}', flush=True)
    os.write(1, b"half a line")
    threading.Thread(target=noise, daemon=True).start()
"""


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """An environment in which every child process prints what and where it can, and torchvision does not import."""
    folder = tmp_path_factory.mktemp("noise")
    (folder / "sitecustomize.py").write_text(NOISE)
    (folder / "torchvision").mkdir()
    (folder / "torchvision/__init__.py").write_text("raise RuntimeError('operator torchvision::nms does not exist')")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        patch.setenv("OMP_NUM_THREADS", "1")
        yield


@pytest.fixture(scope="module")
def client(endless, noisy):
    """One process for all tests."""
    mind = MindClient(str(endless))
    mind.info()
    yield mind
    mind.close()
    mind.close()
    assert mind.process_id is None
    assert frames_in_memory() == set()


def frames_in_memory():
    return {path.name for path in Path("/dev/shm").glob(f"deskhand{os.getpid()}.*")}


def heard(mind, conversation, options=SHORT, cancelled=NEVER):
    *pieces, reply = mind.think(conversation, options, cancelled)
    assert all(isinstance(piece, Piece) for piece in pieces)
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in pieces) == reply.text
    return reply


def test_it_says_what_the_model_says_in_this_process(client, endless, loaded, picture, past):
    here = Qwen(str(endless))
    assert client.info() == here.info()
    steps = past(3, loaded().tokenizer)
    for seen in range(4):
        conversation = prompt("press Säve", steps[:seen], picture(seen + 20))
        assert heard(client, conversation).ids == heard(here, conversation).ids
        # The frames of the conversation are in memory, no others.
        assert len(frames_in_memory()) == len(conversation.frames) == seen + 1
    assert client.restarts == 0


def test_a_reply_tells_where_the_time_went(client, picture):
    started = time.perf_counter()
    reply = heard(client, prompt("look", [], picture(1)))
    wall = time.perf_counter() - started
    assert set(reply.seconds) == {"encode", "prefill", "decode"}
    assert 0 < sum(reply.seconds.values()) <= wall
    assert reply.memory == pytest.approx(psutil.Process(client.process_id).memory_info().rss, rel=0.2)


def test_what_was_read_is_known_in_the_next_turn(client, picture, past):
    first = heard(client, prompt("look", past(1), picture(41)), SHORT)
    again = heard(client, prompt("look", past(1), picture(41)), SHORT)
    assert (again.ids, again.prompt_tokens) == (first.ids, first.prompt_tokens)
    assert (again.cached_tokens, again.reuse) == (first.prompt_tokens - 1, "cut")
    other = heard(client, prompt("look", past(1), picture(42)), SHORT)
    assert 1000 < other.cached_tokens < other.prompt_tokens - 1


def test_it_stops_when_it_is_told_to_and_stays_loaded(client, picture):
    conversation = prompt("look", [], picture(1))
    process, asked = client.process_id, itertools.count()
    reply = heard(client, conversation, LONG, lambda: next(asked) > 30)
    assert reply.stop == "cancelled"
    assert 0 < len(reply.ids) < 4000
    assert heard(client, conversation).stop == "length"
    assert client.process_id == process


def test_whoever_stops_listening_ends_the_turn(client, picture):
    conversation = prompt("look", [], picture(1))
    expected = heard(client, conversation)
    listening = client.think(conversation, LONG, NEVER)
    next(listening)
    listening.close()
    started = time.monotonic()
    assert heard(client, conversation).ids == expected.ids
    assert time.monotonic() - started < 60


def test_a_turn_that_fails_costs_the_turn_only(client, picture):
    long_and_thin = prompt("look", [], picture(1, 6000, 20))
    process = client.process_id
    with pytest.raises(ModelError, match="too long and thin"):
        heard(client, long_and_thin)
    assert heard(client, prompt("look", [], picture(1))).ids
    assert client.process_id == process


def test_nobody_waits_long_for_a_mind_that_does_not_hear(client, picture):
    conversation, process = prompt("look", [], picture(1)), client.process_id
    expected = heard(client, conversation).ids
    os.kill(process, signal.SIGSTOP)  # as if it was in the middle of a long read
    reply = heard(client, conversation, SHORT, lambda: True)
    assert (reply.text, reply.ids, reply.stop) == ("", None, "cancelled")
    os.kill(process, signal.SIGCONT)
    assert heard(client, conversation).ids == expected
    assert client.process_id == process


def test_a_terminal_that_interrupts_or_closes_leaves_the_end_to_the_client(client, picture):
    for number in (signal.SIGINT, signal.SIGHUP):
        os.kill(client.process_id, number)
    assert heard(client, prompt("look", [], picture(1))).stop == "length"
    assert client.restarts == 0


def test_it_sees(client):
    result = probe(client)
    assert result.info == client.info()
    assert result.found.sees_image
    assert result.found.all_on_device
    assert result.found.change > result.found.noise
    assert min(result.found.prefill_tokens_per_second, result.found.decode_tokens_per_second) > 0
    assert result.found.peak_memory > 50_000_000


def test_what_cannot_be_loaded_is_said_and_asked_anew(tiny, tmp_path, noisy):
    (tmp_path / "config.json").write_text((tiny() / "config.json").read_text())
    mind = MindClient(str(tmp_path))
    for _ in range(2):
        with pytest.raises(ModelError, match="it holds no weights") as caught:
            mind.info()
        assert type(caught.value) is ModelError
        assert mind.process_id is None
    assert mind.restarts == 0
    mind.close()


def test_nobody_waits_for_a_mind_that_is_not_wanted_any_more(tiny, picture, noisy):
    mind = MindClient(str(tiny()))
    reply = heard(mind, prompt("look", [], picture(1)), SHORT, lambda: True)
    assert (reply.text, reply.stop) == ("", "cancelled")
    mind.close()


def test_it_ends_with_whoever_started_it(tiny, noisy):
    parent = f"import os; from agent.mind.client import MindClient; m = MindClient({str(tiny())!r}); m._start(); "
    parent += "print(m.process_id, flush=True); os.kill(os.getpid(), 9)"
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", parent], cwd=root, stdout=subprocess.PIPE, text=True, check=False)
    orphan = int(done.stdout)
    deadline = time.monotonic() + 60
    while psutil.pid_exists(orphan) and psutil.Process(orphan).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("hangs", [False, True])
def test_nothing_is_left_of_a_closed_mind(tiny, noisy, hangs):
    threads, mind = threading.active_count(), MindClient(str(tiny()))
    process = psutil.Process(mind._start().id)
    assert threading.active_count() > threads
    if hangs:
        process.suspend()
    mind.close()
    assert threading.active_count() == threads
    assert not process.is_running()


def test_a_killed_mind_is_lost_and_comes_back(client, picture):
    conversation = prompt("look", [], picture(1))
    expected, first = heard(client, conversation), client.process_id
    os.kill(first, signal.SIGKILL)
    with pytest.raises(MindLost, match="signal 9"):
        heard(client, conversation)
    again = heard(client, conversation)
    assert again.ids == expected.ids
    assert again.seconds["load"] > 0
    assert client.process_id != first
    assert client.restarts == 1
    speaking = client.think(conversation, LONG, NEVER)
    next(speaking)
    os.kill(client.process_id, signal.SIGKILL)
    with pytest.raises(MindLost, match="signal 9"):
        list(speaking)
    assert client.process_id is None
    client.close()  # the process that a test starts ends with it


CRAMPED = """
import sys, threading, time

def cramp():
    while "transformers" not in sys.modules or not hasattr(sys.modules.get("agent.mind.session"), "Session"):
        time.sleep(0.001)
    import torch
    session = sys.modules["agent.mind.session"].Session
    forward = session._forward
    def cramped(self, ids, positions, seen=None, **told):
        if seen is not None and self._model.dtype == torch.float32 and len(seen.pooler_output[0]) > 1000:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return forward(self, ids, positions, seen, **told)
    session._forward = cramped

if "agent.mind.server" in sys.orig_argv:
    threading.Thread(target=cramp, daemon=True).start()
"""


def test_a_mind_without_memory_says_so_and_may_be_made_lighter_until_it_is_closed(tiny, picture, tmp_path, monkeypatch):
    (tmp_path / "sitecustomize.py").write_text(CRAMPED)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    mind, large = MindClient(str(tiny())), prompt("look", [], picture(1, 1280, 960))
    assert mind.lighten() == ""  # nobody knows yet what it is
    with pytest.raises(OutOfMemory, match="needs more memory than cpu has free"):
        heard(mind, large)
    first = mind.process_id
    assert heard(mind, prompt("look", [], picture(1))).ids
    assert mind.process_id == first
    assert mind.lighten() == "bfloat16"
    assert heard(mind, large).ids
    assert (mind.info().dtype, mind.lighten()) == ("bfloat16", "")
    assert mind.restarts == 0
    mind.close()
    assert mind.info().dtype == "float32"
    mind.close()
