"""Owns one stage of training: optimiser, rate by time spent, checkpoints, and going on after being cut off."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch
    from torch import nn

B = TypeVar("B")
WARM_UP = 100
"""Steps until the full rate."""
LAST = 0.05
"""Share of the rate that is left at the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a stage runs (minutes of its own time) and how fast it learns."""

    name: str
    minutes: float
    rate: float = 1e-3
    decay: float = 0.4
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the rate by part; 1 where nothing is said."""
    checkpoint_seconds: float = 120
    log_steps: int = 50


class Trainer:
    """Trains named parts together. Progress is time spent, so that a stage costs what its plan says."""

    def __init__(
        self, parts: Mapping[str, nn.Module], plan: Plan, folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        import torch

        self.parts, self.plan, self.file, self._clock = parts, plan, folder / f"{plan.name}.pt", clock
        groups = [{"params": list(part.parameters()), "share": plan.shares.get(n, 1.0)} for n, part in parts.items()]
        self._optimizer = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01)
        self.step = self.images = 0
        self.seconds = 0.0
        self.means: dict[str, float] = {}

    def resume(self) -> bool:
        """Go on from the stage's last checkpoint, if there is one."""
        import torch

        if not self.file.exists():
            return False
        saved = torch.load(self.file)
        for name, part in self.parts.items():
            part.load_state_dict(saved["parts"][name])
        self._optimizer.load_state_dict(saved["optimizer"])
        for group, (name, _) in zip(self._optimizer.param_groups, self.parts.items(), strict=True):
            group["share"] = self.plan.shares.get(name, 1.0)
        self.step, self.images, self.seconds = saved["step"], saved["images"], saved["seconds"]
        self.means = saved["means"]
        return True

    def save(self) -> None:
        """Write the checkpoint; a kill at any moment leaves the old one or the new one."""
        import torch

        parts = {name: part.state_dict() for name, part in self.parts.items()}
        state: dict[str, object] = {"parts": parts, "optimizer": self._optimizer.state_dict(), "means": self.means}
        state |= {"step": self.step, "images": self.images, "seconds": self.seconds}
        draft = self.file.with_suffix(".part")
        torch.save(state, draft)
        draft.replace(self.file)

    @property
    def progress(self) -> float:
        """Share of the plan's time that is spent."""
        return self.seconds / (60 * self.plan.minutes)

    def fit(self, batches: Iterable[B], loss_of: Callable[[B], tuple[torch.Tensor, dict[str, float], int]]) -> None:
        """Train until the time is spent or the batches end. loss_of gives (loss, what to log, pictures used)."""
        then = saved = self._clock()
        for batch in batches:
            if self.progress >= 1:
                break
            loss, said, images = loss_of(batch)
            self._update(loss)
            self._note(said, images)
            now = self._clock()
            self.seconds, then = self.seconds + now - then, now
            if self.step % self.plan.log_steps == 0:
                self._log()
            if now - saved > self.plan.checkpoint_seconds:
                self.save()
                saved = now
        self.save()

    def _update(self, loss: torch.Tensor) -> None:
        import torch

        rate = self.plan.rate * min(1, (self.step + 1) / WARM_UP) * self._left()
        for group in self._optimizer.param_groups:
            group["lr"] = rate * group["share"]
        self._optimizer.zero_grad()
        loss.backward()
        everything = [p for group in self._optimizer.param_groups for p in group["params"]]
        torch.nn.utils.clip_grad_norm_(everything, 1.0)
        self._optimizer.step()

    def _left(self) -> float:
        return min(1.0, max(LAST, (1 - self.progress) / self.plan.decay))

    def _note(self, said: Mapping[str, float], images: int) -> None:
        self.step += 1
        self.images += images
        for name, value in said.items():
            self.means[name] = 0.95 * self.means.get(name, value) + 0.05 * value

    def _log(self) -> None:
        means = " ".join(f"{name} {value:.3f}" for name, value in sorted(self.means.items()))
        print(f"{self.plan.name} {self.seconds:6.0f} s {self.step} steps {self.images} images {means}", flush=True)
