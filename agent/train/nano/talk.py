"""Owns the second stage: the whole model learns to say, turn by turn, what it sees, what it does, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.train.nano.batch import Aims, Batch, collate
from agent.train.nano.gaze import Gaze
from agent.train.nano.model import VOCABULARY
from agent.train.nano.read import Pages, pages, seen_loss
from agent.train.nano.sequence import IGNORED, Speller, glimpses, rows, token_id
from agent.train.nano.vision import FastVision, patches

if TYPE_CHECKING:
    from random import Random

    import numpy as np
    import torch
    from transformers import Qwen3VLForConditionalGeneration

    from agent.train.nano.nets import Nano
    from agent.train.nano.stream import Record

QUIZZES, EPISODES, WORDS, GLIMPSES, DESKS = 10, 4, 8, 2, 4
"""Rows of a batch: quizzes or episodes, text-only episodes, and rows of so many desks whose status lines are read."""
NAME_GAZES = Gaze(4, 0, (0, 1, 3, 6, 4, 7)), Gaze(5, 0, (2, 5, 8))
ECHO_GAZES = (Gaze(3, 1, (0, 1, 2, 3)),)
"""Heads that look at what is named, one a digit, and at the status line, one a column of letters."""
DECIDES, DECIDING = ". ", 10.0
"""Tokens that begin so say, behind what the status line said, what comes next; they weigh this much more than others, of
which a turn has some thirty that are hardly ever wrong."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """One step's worth of everything: turns with pictures, turns without, status lines alone, and what the first pictures hold."""

    seen: Batch
    bare: Batch
    glimpsed: Batch
    first: tuple[int, ...]
    """Indices, among the pictures of `seen`, of those whose letters are known."""
    desks: Pages
    kind: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Endless records of each lesson."""

    quiz: Iterator[Record]
    episode: Iterator[Record]
    words: Iterator[Record]
    desk: Iterator[Record]


def lessons(sources: Sources, speller: Speller, rng: Random, share: float) -> Iterator[Lesson]:
    """Endless lessons, of which `share` are episodes and the rest quizzes."""
    pad, image = (token_id(speller.tokenizer, t) for t in ("<|endoftext|>", "<|image_pad|>"))
    while True:
        played = rng.random() < share
        source, count = (sources.episode, EPISODES) if played else (sources.quiz, QUIZZES)
        records = _take(source, count)
        made, others = rows(records, speller), [_take(sources.desk, DESKS) for _ in range(GLIMPSES)]
        first = [0]
        for row in made[:-1]:
            first.append(first[-1] + len(row.images))
        yield Lesson(
            collate(made, pad, image),
            collate(rows(_take(sources.words, WORDS), speller), pad, image),
            collate([glimpses(chosen, rng, speller) for chosen in others], pad, image),
            tuple(first),
            pages([*records, *(record for chosen in others for record in chosen)]),
            "episode" if played else "quiz",
        )


def _take(source: Iterator[Record], count: int) -> list[Record]:
    return [next(source) for _ in range(count)]


class TalkLoss:
    """Answers, pointers, gazes, and reading rehearsed, summed with the weights that were found to work."""

    def __init__(self, nano: Nano, speller: Speller) -> None:
        import torch

        self.nano, self.model = nano, nano.model
        tokenizer = speller.tokenizer
        said = [str(tokenizer.decode([token])) if token < len(tokenizer) else "" for token in range(VOCABULARY)]
        self.weights = torch.tensor([DECIDING if text.startswith(DECIDES) else 1.0 for text in said])
        self.vision = FastVision(nano.model.model.visual)

    def __call__(self, lesson: Lesson) -> tuple[torch.Tensor, dict[str, float], int]:
        """-> (loss, what to log, pictures)."""
        import numpy as np
        import torch

        seen, glimpsed, count = lesson.seen, lesson.glimpsed, len(lesson.seen.images)
        with torch.autocast("cpu", torch.bfloat16):
            merged, deep = self.vision(patches(np.concatenate([seen.images, glimpsed.images])))
            # The tower learns what it must know from `seen_loss` alone: through the language side, while that is still
            # young, it unlearns reading (95 % of letters fell to 80 % in four minutes).
            given = merged.detach()
            hidden = forward(self.model, seen, given[:count], [d[:count] for d in deep])
            looks = forward(self.model, glimpsed, given[count:], [d[count:] for d in deep])
            bare = forward(self.model, lesson.bare, None, [])
            named, named_said = self._aimed("name", seen, hidden, seen.names)
            echoed, echo_said = self._aimed("echo", glimpsed, looks, glimpsed.echoes)
            if len(seen.echoes.row):
                echoed = echoed + self._aimed("echo", seen, hidden, seen.echoes)[0]
        desks = merged[[*lesson.first, *range(count, len(merged))]].float()
        reading, said = seen_loss(self.nano.heads, desks, lesson.desks)
        answers, right = self._answers(seen, hidden[-1])
        copying, copied = self._answers(lesson.bare, bare[-1])
        status, read = self._answers(glimpsed, looks[-1])
        said |= named_said | echo_said
        said |= {
            "answers": float(answers.detach()),
            "copied": share_right(lesson.bare, copied),
            "status": share_right(glimpsed, read),
            f"turns_{lesson.kind}": turns_right(seen, right),
        }
        loss = reading + 2 * copying + 8 * answers + 2 * status + named + echoed
        return loss, said, count + len(glimpsed.images)

    def _aimed(
        self, what: str, batch: Batch, hidden: tuple[torch.Tensor, ...], aims: Aims
    ) -> tuple[torch.Tensor, dict[str, float]]:
        pointers, gazes = (self.nano.names, NAME_GAZES) if what == "name" else (self.nano.echoes, ECHO_GAZES)
        total, right = pointers.loss(hidden, aims)
        said = {f"{what}_point": right}
        for gaze in gazes:
            loss, share = gaze.loss(self.model, batch, hidden, aims)
            total, said[f"{what}_gaze{gaze.layer}"] = total + loss, share
        return total, said

    def _answers(self, batch: Batch, states: torch.Tensor) -> tuple[torch.Tensor, np.ndarray]:
        """-> (loss, whether each next token is right: 1 or 0, 1 where it is not learned)."""
        import torch
        import torch.nn.functional as F

        wanted = torch.from_numpy(batch.labels)[:, 1:]
        on = wanted != IGNORED
        logits = self.model.lm_head(states[:, :-1][on]).float()
        right = torch.ones(wanted.shape)
        right[on] = (logits.argmax(-1) == wanted[on]).float()
        return F.cross_entropy(logits, wanted[on], self.weights), right.numpy()


def forward(
    model: Qwen3VLForConditionalGeneration, batch: Batch, merged: torch.Tensor | None, deep: list[torch.Tensor]
) -> tuple[torch.Tensor, ...]:
    """Hidden states of every layer, the last one normed; the same numbers that the model's own forward gives."""
    import torch

    ids = torch.from_numpy(batch.ids)
    x = model.model.language_model.embed_tokens(ids)
    mask = ids == model.config.image_token_id
    if merged is not None:
        x = x.masked_scatter(mask[..., None], merged.to(x.dtype))
    out = model.model.language_model(
        inputs_embeds=x,
        position_ids=torch.from_numpy(batch.positions),
        visual_pos_masks=mask if merged is not None else None,
        deepstack_visual_embeds=[d.flatten(0, 1).to(x.dtype) for d in deep] or None,
        use_cache=False,
        output_hidden_states=True,
    )
    return (*out.hidden_states[:-1], out.last_hidden_state)


def share_right(batch: Batch, right: np.ndarray) -> float:
    """Share of learned tokens that are right."""
    return float(right[batch.labels[:, 1:] != IGNORED].mean())


def turns_right(batch: Batch, right: np.ndarray) -> float:
    """Share of learned turns of which every token is right, the words before it being given."""
    whole = [right[row, start - 1 : stop - 1].all() for row, start, stop in batch.spans]
    return sum(map(bool, whole)) / max(len(whole), 1)
