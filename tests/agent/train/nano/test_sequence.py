"""Rows of training: the one prompt builder's ids, and exactly what is to be learned and looked at."""

from __future__ import annotations

from random import Random

import numpy as np

from agent.mind.encode import encode
from agent.prompt import PastStep, prompt
from agent.train.nano.dense import centres_by_token, labels_by_half, letters_by_cell, spot
from agent.train.nano.model import COLUMNS, TOKENS
from agent.train.nano.sequence import IGNORED, Row, Speller, glimpses, rows, said, status_of
from agent.train.nano.stream import Record


def learned(row: Row, speller: Speller) -> str:
    return "".join(speller.tokenizer.decode([label]) for label in row.labels if label != IGNORED)


def test_an_episode_reads_as_the_running_agent_reads_it(episode: Record, speller: Speller):
    first, last = episode.header.turns
    spoken = speller.speak(first)
    past = [PastStep(speller.blank, spoken.text, tuple(spoken.ids), first.outcome)]
    asked = encode(prompt(episode.header.task, past, speller.blank), speller.tokenizer, lambda _: TOKENS)
    assert rows([episode], speller)[0].ids == [*asked.ids, *speller.speak(last).ids]


def test_every_learned_turn_is_learned_whole_with_its_end(episode: Record, speller: Speller):
    turns = episode.header.turns
    assert learned(rows([episode], speller)[0], speller) == "".join(said(turn) + "<|im_end|>" for turn in turns)


def test_a_slip_is_not_learned(episode: Record, speller: Speller):
    turns = [episode.header.turns[0].model_copy(update={"learn": False}), episode.header.turns[1]]
    row = rows([Record(episode.header.model_copy(update={"turns": turns}), episode.frames)], speller)[0]
    assert learned(row, speller) == said(turns[1]) + "<|im_end|>"
    assert row.names == []


def test_without_pictures_neither_places_nor_echoes_are_learned(words: Record, speller: Speller):
    row = rows([words], speller)[0]
    assert "170" not in learned(row, speller) and "Pressed" not in learned(row, speller)
    assert "Press Save." in learned(row, speller) and ". Done." in learned(row, speller)
    assert row.names == row.echoes == []


def test_places_are_pointed_at_from_the_name_to_the_last_digit(quiz: Record, speller: Speller):
    row = rows([quiz], speller)[0]
    texts = [speller.tokenizer.decode([row.ids[p.at]]) for p in row.names]
    assert texts[: len(texts) // 2] == ["e", ".\n", "<tool_call>", *texts[3:4], "1", "7", "0", ", ", "1", "7", "0"]
    tokens, half = spot((20, 30, 80, 26))
    assert {p.tokens for p in row.names} == {tuple(tokens)}
    said_next = {p.slot: speller.tokenizer.decode([row.ids[p.at + 1]]) for p in row.names if p.slot >= 0}
    y = 3 + 3 * half
    assert said_next == {0: "1", 1: "7", 2: "0", y: "1", y + 1: "7", y + 2: "0"}


def test_the_picture_tells_every_digit_that_is_said(quiz: Record, speller: Speller):
    centres = centres_by_token(quiz.header.widgets)
    for pointer in rows([quiz], speller)[0].names:
        if pointer.slot >= 0:
            digit = speller.tokenizer.decode([rows([quiz], speller)[0].ids[pointer.at + 1]])
            assert {int(centres[token, pointer.slot]) for token in pointer.tokens} == {int(digit)}


def test_rows_that_share_a_token_do_not_share_its_halves(quiz: Record):
    up, low = quiz.header.widgets[1:]
    assert spot(up.area)[0] == spot(low.area)[0]
    halves = {spot(up.area)[1], spot(low.area)[1]}
    assert halves == {0, 1}
    assert len({tuple(part) for part in np.split(labels_by_half([up, low])[spot(up.area)[0][0]], 2)}) == 2


def test_echoes_look_at_the_letter_that_comes_next(episode: Record, speller: Speller):
    row = rows([episode], speller)[0]
    first = row.echoes[0]
    assert speller.tokenizer.decode([row.ids[first.at + 1]]) == "P"
    assert (first.tokens, first.slot) == (((TOKENS - COLUMNS),), 1)
    assert [p.slot for p in row.echoes[:4]] == [1, 2, 3, 0]


def test_glimpses_learn_the_status_line_and_nothing_else(desk: Record, speller: Speller):
    row = glimpses([desk, desk], Random(1), speller)
    assert status_of(desk.header.glyphs) == "Typed X1"
    assert learned(row, speller) == "Typed X1" * 2
    assert len(row.images) == 2


def test_letters_are_filed_under_their_cells(desk: Record):
    letters = letters_by_cell(desk.header.glyphs)
    assert (letters > 0).sum() == len(desk.header.glyphs)
    assert letters[COLUMNS + 1, 1] == 1 + 26 + 18  # the S of Save stands at (44, 43)
