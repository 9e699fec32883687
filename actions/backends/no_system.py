"""Owns what is said where programs cannot be started nor the clipboard read yet: Windows and macOS."""

from __future__ import annotations

from actions.errors import ExecutionError


class NoSystem:
    """Refuses, in words that tell the model what to do instead."""

    name = "none"

    def open(self) -> None:
        """Nothing to connect to."""

    def capabilities(self) -> frozenset[str]:
        """Nothing."""
        return frozenset()

    def close(self) -> None:
        """Nothing to let go."""

    def programs(self) -> tuple[str, ...]:
        """Raises ExecutionError."""
        raise ExecutionError("Programs cannot be started by name here yet: use the desktop's own menu.")

    def launch(self, program: str) -> None:
        """Raises ExecutionError."""
        raise ExecutionError(f"“{program}” cannot be started by name here yet: use the desktop's own menu.")

    def copied(self) -> str:
        """Raises ExecutionError."""
        raise ExecutionError("What was copied cannot be read here yet: paste it where it is wanted.")
