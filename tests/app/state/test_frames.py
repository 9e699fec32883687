import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from app.state.frames import Frames


@pytest.fixture
def frames(qapp):
    frames = Frames()
    yield frames
    frames.close()


def picture(path, width=400, height=200):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    assert image.save(str(path))
    return path


def test_a_picture_is_read_as_it_is_or_smaller(frames, qtbot, tmp_path):
    path = picture(tmp_path / "a.png")
    with qtbot.waitSignal(frames.ready) as ready:
        frames.ask(path)
    assert ready.args[:2] == [str(path), 0]
    assert (ready.args[2].width(), ready.args[2].height()) == (400, 200)
    with qtbot.waitSignal(frames.ready) as ready:
        frames.ask(path, 100)
    assert (ready.args[2].width(), ready.args[2].height()) == (100, 50)


def test_a_file_that_comes_a_little_later_is_read_then(frames, qtbot, tmp_path):
    path = tmp_path / "late.png"
    QTimer.singleShot(100, frames, lambda: picture(path))
    with qtbot.waitSignal(frames.ready, timeout=5000):
        frames.ask(path)


def test_what_is_no_picture_is_never_handed_out(frames, qtbot, tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    with qtbot.assertNotEmitted(frames.ready, wait=900):
        frames.ask(path)


def test_none_of_many_is_lost(frames, qtbot, tmp_path):
    paths = [picture(tmp_path / f"{number}.png", 40, 20) for number in range(60)]
    came = []
    frames.ready.connect(lambda path, width, _image: came.append((path, width)))
    for path in paths:
        frames.ask(path)
        frames.ask(path, 20)
        qtbot.wait(1)
    qtbot.waitUntil(lambda: len(came) == 120, timeout=20000)
    assert sorted(came) == sorted((str(path), width) for path in paths for width in (0, 20))
