"""Owns the chip: a small button that shows a choice and opens the menu of the others when it is pressed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QPushButton, QSizePolicy, QWidget

from app import resources

ARROW = 14
BESIDE = 58
"""Width of what stands beside the text: icon, arrow and edges."""
LEAST = 52
LEAST_ROOM = 16
"""In less than that no letter can be told from another."""
LONGEST = 28
"""So many letters of a choice are shown."""


class Chip(QPushButton):
    """`fill` puts the choices into the menu, each time just before it opens."""

    def __init__(self, icon: str, name: str, fill: Callable[[QMenu], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fill = fill
        self._whole = self._more = ""
        self.setProperty("role", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setIcon(resources.icon(icon, "muted", 16))
        self.setIconSize(QSize(16, 16))
        menu = QMenu(self)
        menu.aboutToShow.connect(self._on_about_to_show)
        self.setMenu(menu)

    def say(self, text: str, more: str = "") -> None:
        """Show the choice; `more` is a sentence for those who point at it."""
        self._whole = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
        self._more = more
        self.setAccessibleDescription(f"{text}. {more}" if more else text)
        self.updateGeometry()
        self._cut()

    def sizeHint(self) -> QSize:
        wide = self.fontMetrics().horizontalAdvance(self._whole) + BESIDE
        return QSize(wide, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        arrow = resources.pixmap("down", "faint", ARROW, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - ARROW - 6, (self.height() - ARROW) // 2, arrow)

    def _cut(self) -> None:
        """Show as much of the choice as there is room for."""
        if not self._whole:
            return
        # Not at the top: see PromptEdit.
        from PySide6.QtCore import Qt

        room = self.width() - BESIDE + 2
        short = (
            self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room) if room > LEAST_ROOM else ""
        )
        self.setText(short.replace("&", "&&"))
        name = self.accessibleName() if short == self._whole else f"{self.accessibleName()}: {self._whole}"
        self.setToolTip(f"{name}\n{self._more}" if self._more else name)

    def _on_about_to_show(self) -> None:
        self.menu().clear()
        self._fill(self.menu())
