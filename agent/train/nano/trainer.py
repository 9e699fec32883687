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
MUON = 3.0
"""Rate of the parameters that Muon turns, in rates of the others."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a stage runs (minutes of its own time) and how fast it learns."""

    name: str
    minutes: float
    rate: float = 1e-3
    decay: float = 0.4
    shares: Mapping[str, float] = field(default_factory=dict)
    """Share of the rate by part; 1 where nothing is said."""
    hidden: frozenset[str] = frozenset()
    """Parts whose matrices lie between hidden states, and are turned by Muon."""
    checkpoint_seconds: float = 120
    log_steps: int = 50


class Trainer:
    """Trains named parts together. Progress is time spent, so that a stage costs what its plan says."""

    def __init__(
        self, parts: Mapping[str, nn.Module], plan: Plan, folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:

        self.parts, self.plan, self.file, self._clock = parts, plan, folder / f"{plan.name}.pt", clock
        self._optimizers = _optimizers(parts, plan)
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
        for optimizer, state in zip(self._optimizers, saved["optimizers"], strict=True):
            shares = [group["share"] for group in optimizer.param_groups]
            optimizer.load_state_dict(state)
            for group, share in zip(optimizer.param_groups, shares, strict=True):
                group["share"] = share
        self.step, self.images, self.seconds = saved["step"], saved["images"], saved["seconds"]
        self.means = saved["means"]
        return True

    def save(self) -> None:
        """Write the checkpoint; a kill at any moment leaves the old one or the new one."""
        import torch

        parts = {name: part.state_dict() for name, part in self.parts.items()}
        states = [optimizer.state_dict() for optimizer in self._optimizers]
        state: dict[str, object] = {"parts": parts, "optimizers": states, "means": self.means}
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
        groups = [group for optimizer in self._optimizers for group in optimizer.param_groups]
        for group in groups:
            group["lr"] = rate * group["share"]
        for optimizer in self._optimizers:
            optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for group in groups for p in group["params"]], 1.0)
        for optimizer in self._optimizers:
            optimizer.step()

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


def _optimizers(parts: Mapping[str, nn.Module], plan: Plan) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the matrices between hidden states, AdamW for everything else: embeddings, norms, biases, heads.

    Muon takes orthogonalised steps (https://kellerjordan.github.io/posts/muon). Reading from nothing, four minutes of it
    brought 28 % of the letters, four minutes of AdamW alone 7 %.
    """
    import torch
    from torch import nn

    matrices, others = [], []
    for name, part in parts.items():
        share = plan.shares.get(name, 1.0)
        turned = [m.weight for m in part.modules() if isinstance(m, nn.Linear)] if name in plan.hidden else []
        known = {id(weight) for weight in turned}
        matrices.append({"params": turned, "share": share * MUON})
        others.append({"params": [p for p in part.parameters() if id(p) not in known], "share": share})
    adam = torch.optim.AdamW(others, lr=plan.rate, betas=(0.9, 0.98), weight_decay=0.01)
    matrices = [group for group in matrices if group["params"]]
    if not matrices:
        return (adam,)
    muon = torch.optim.Muon(matrices, lr=plan.rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw")
    return adam, muon
