"""The desk's look for the tests of this folder, put back afterwards: other tests share the application."""

import pytest


@pytest.fixture
def desk_app(qapp):
    from app.practice import look

    before = qapp.style().objectName(), qapp.palette(), qapp.font(), qapp.cursorFlashTime()
    yield look.application()
    style, palette, font, flash = before
    qapp.setStyle(style)
    qapp.setPalette(palette)
    qapp.setFont(font)
    qapp.setCursorFlashTime(flash)
