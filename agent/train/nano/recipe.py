"""Owns the whole recipe: read, then talk, each going on where it was cut off."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TypeVar

from agent.train.nano import read, talk, tokenizer
from agent.train.nano.nets import Nano
from agent.train.nano.sequence import Speller
from agent.train.nano.stream import Record, Stream, generator
from agent.train.nano.trainer import Plan, Trainer
from agent.train.nano.vision import FastVision

T = TypeVar("T")
RECORDS_READ_AHEAD, BATCHES_READ_AHEAD = 32, 3
HIDDEN = frozenset({"visual", "language"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides how the weights come out, besides the machine."""

    seed: int = 1
    read_minutes: float = 20
    talk_minutes: float = 180
    share: float = 0.35
    """Share of batches in `talk` that are episodes; the others are quizzes."""
    tower: float = 0.7
    """Share of the rate at which the vision tower goes on learning in `talk`."""
    rate: float = 1e-3
    decay: float = 0.4

    @property
    def read(self) -> Plan:
        """The plan of the first stage."""
        return Plan("read", self.read_minutes, self.rate, self.decay, hidden=HIDDEN)

    @property
    def talk(self) -> Plan:
        """The plan of the second stage."""
        shares = {"visual": self.tower, "heads": self.tower}
        return Plan("talk", self.talk_minutes, self.rate, self.decay, shares, HIDDEN)


def load(recipe: Recipe, folder: Path) -> tuple[Nano, dict[str, Trainer]]:
    """The model as the checkpoints in a run folder left it, or with its first random weights."""
    folder.mkdir(parents=True, exist_ok=True)
    nano = Nano(recipe.seed)
    trainers = {
        plan.name: Trainer(parts, plan, folder)
        for plan, parts in ((recipe.read, nano.seeing), (recipe.talk, nano.parts))
    }
    for trainer in trainers.values():
        trainer.resume()
    return nano, trainers


def train(recipe: Recipe, folder: Path) -> tuple[Nano, dict[str, Trainer]]:
    """Run both stages, or what is left of them after a cut.

    Raises:
        TrainError: the practice generator ended.
    """
    nano, trainers = load(recipe, folder)
    if not trainers["talk"].step:
        learn_to_read(nano, trainers["read"], recipe.seed)
    learn_to_talk(nano, trainers["talk"], recipe)
    return nano, trainers


def learn_to_read(nano: Nano, trainer: Trainer, seed: int) -> None:
    """The first stage, until its time is spent."""
    if trainer.progress < 1:
        with Stream(generator(read.LESSON, seed + trainer.step)) as records:
            loss = read.ReadLoss(FastVision(nano.model.model.visual), nano.heads)
            trainer.fit(ahead(read.batches(records)), loss)


def learn_to_talk(nano: Nano, trainer: Trainer, recipe: Recipe) -> None:
    """The second stage, until its time is spent."""
    if trainer.progress >= 1:
        return
    seed = recipe.seed + trainer.step
    speller = Speller(tokenizer.build())
    with ExitStack() as open_streams:

        def records(lesson: str) -> Iterator[Record]:
            return iter(open_streams.enter_context(Stream(generator(lesson, seed), RECORDS_READ_AHEAD)))

        sources = talk.Sources(records("quiz"), records("episode"), records("words"), records("desk"))
        loss = talk.TalkLoss(nano, speller)
        trainer.fit(ahead(talk.lessons(sources, speller, Random(seed), recipe.share)), loss)


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, a few of them made in advance by a thread; what it raises is raised here."""
    ready: queue.Queue[T | BaseException] = queue.Queue(BATCHES_READ_AHEAD)

    def fill() -> None:
        try:
            for item in items:
                ready.put(item)
        except Exception as error:  # noqa: BLE001 - raised again where the items are taken
            ready.put(error)

    threading.Thread(target=fill, name="batches", daemon=True).start()
    while True:
        item = ready.get()
        if isinstance(item, BaseException):
            raise item
        yield item
