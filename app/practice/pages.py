"""Pages full of words for learning to read: plain ones, and busy ones whose words stand in boxes as on a desk."""

from random import Random

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen

from app.practice import look, words
from app.practice.layout import HEIGHT, LETTER, WIDTH
from app.practice.scene import Glyph, Pixels, glyphs_of, pixels_of

_GROUNDS = (look.BASE, look.WINDOW, look.BUTTON, "#fbfbfb", "#f7f7f7")


class _Sheet:
    """An image being painted, with the letters on it so far."""

    def __init__(self, ground: QColor) -> None:
        self.image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        self.image.fill(ground)
        self.painter = QPainter(self.image)
        self.painter.setFont(look.font())
        self.glyphs: list[Glyph] = []

    def word(self, text: str, left: int, baseline: int, ink: QColor) -> None:
        self.painter.setPen(ink)
        self.painter.drawText(left, baseline, text)
        self.glyphs.extend(glyph for glyph in glyphs_of(text, left, baseline) if 0 <= glyph.y < HEIGHT)

    def finish(self) -> tuple[Pixels, list[Glyph]]:
        self.painter.end()
        return pixels_of(self.image), self.glyphs


def page(rng: Random) -> tuple[Pixels, list[Glyph]]:
    """Lines of words at any offset on the desk's grounds: about 300 letters in black, grey, or white on highlight."""
    sheet = _Sheet(QColor(rng.choice(_GROUNDS)))
    top, close = rng.randint(-2, 14), rng.choice((18, 24, 30))
    while top + 15 <= HEIGHT:
        ink = _line_ink(rng, sheet, top)
        left = rng.randint(0, 20)
        while left + LETTER * len(text := words.printed(rng)) <= WIDTH:
            sheet.word(text, left, top + 12, ink)
            left += LETTER * len(text) + rng.randint(5, 20)
        top += rng.randint(15, close)
    return sheet.finish()


def _line_ink(rng: Random, sheet: _Sheet, top: int) -> QColor:
    """The ink of a line; one line in eight stands on a band of the highlight colour, one in ten is grey."""
    chance = rng.random()
    if chance < 0.12:
        sheet.painter.fillRect(0, top - rng.randint(0, 2), WIDTH, rng.randint(17, 23), QColor(look.HIGHLIGHT))
        return QColor(look.HIGHLIGHTED_INK)
    return QColor(look.GREY_INK) if chance < 0.22 else _near(rng, look.INK, 16)


def _near(rng: Random, name: str, spread: int) -> QColor:
    colour = QColor(name)
    shift = rng.randint(-spread, spread)
    return QColor(*(max(0, min(255, part + shift)) for part in (colour.red(), colour.green(), colour.blue())))


def busy(rng: Random) -> tuple[Pixels, list[Glyph]]:
    """Words in boxes, beside tick marks, among gaps and lines: what surrounds letters on a desk, in any order."""
    sheet = _Sheet(_near(rng, rng.choice(_GROUNDS), 6))
    sheet.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    boxed, gaps = rng.random(), rng.choice((0.05, 0.3, 0.6))
    top = rng.randint(-4, 12)
    while top + 15 <= HEIGHT:
        left = rng.randint(0, 30)
        while left < WIDTH - 2 * LETTER:
            left = _busy_word(rng, sheet, left, top, boxed) + rng.randint(3, 20)
            if rng.random() < gaps:
                left += rng.randint(10, 80)
        top += rng.randint(16 if boxed < 0.05 else 20, 34)
    return sheet.finish()


def _busy_word(rng: Random, sheet: _Sheet, left: int, top: int, boxed: float) -> int:
    """Paint one word with what stands around it -> where the next may begin. A word that does not fit is left out."""
    text = words.printed(rng)
    chance, ink = rng.random(), _near(rng, look.GREY_INK if rng.random() < 0.06 else look.INK, 16)
    if chance < boxed:
        pad = rng.choice((3, 4, 5, rng.randint(3, 40)))
        after = rng.choice((pad, 4, rng.randint(4, 70)))
        end = left + pad + LETTER * len(text) + after
        if end - after > WIDTH:
            return WIDTH
        if _box(rng, sheet, QRectF(left + 0.5, top - rng.randint(1, 6) + 0.5, end - left, rng.randint(18, 26))):
            ink = QColor(look.HIGHLIGHTED_INK)
        sheet.word(text, left + pad, top + 12, ink)
        if rng.random() < 0.1:
            sheet.painter.fillRect(left + pad + LETTER * len(text), top - 1, 1, 16, QColor(look.INK))
        return end
    if chance > 0.85:
        _indicator(rng, sheet, left, top + rng.randint(0, 2))
        left += rng.randint(17, 20)
    if left + LETTER * len(text) > WIDTH:
        return WIDTH
    sheet.word(text, left, top + 12, ink)
    return left + LETTER * len(text)


def _box(rng: Random, sheet: _Sheet, rect: QRectF) -> bool:
    """Paint a box like a button, a field, a list's piece or a chosen row -> whether it is filled with the highlight."""
    painter, kind = sheet.painter, rng.random()
    round_by = rng.choice((0, 0, 2, 3))
    painter.setPen(Qt.PenStyle.NoPen if rng.random() < 0.2 else _near(rng, "#b0b0b0", 40))
    if kind < 0.15:
        painter.setBrush(QColor(look.HIGHLIGHT))
    elif kind < 0.55:
        gradient = QLinearGradient(rect.topLeft(), rect.bottomLeft())
        gradient.setColorAt(0, _near(rng, "#fcfcfc", 3))
        gradient.setColorAt(1, _near(rng, "#ececec", 8))
        painter.setBrush(gradient)
    else:
        painter.setBrush(QColor(rng.choice(_GROUNDS)))
        if kind > 0.9:
            painter.setPen(QColor(look.HIGHLIGHT).darker(125))
    painter.drawRoundedRect(rect, round_by, round_by)
    return kind < 0.15


def _indicator(rng: Random, sheet: _Sheet, left: int, top: int) -> None:
    painter = sheet.painter
    painter.setPen(_near(rng, "#b0b0b0", 30))
    painter.setBrush(QColor(look.BASE))
    painter.drawRect(QRectF(left + 0.5, top + 0.5, 13, 13))
    if rng.random() < 0.5:
        painter.setPen(QPen(QColor(look.INK), 2))
        corner = QPointF(left + 0.5, top + 0.5)
        painter.drawPolyline([corner + QPointF(3, 6), corner + QPointF(6, 9), corner + QPointF(10, 3)])
