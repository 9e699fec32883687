"""Samples over the pipe, from the real generator and from broken ones."""

from __future__ import annotations

import io
import sys
from itertools import islice

import pytest

from agent.train.nano.model import HEIGHT, WIDTH
from agent.train.nano.sequence import Speller, rows
from agent.train.nano.stream import Stream, TrainError, generator, read_record


@pytest.mark.parametrize("lesson", ["desk", "quiz", "episode", "words"])
def test_the_generators_samples_become_rows(lesson: str, speller: Speller):
    with Stream(generator(lesson, 5)) as stream:
        records = list(islice(stream, 2))
    assert all(r.header.lesson == lesson for r in records)
    assert all(r.frames.shape[1:] == (HEIGHT, WIDTH, 3) for r in records)
    if lesson != "desk":
        assert all(row.spans for row in rows(records, speller))


def test_a_generator_that_ends_is_told():
    with Stream([sys.executable, "-c", ""]) as stream, pytest.raises(TrainError, match="ended"):
        next(iter(stream))


def test_a_sample_cut_short_is_told():
    pipe = io.BytesIO(b'{"lesson": "page", "frames": 1, "width": 4, "height": 4}\n123')
    with pytest.raises(TrainError, match="middle"):
        read_record(pipe)


def test_the_end_is_no_record():
    assert read_record(io.BytesIO()) is None
