"""Owns the reading of frame files away from the window's thread, so that a large picture never makes it stutter."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QRunnable, QSize, Qt, QThreadPool, QTimer, Signal
from PySide6.QtGui import QImage, QImageReader

TRIES = 3
AGAIN_MS = 250
"""A frame's event may be a little faster than its file."""


class _Loaded(QObject):
    """Carries a picture from the reading thread to the window's."""

    came = Signal(str, int, int, QImage)


class _Reading(QRunnable):
    """One file read and scaled."""

    def __init__(self, path: str, width: int, attempt: int, loaded: _Loaded) -> None:
        super().__init__()
        self._path, self._width, self._attempt, self._loaded = path, width, attempt, loaded

    def run(self) -> None:
        image = QImageReader(self._path).read()
        if self._width and image.width() > self._width:
            size = QSize(self._width, max(1, image.height() * self._width // image.width()))
            image = image.scaled(size, mode=Qt.TransformationMode.SmoothTransformation)
        self._loaded.came.emit(self._path, self._width, self._attempt, image)


class Frames(QObject):
    """Reads frames on request and hands them out by signal; a file that cannot be read hands out nothing."""

    ready = Signal(str, int, QImage)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._loaded = _Loaded(self)
        self._loaded.came.connect(self._on_came, Qt.ConnectionType.QueuedConnection)

    def ask(self, path: Path, width: int = 0) -> None:
        """Read a picture, at most `width` pixels wide (0: as it is)."""
        self._read(str(path), width, 1)

    def close(self) -> None:
        """Wait for what is being read and drop the rest."""
        for later in self.findChildren(QTimer):
            later.stop()
        self._pool.clear()
        self._pool.waitForDone()

    def _read(self, path: str, width: int, attempt: int) -> None:
        self._pool.start(_Reading(path, width, attempt, self._loaded))

    def _on_came(self, path: str, width: int, attempt: int, image: QImage) -> None:
        if not image.isNull():
            self.ready.emit(path, width, image)
        elif attempt < TRIES:
            self._read_later(path, width, attempt + 1)

    def _read_later(self, path: str, width: int, attempt: int) -> None:
        later = QTimer(self, singleShot=True, interval=AGAIN_MS)
        later.timeout.connect(lambda: self._read(path, width, attempt))
        later.timeout.connect(later.deleteLater)
        later.start()
