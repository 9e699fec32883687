"""Owns the steps of the run as a list model: fed by events, read by the side panel."""

from __future__ import annotations

from typing import Any, cast

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from agent.events import Event, Noted, RunFinished, RunStarted, StateChanged, StepStarted
from agent.step import Step, Trajectory

StepRole = Qt.ItemDataRole.UserRole + 1
"""The Step itself."""


class Trace(QAbstractListModel):
    """One row a step, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._trajectory = Trajectory()

    @property
    def trajectory(self) -> Trajectory:
        """The run as far as it has come."""
        return self._trajectory

    def clear(self) -> None:
        """Forget the run that was shown."""
        self.beginResetModel()
        self._trajectory = Trajectory()
        self.endResetModel()

    def add(self, event: Event) -> None:
        """Take the next event of the run."""
        match event:
            case StepStarted():
                row = len(self._trajectory.steps)
                self.beginInsertRows(QModelIndex(), row, row)
                self._trajectory.add(event)
                self.endInsertRows()
            case RunStarted():
                self.clear()
                self._trajectory.add(event)
            case Noted() | StateChanged() | RunFinished():
                self._trajectory.add(event)
            case _ if self._trajectory.steps:
                self._trajectory.add(event)
                last = self.index(len(self._trajectory.steps) - 1)
                self.dataChanged.emit(last, last)
            case _:
                pass

    def step(self, row: int) -> Step:
        """The step of a row.

        Raises:
            IndexError: there is no such row.
        """
        return self._trajectory.steps[row]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """How many steps there are."""
        return 0 if parent.isValid() else len(self._trajectory.steps)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401
        """A step, or the words that it was judged by."""
        if not self.checkIndex(cast(QModelIndex, index), QAbstractListModel.CheckIndexOption.IndexIsValid):
            return None
        step = self._trajectory.steps[index.row()]
        if role == StepRole:
            return step
        if role == Qt.ItemDataRole.DisplayRole:
            return step.judged[-1].words if step.judged else step.said.strip()
        return None
