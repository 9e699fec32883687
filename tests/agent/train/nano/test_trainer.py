"""A stage of training: it learns, it keeps to its time, and a cut changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import torch
from torch import nn

from agent.train.nano.nets import Nano
from agent.train.nano.sequence import Speller
from agent.train.nano.stream import Record
from agent.train.nano.talk import Sources, TalkLoss, lessons
from agent.train.nano.trainer import Plan, Trainer


class Clock:
    """Every look at it is a second later."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


def batches(first: int, last: int) -> Iterator[torch.Tensor]:
    for step in range(first, last):
        yield torch.randn(8, 4, generator=torch.Generator().manual_seed(step))


def stage(folder: Path, minutes: float = 1) -> tuple[Trainer, list[float]]:
    torch.manual_seed(5)
    part = nn.Linear(4, 1)
    losses: list[float] = []
    trainer = Trainer(
        {"part": part}, Plan("stage", minutes, hidden=frozenset({"part"}), log_steps=1000), folder, Clock()
    )

    def loss_of(batch: torch.Tensor) -> tuple[torch.Tensor, dict[str, float], int]:
        loss = (part(batch) - batch.sum(1, keepdim=True)).pow(2).mean()
        losses.append(float(loss.detach()))
        return loss, {"loss": float(loss.detach())}, len(batch)

    trainer.loss_of = loss_of  # type: ignore[attr-defined]
    return trainer, losses


def fit(trainer: Trainer, first: int, last: int) -> None:
    trainer.fit(batches(first, last), trainer.loss_of)  # type: ignore[attr-defined]


def test_a_cut_changes_nothing(tmp_path: Path):
    (tmp_path / "whole").mkdir()
    whole, straight = stage(tmp_path / "whole")
    fit(whole, 0, 20)
    first, before = stage(tmp_path)
    fit(first, 0, 12)
    second, after = stage(tmp_path)
    assert second.resume() and second.step == 12
    fit(second, 12, 20)
    assert before + after == pytest.approx(straight)


def test_it_ends_when_its_time_is_spent(tmp_path: Path):
    trainer, losses = stage(tmp_path, minutes=0.1)
    fit(trainer, 0, 1000)
    assert len(losses) == 6
    assert trainer.progress >= 1


def test_nothing_to_go_on_from_is_no_error(tmp_path: Path):
    trainer, _ = stage(tmp_path)
    assert not trainer.resume()
    assert trainer.step == 0


def test_a_few_steps_of_talk_lower_every_loss(
    tmp_path: Path, quiz: Record, episode: Record, words: Record, desk: Record, speller: Speller
):
    def again(record: Record) -> Iterator[Record]:
        while True:
            yield record

    sources = Sources(again(quiz), again(episode), again(words), again(desk))
    lesson = next(lessons(sources, speller, Random(0), 1.0))
    nano = Nano(0)
    loss_of, losses = TalkLoss(nano, speller), []
    optimizer = torch.optim.AdamW([p for part in nano.parts.values() for p in part.parameters()], lr=2e-3)
    for _ in range(6):
        loss, said, images = loss_of(lesson)
        losses.append(float(loss.detach()))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.8 * losses[0]
    assert images == len(lesson.seen.images) + len(lesson.glimpsed.images)
    assert {"read", "status", "copied", "turns_episode"} <= set(said)
