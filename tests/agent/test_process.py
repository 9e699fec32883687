"""A process keeps its stdout for its protocol, whatever libraries print."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil

from agent.process import read_lines, write_line

ROOT = Path(__file__).resolve().parents[2]

NOISY = """
import ctypes, os, subprocess, sys, threading
from agent.process import take_stdout, write_line

protocol = take_stdout()
libc = ctypes.CDLL(None)

def noise():
    for number in range(200):
        print("python says", number, flush=True)
        sys.__stdout__.write("so does its first stdout\\n")
        libc.puts(b"C says so")
        os.write(1, b"half a line")
    subprocess.run([sys.executable, "-c", "print('a child says so')"], check=True)

threads = [threading.Thread(target=noise) for _ in range(2)]
for thread in threads: thread.start()
for number in range(200): write_line(protocol, f'{{"number": {number}}}')
for thread in threads: thread.join()
libc.fflush(None)
"""


def test_nothing_that_is_printed_reaches_the_protocol():
    done = subprocess.run([sys.executable, "-c", NOISY], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().splitlines() == [f'{{"number": {number}}}' for number in range(200)]
    for said in (b"python says", b"so does its first stdout", b"C says so", b"half a line", b"a child says so"):
        assert said in done.stderr


def test_lines_arrive_whole_however_they_are_cut():
    read, write = os.pipe()

    def trickle():
        for piece in ("one\ntw", "o\n", "", "é€", "\n", "x" * 200_000 + "\n", "torn"):
            os.write(write, piece.encode())
        os.close(write)

    thread = threading.Thread(target=trickle)
    thread.start()
    lines = list(read_lines(read))
    thread.join()
    os.close(read)
    assert lines == [b"one", b"two", "é€".encode(), b"x" * 200_000]


def test_a_line_longer_than_the_pipe_is_written_whole():
    read, write = os.pipe()
    thread = threading.Thread(target=write_line, args=(write, "y" * 300_000))
    thread.start()
    assert next(read_lines(read)) == b"y" * 300_000
    thread.join()
    os.close(read)
    os.close(write)


def test_half_a_character_does_not_stop_a_line():
    read, write = os.pipe()
    write_line(write, "lone \ud83d half")
    os.close(write)
    assert list(read_lines(read)) == [rb"lone \ud83d half"]
    os.close(read)


def test_a_child_ends_with_its_parent():
    child = (
        "from agent.process import end_with_parent; import os, time; end_with_parent(); "
        "print(os.getpid(), flush=True); time.sleep(60)"
    )
    parent = f"import subprocess, sys; subprocess.call([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], cwd=ROOT, stdout=subprocess.PIPE, text=True) as started:
        orphan = psutil.Process(int(started.stdout.readline()))
        assert orphan.is_running()
        started.kill()
    deadline = time.monotonic() + 10
    while orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)
