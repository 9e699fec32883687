import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.practice import generate, lessons

ROOT = Path(__file__).resolve().parents[3]


def run(*words, check=True):
    command = [sys.executable, "-m", "app.practice.generate", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=check, timeout=120)


def records(raw):
    at, found = 0, []
    while at < len(raw):
        end = raw.index(b"\n", at)
        head = json.loads(raw[at:end])
        size = head["frames"] * head["height"] * head["width"] * 3
        found.append((head, raw[end + 1 : end + 1 + size]))
        assert len(found[-1][1]) == size
        at = end + 1 + size
    return found


@pytest.fixture(scope="module")
def stream():
    return run("--lesson", "page,busy,desk,quiz,episode,words", "--seed", "3", "--count", "60").stdout


def test_the_stream_parses_and_holds_every_lesson(stream):
    heads = [head for head, _ in records(stream)]
    assert len(heads) == 60
    assert {head["lesson"] for head in heads} == set(generate.LESSON_NAMES) == set(lessons.LESSONS)


def test_equal_seeds_give_equal_streams(stream):
    again = run("--lesson", "page,busy,desk,quiz,episode,words", "--seed", "3", "--count", "60").stdout
    other = run("--lesson", "page,busy,desk,quiz,episode,words", "--seed", "4", "--count", "5").stdout
    assert again == stream
    assert not stream.startswith(other[:1000])


def test_records_hold_what_their_lesson_promises(stream):
    for head, _ in records(stream):
        lesson, width, height = head["lesson"], head["width"], head["height"]
        assert (width, height) == (352, 256)
        if lesson != "words":
            assert all(len(g) == 3 and 0 <= g[1] < width and 0 <= g[2] < height for g in head["glyphs"])
        if lesson in {"desk", "quiz", "episode"}:
            assert all({"label", "kind", "box", "area"} == set(widget) for widget in head["widgets"])
        if lesson in {"quiz", "episode", "words"}:
            assert head["turns"]
            assert all(turn["outcome"] == "Done." for turn in head["turns"])


def test_turns_look_at_pictures_that_are_there(stream):
    for head, _ in records(stream):
        frames = [turn["frame"] for turn in head.get("turns", [])]
        if head["lesson"] == "episode":
            assert frames == list(range(head["frames"]))
            assert head["task"]
        elif head["lesson"] == "quiz":
            assert head["frames"] == 1
            assert set(frames) == {0}
            assert 3 <= len(frames) <= 8
            assert len({turn["task"] for turn in head["turns"]}) == len(frames)
        elif head["lesson"] == "words":
            assert head["frames"] == 0
            assert set(frames) == {-1}
            assert all(turn["target"] is None for turn in head["turns"])


def test_a_reader_that_leaves_ends_the_stream():
    command = [sys.executable, "-m", "app.practice.generate", "--lesson", "page"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


@pytest.mark.parametrize(
    "words, sentence",
    [
        (("--lesson", "page,nonsense"), b"no lesson is called 'nonsense'"),
        (("--lesson", "page:much"), b"must be a number"),
        (("--lesson", "page:0"), b"must be above 0"),
        ((), b"--lesson"),
    ],
)
def test_bad_words_get_one_sentence(words, sentence):
    done = run(*words, check=False)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert b"Traceback" not in done.stderr
