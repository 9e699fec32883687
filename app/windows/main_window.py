"""Owns the main window: status above, stage and steps between, prompt or Stop below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, QSize, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app import resources
from app.translate import tr
from app.widgets.empty_state import EmptyState
from app.widgets.prompt_bar import PromptBar
from app.widgets.status_line import StatusLine

if TYPE_CHECKING:  # what knows of events needs pydantic; the window is there before it
    from app.settings import Settings
    from app.state.frames import Frames
    from app.state.session import Session
    from app.state.trace import Trace
    from app.widgets.notice_bar import NoticeBar
    from app.windows.run_view import RunView
    from app.windows.slim import Slim

TWICE_MS = 1000
"""So soon after the first, a second Esc stops the run."""
SIZE = QSize(1120, 760)


class MainWindow(QMainWindow):
    """Shows a Session and its Trace. Emits what only the application as a whole can do.

    The window can be shown before `furnish` gave it anything to show: it then greets, and waits.
    """

    run_asked = Signal(str)
    settings_changed = Signal(object)
    settings_wanted = Signal()
    folder_wanted = Signal()
    report_wanted = Signal()
    unload_wanted = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Deskhand")
        self.setMinimumSize(400, 480)
        self.resize(SIZE)
        self.status = StatusLine()
        self.notice: NoticeBar | None = None
        self.prompt = PromptBar()
        self.empty = EmptyState()
        self.view: RunView | None = None
        self._session: Session | None = None
        self._body, self._foot = QStackedWidget(), QStackedWidget()
        self._escaped = QElapsedTimer()
        self._slim: Slim | None = None
        self._may_slim = True
        self._arrange()
        self.prompt.run_asked.connect(self.run_asked)
        self.prompt.settings_changed.connect(self._on_settings_changed)
        self.prompt.unload_wanted.connect(self.unload_wanted)
        self.empty.example_chosen.connect(self._on_example_chosen)
        self.prompt.setFocus()

    def show_settings(self, settings: Settings) -> None:
        """Show and follow these settings."""
        self.prompt.show_settings(settings)
        self.empty.show_model(settings.models.name)
        self._may_slim = settings.appearance.slim

    def take_the_place_of(self, old: MainWindow) -> None:
        """Stand where another window stands, and go on with what was typed there; call it after `furnish`."""
        self.setGeometry(old.geometry())
        self.prompt.edit.setPlainText(old.prompt.edit.toPlainText())
        if self._slim and old._slim:
            self._slim.before = old._slim.before

    def furnish(self, session: Session, trace: Trace, frames: Frames) -> None:
        """Give the window its run to show."""
        from app.widgets.notice_bar import NoticeBar
        from app.windows.run_view import RunView
        from app.windows.slim import Slim

        self._slim = Slim(self)
        self._session = session
        self.notice = NoticeBar()
        self._rows.insertWidget(1, self.notice)
        self.view = RunView(session, trace, frames)
        self._body.addWidget(self.view)
        self._foot.addWidget(self.view.bar)
        self.view.folder_wanted.connect(self.folder_wanted)
        self.view.report_wanted.connect(self.report_wanted)
        self.view.again_wanted.connect(self._on_again_wanted)
        session.changed.connect(self._on_changed)
        session.noticed.connect(self.notify)
        for keys, act in (("Esc", self._on_escape), ("Ctrl+.", session.stop)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(act)
        self._on_changed()

    def notify(self, words: str, level: str = "warning") -> None:
        """Tell the person something that is not part of any step; `level` is info or warning."""
        if self.notice:
            self.notice.say(words, level)

    def _arrange(self) -> None:
        self._page = page = QWidget()
        page.setObjectName("page")
        self._body.addWidget(self.empty)
        self._foot.addWidget(self.prompt)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 24)
        foot.addStretch(1)
        foot.addWidget(self._foot, 20)
        foot.addStretch(1)
        self._foot.setMaximumWidth(920)
        self._rows = rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._header())
        rows.addWidget(self._body, 1)
        rows.addLayout(foot)
        self.setCentralWidget(page)

    def _header(self) -> QWidget:
        header = QFrame()
        header.setObjectName("header")
        header.setFixedHeight(56)
        settings = QPushButton()
        settings.setProperty("role", "quiet")
        settings.setIcon(resources.icon("settings", "muted", 20))
        settings.setIconSize(QSize(20, 20))
        settings.setToolTip(tr("Settings"))
        settings.setAccessibleName(tr("Settings"))
        settings.clicked.connect(self.settings_wanted)
        line = QHBoxLayout(header)
        line.setContentsMargins(24, 0, 16, 0)
        line.addWidget(self.status)
        line.addStretch(1)
        line.addWidget(settings)
        return header

    def _on_changed(self) -> None:
        from app.state import words

        session, view = self._session, self.view
        if session is None or view is None:
            return
        self.status.say(*words.status(session))
        self.status.count(session.busy)
        self._foot.setCurrentIndex(1 if session.busy else 0)
        self._fit_foot()
        if session.state != "idle":
            self._body.setCurrentWidget(view)
        if session.state == "starting":
            if self.notice:
                self.notice.hide()
            self._page.setFocus()
            self._make_room(session)
        if session.state == "finished" and self._slim:
            self._slim.restore()
        if session.state == "waiting":
            QApplication.alert(self)
        if (session.state, session.phase) == ("running", "acting"):
            self._close_menus()
        view.show_session()

    def _close_menus(self) -> None:
        """An open menu takes mouse and keyboard from the whole desktop, and so from the hands."""
        while popup := QApplication.activePopupWidget():
            popup.close()

    def _make_room(self, session: Session) -> None:
        from app.windows.slim import is_in_the_way

        if self._slim and self._may_slim and session.request and is_in_the_way(session.request):
            self._slim.shrink()

    def _fit_foot(self) -> None:
        """The bar that is seen decides the height, not the higher of the two."""
        shown = self._foot.currentWidget()
        if shown:
            self._foot.setFixedHeight(shown.sizeHint().height())

    def _on_settings_changed(self, settings: Settings) -> None:
        self.empty.show_model(settings.models.name)
        self.settings_changed.emit(settings)

    def _on_example_chosen(self, task: str) -> None:
        self.prompt.edit.setPlainText(task)
        self.prompt.edit.setFocus()
        self.prompt.edit.selectAll()

    def _on_again_wanted(self) -> None:
        if self._session and self._session.request:
            self.run_asked.emit(self._session.request.task)

    def _on_escape(self) -> None:
        if self._session is None:
            return
        if self._escaped.isValid() and self._escaped.elapsed() < TWICE_MS:
            self._escaped.invalidate()
            self._session.stop()
        else:
            self._escaped.start()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit_foot()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_foot()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.closed.emit()
