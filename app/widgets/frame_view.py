"""Owns the picture of a frame: fitted into its place, with the spot that was aimed at marked."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent.events import Box, FrameTaken
from app import resources

LARGEST = 2
"""So many times as large as in the file a small picture is shown at most."""
TARGET = "#d6246e"
"""The colour of the mark: not one that desktops are made of, in either theme."""


class FrameView(QWidget):
    """A frame and its target. Emits `opened` when it is clicked or, having the focus, gets Enter.

    Args:
        radius: of the corners, in logical pixels.
        ring: radius of the mark.
        framed: whether the border runs around the whole widget, so that many beside each other look alike.
        parent: Qt's.

    Attributes:
        frame: the event of the frame shown, or None.
        target: the desktop pixel that was aimed at, or None.
    """

    opened = Signal()

    def __init__(self, radius: float, ring: float, framed: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._radius, self._ring, self._framed = radius, ring, framed
        self._image = QImage()
        self.frame: FrameTaken | None = None
        self.target: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def empty(self) -> bool:
        """Whether there is no picture yet."""
        return self._image.isNull()

    def show_frame(self, frame: FrameTaken, image: QImage) -> None:
        """Show the picture of a frame."""
        self.frame, self._image = frame, image
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def mark(self, target: tuple[int, int] | None) -> None:
        """Mark a pixel of the desktop."""
        if target != self.target:
            self.target = target
            self.update()

    def clear(self) -> None:
        """Show nothing."""
        self.frame, self._image, self.target = None, QImage(), None
        self.unsetCursor()
        self.update()

    def picture_rect(self) -> QRectF:
        """Where in the widget the picture is: whole, centred, and at most twice as large as on the screen."""
        if self._image.isNull():
            return QRectF(self.rect())
        room = QSize(self.width(), self.height())
        largest = self._image.size() * LARGEST
        size = self._image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        size = largest if size.width() > largest.width() else size
        return QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        place = self.picture_rect()
        whole = QRectF(self.rect()) if self._framed else place
        outline = QPainterPath()
        outline.addRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), self._radius, self._radius)
        painter.setClipPath(outline)
        painter.fillRect(whole, resources.current().colour("sunken"))
        if not self._image.isNull():
            painter.drawImage(place, self._image)
            spot = self._spot(place)
            if spot:
                self._paint_ring(painter, spot)
        painter.setClipping(False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(resources.current().colour("line"), 1))
        painter.drawPath(outline)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (
            event.button() == Qt.MouseButton.LeftButton
            and not self.empty
            and self.rect().contains(event.position().toPoint())
        ):
            self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and not self.empty:
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def _spot(self, place: QRectF) -> QPointF | None:
        if self.frame is None or self.target is None:
            return None
        return desktop_to_picture(self.target, self.frame.view, place)

    def _paint_ring(self, painter: QPainter, spot: QPointF) -> None:
        """A ring in the accent colour between two white ones: seen on any screen."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(255, 255, 255, 235), 5.0), (QColor(TARGET), 2.5)):
            painter.setPen(QPen(colour, width))
            painter.drawEllipse(spot, self._ring, self._ring)
        painter.setPen(QPen(QColor(255, 255, 255, 235), 1))
        painter.setBrush(QColor(TARGET))
        painter.drawEllipse(spot, 2.5, 2.5)


def desktop_to_picture(pixel: tuple[int, int], view: Box, place: QRectF) -> QPointF | None:
    """Where a desktop pixel is in a picture of `view` drawn at `place`; None outside the view."""
    left, top, width, height = view
    across, down = (pixel[0] + 0.5 - left) / max(1, width), (pixel[1] + 0.5 - top) / max(1, height)
    if not (0 <= across <= 1 and 0 <= down <= 1):
        return None
    return QPointF(place.left() + across * place.width(), place.top() + down * place.height())
