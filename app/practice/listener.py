"""Requests on stdin, answered in Qt's thread one after the other."""

import os
import threading
import time
from typing import BinaryIO

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication

from app.practice.protocol import Answer, BadRequestError, Request, read_request, write_answer
from app.practice.window import PracticeWindow

_EXPOSED_WITHIN = 10.0
"""Seconds that a window manager may take to put the window on the screen."""


class Listener(QObject):
    """Reads lines from file descriptor 0 in a thread of its own; the end of stdin, or a close request, ends the loop."""

    _came = Signal(bytes)
    _ended = Signal()

    def __init__(self, app: QApplication, window: PracticeWindow, out: BinaryIO) -> None:
        super().__init__(app)
        self._app, self._window, self._out = app, window, out
        self._came.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(app.quit, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Read from now on. The thread is a daemon: it may sit in a read when the process ends."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        pending = b""
        # os.read and not sys.stdin: its lock would be held by this thread when the interpreter ends.
        while chunk := os.read(0, 65536):
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                if line.strip():
                    self._came.emit(line)
        self._ended.emit()

    def _answer(self, line: bytes) -> None:
        try:
            answer = self._respond(read_request(line))
        except BadRequestError as error:
            answer = {"error": str(error)}
        write_answer(self._out, answer)
        if "closed" in answer:
            self._app.quit()

    def _respond(self, request: Request) -> Answer:
        if request.close:
            return {"closed": True}
        self._app.processEvents()
        if request.deal is None:
            return self._window.answer_state()
        answer = self._window.deal(request.deal)
        self._expose()
        return answer

    def _expose(self) -> None:
        """Return when the desk is painted on the screen, so that who asked may look at once."""
        deadline = time.monotonic() + _EXPOSED_WITHIN
        while not self._window.windowHandle().isExposed() and time.monotonic() < deadline:
            self._app.processEvents()
            time.sleep(0.005)
        self._window.repaint()
        self._app.processEvents()
