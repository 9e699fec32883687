"""The window titled "Deskhand practice": deals desks, keeps the truth about the task, and notes every click."""

from dataclasses import dataclass
from random import Random

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtWidgets import QApplication, QWidget

from app.practice.desk import Desk
from app.practice.layout import HEIGHT, WIDTH, desk_spec, held_out_seed
from app.practice.protocol import Answer, Deal
from app.practice.tasks import Task, draw_task

TITLE = "Deskhand practice"


@dataclass(frozen=True, slots=True)
class Click:
    """A press of the left button: the pixel, what it hit, and whether that is what the next sub-step asked for."""

    x: int
    y: int
    widget: str | None
    wanted: bool


class PracticeWindow(QWidget):
    """Holds one desk at a time, always at the same place."""

    changed = Signal()
    """Something happened on the desk, or a fresh one was dealt."""

    def __init__(self, place: QPoint) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setFixedSize(WIDTH, HEIGHT)
        self.setGeometry(place.x(), place.y(), WIDTH, HEIGHT)
        self.desk: Desk | None = None
        self.task = Task(())
        self._clicks: list[Click] = []
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def deal(self, deal: Deal) -> Answer:
        """Show a fresh desk in place of the old one. Seeds are held-out ones: training has never seen these desks."""
        rng = Random(held_out_seed("deal", deal.seed, deal.family, deal.goals))
        spec = desk_spec(rng)
        self.task = draw_task(rng, spec, deal.goals, deal.family)
        self._clicks = []
        self._clear()
        self.desk = Desk(spec, self)
        self.desk.happened.connect(lambda _: self.changed.emit())
        self.desk.show()
        self.changed.emit()
        targets = [
            {"label": target.label, "kind": target.kind, "box": target.box, "area": target.area}
            for target in self.desk.targets()
        ]
        return {"task": self.task.words, "window": TITLE, "goals": len(self.task.goals), "targets": targets}

    def _clear(self) -> None:
        if self.desk is None:
            return
        for popup in self.desk.bar.popups:
            popup.close()
        self.desk.hide()
        self.desk.deleteLater()

    def answer_state(self) -> Answer:
        """The truth: is the task finished, goal by goal, what was spoiled, and where was clicked."""
        if self.desk is None:
            return {"error": "No desk has been dealt yet."}
        state = self.desk.state
        return {
            "finished": self.task.finished(state),
            "goals": [{"goal": goal.words, "done": goal.holds(state)} for goal in self.task.goals],
            "spoiled": self.task.spoiled(state),
            "clicks": [
                {"x": click.x, "y": click.y, "widget": click.widget, "wanted": click.wanted} for click in self._clicks
            ],
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note presses as they reach a window of this process, before any widget acts on them."""
        pressed = event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWindow)
        if pressed and isinstance(event, QMouseEvent) and event.button() == Qt.MouseButton.LeftButton:
            self._note(self.mapFromGlobal(event.globalPosition().toPoint()))
        return False

    def _note(self, pixel: QPoint) -> None:
        if self.desk is None or not self.rect().contains(pixel):
            return
        x, y = pixel.x(), pixel.y()
        target = next((target for target in self.desk.targets() if target.box.holds(x, y)), None)
        wanted = target is not None and self.task.wants(self.desk.state, target)
        self._clicks.append(Click(x, y, None if target is None else target.label, wanted))
