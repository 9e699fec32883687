"""Owns the viewer: a window on the person's own display that shows another X screen live, and touches neither."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from PySide6.QtCore import QRect, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from actions.desktop import Screen
from actions.errors import ActionError

_EVERY = 120
"""Milliseconds between two looks: fast enough to follow a hand, slow enough to leave the machine to the model."""


class Viewer(QWidget):
    """Shows a screen as large as the window allows, until that screen goes away.

    Args:
        screen: what to look at, opened; the viewer closes it.
    """

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self._view = whole = screen.monitors()[0].rect
        self._image = QImage()
        self._clock = QTimer(self)
        self._clock.timeout.connect(self.look)
        self.setWindowTitle("Deskhand")
        self.resize(whole.width // 2, whole.height // 2)
        self.look()
        self._clock.start(_EVERY)

    @property
    def picture(self) -> QImage:
        """What was seen last; null before the first look."""
        return self._image

    def look(self) -> None:
        """Look again; the window closes when there is nothing left to see."""
        try:
            pixels = self._screen.grab(self._view).rgb()
        except ActionError:
            self.close()
            return
        width, height = self._view.width, self._view.height
        # A copy: the image would otherwise borrow bytes that Python is about to free.
        self._image = QImage(pixels, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), Qt.GlobalColor.black)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        place = QRect()
        place.setSize(self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio))
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._clock.stop()
        self._screen.close()
        super().closeEvent(event)


def main(argv: Sequence[str] | None = None) -> int:
    """Show the screen named on the command line; 2 when it cannot be seen."""
    parser = argparse.ArgumentParser(prog="python -m app.viewer", description=__doc__)
    parser.add_argument("--display", required=True, help="the X display to show, such as :7")
    parser.add_argument("--xauthority", required=True, help="the file with its key")
    options = parser.parse_args(argv)
    app = QApplication(sys.argv[:1])
    # Qt holds its own connection by now; the eyes open theirs on the other display.
    os.environ.update(DISPLAY=options.display, XAUTHORITY=options.xauthority)
    from actions.backends.mss_screen import MssScreen

    screen = MssScreen()
    try:
        screen.open()
        viewer = Viewer(screen)
    except ActionError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    viewer.show()
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
