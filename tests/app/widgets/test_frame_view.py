import pytest
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage

from agent.events import FrameTaken
from app.widgets.frame_view import TARGET, FrameView, desktop_to_picture


@pytest.mark.parametrize(
    "pixel, view, spot",
    [
        ((0, 0), (0, 0, 100, 50), (10.5, 20.5)),
        ((99, 49), (0, 0, 100, 50), (109.5, 69.5)),
        ((-1880, 30), (-1920, 0, 200, 100), (30.25, 35.25)),
    ],
)
def test_a_desktop_pixel_is_found_in_the_picture(pixel, view, spot):
    assert desktop_to_picture(pixel, view, QRectF(10, 20, 100, 50)) == QPointF(*spot)


def test_what_is_outside_the_view_is_nowhere():
    assert desktop_to_picture((100, 10), (0, 0, 100, 50), QRectF(0, 0, 100, 50)) is None
    assert desktop_to_picture((-1, 10), (0, 0, 100, 50), QRectF(0, 0, 100, 50)) is None


@pytest.fixture
def view(qtbot):
    view = FrameView(radius=0, ring=10)
    qtbot.addWidget(view)
    view.resize(300, 300)
    image = QImage(100, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    view.show_frame(FrameTaken(at=0, step=1, digest="d", view=(1000, 0, 100, 50)), image)
    view.show()
    return view


def test_a_picture_is_whole_centred_and_not_blown_up(view):
    assert view.picture_rect() == QRectF(50, 100, 200, 100)
    view.resize(100, 300)
    assert view.picture_rect() == QRectF(0, 125, 100, 50)


def test_the_mark_is_painted_where_the_target_is(view):
    view.mark((1050, 25))
    spot = view.grab().toImage().pixelColor(151, 151)
    assert spot.name() == TARGET
    view.mark(None)
    assert view.grab().toImage().pixelColor(151, 151).name() == "#ffffff"


def test_keys_and_pointer_open_it(view, qtbot):
    with qtbot.waitSignal(view.opened):
        qtbot.keyClick(view, Qt.Key.Key_Return)
    with qtbot.waitSignal(view.opened):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
    view.clear()
    assert view.empty
    with qtbot.assertNotEmitted(view.opened):
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton)
