"""Owns how much of a run the model reads again.

Two policies. `append` (the default) never changes what was read, so that the model's cache stays valid from step to
step; when its frames are full, the oldest steps are folded to text, several at once. `rewrite` is the published cookbooks'
way: one user turn with the history as text and the newest picture only; for comparison, and for models tuned on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class HistoryPolicy:
    """How much of a run the model reads again; recorded in every run.

    Attributes:
        kind: `append` or `rewrite`.
        frames: most pictures in a conversation of kind `append`.
        fold: how many of the oldest steps become text at once when there would be more.
        told: most steps that are told as text, a line each; when there would be more, the older half is only counted. So
            a step costs the same however long the run has been.

    Raises:
        ValueError: fewer than two frames, a fold that would leave none, or fewer than two steps told.
    """

    kind: Literal["append", "rewrite"] = "append"
    frames: int = 8
    fold: int = 4
    told: int = 24

    def __post_init__(self) -> None:
        if self.frames < 2 or not 1 <= self.fold < self.frames:
            raise ValueError(f"a history of {self.frames} frames cannot fold {self.fold} at once")
        if self.told < 2:
            raise ValueError(f"a history cannot tell {self.told} steps: two at least")

    def folded(self, past: int) -> int:
        """How many of `past` steps are text, when one more frame is to be shown."""
        over = past + 1 - self.frames
        return 0 if self.kind == "rewrite" or over <= 0 else -(-over // self.fold) * self.fold

    def untold(self, folded: int) -> int:
        """How many of `folded` steps are only counted."""
        over, half = folded - self.told, self.told // 2
        return 0 if over <= 0 else min(-(-over // half) * half, folded - 1)

    def most(self, steps: int) -> tuple[int, int]:
        """How many pictures, and how many lines of text, a step shows at most in a run of so many."""
        if self.kind == "rewrite":
            return 1, steps - 1
        folds = {self.folded(past) for past in range(steps)}
        return min(steps, self.frames), max(folded - self.untold(folded) for folded in folds)

    def shorter(self) -> HistoryPolicy | None:
        """About half of it; None where there is no less. What is text under this one is text under that one too."""
        if self.kind == "rewrite" or self.frames == 2:
            return None
        frames = max(2, min(self.frames // 2, self.frames - self.fold))
        return replace(self, frames=frames, fold=frames // 2, told=max(2, self.told // 2))
