"""Owns the look of the shell: the colours of a theme, the style sheet made of them, and icons tinted to match."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from string import Template

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QFont, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from agent.assets import asset
from app.translate import language

BODY = 14
"""Height of ordinary text in logical pixels."""

FAMILIES = ["Inter", "Noto Sans", "Source Sans 3", "Noto Sans CJK KR", "DejaVu Sans"]
"""Where no desktop names a font of its own, the first of these that there is. The Korean cut has narrow quotation marks
for Western text; the Chinese one, wide ones for Chinese."""
CHINESE_FAMILIES = ["Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "Droid Sans Fallback"]


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one theme by role (`accent`, `muted`, …), as `#rrggbb`."""

    name: str
    colours: dict[str, str] = field(hash=False)

    def colour(self, role: str) -> QColor:
        """The colour of a role."""
        return QColor(self.colours[role])


_current: Theme | None = None


def current() -> Theme:
    """The theme in use."""
    return _current or load("light")


def load(name: str) -> Theme:
    """The theme `light` or `dark`."""
    return Theme(name, json.loads(asset(f"theme/{name}.json").read_text(encoding="utf-8")))


def wanted(choice: str) -> str:
    """The name of the theme for a person's choice, asking the desktop when that is `system`."""
    if choice != "system":
        return choice
    return "dark" if _desktop_is_dark() else "light"


def _desktop_is_dark() -> bool:
    """By the desktop's own colours before the shell put on any, and by its declared scheme afterwards.

    Asking for the scheme builds all of Qt's enums, which takes as long as the rest of the shell: not before it is seen.
    """
    if _current is None:
        return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128
    from PySide6.QtCore import Qt

    scheme = QApplication.styleHints().colorScheme()
    return _current.name == "dark" if scheme is Qt.ColorScheme.Unknown else scheme is Qt.ColorScheme.Dark


def use(theme: Theme) -> None:
    """Dress the application in a theme; icons made before keep their old tint."""
    global _current
    application = _application()
    _current = theme
    application.setStyle("Fusion")
    application.setPalette(palette(theme))
    application.setFont(font())
    application.setStyleSheet(style_sheet(theme))


def _application() -> QApplication:
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        raise RuntimeError("the look of the shell needs the QApplication first")
    return application


def style_sheet(theme: Theme) -> str:
    """The style sheet with the theme's colours in place, and its tick, which a sheet cannot tint."""
    tick = asset(f"icons/tick-{theme.name}.svg").as_posix()
    return Template(asset("theme/shell.qss").read_text(encoding="utf-8")).substitute(theme.colours, tick=tick)


def palette(theme: Theme) -> QPalette:
    """The palette for what the style sheet does not reach, such as system dialogs."""
    roles = {
        QPalette.ColorRole.Window: "window",
        QPalette.ColorRole.WindowText: "text",
        QPalette.ColorRole.Base: "surface",
        QPalette.ColorRole.AlternateBase: "window",
        QPalette.ColorRole.Text: "text",
        QPalette.ColorRole.PlaceholderText: "faint",
        QPalette.ColorRole.Button: "surface",
        QPalette.ColorRole.ButtonText: "text",
        QPalette.ColorRole.Highlight: "accent",
        QPalette.ColorRole.HighlightedText: "on_accent",
        QPalette.ColorRole.Link: "accent",
        QPalette.ColorRole.ToolTipBase: "surface",
        QPalette.ColorRole.ToolTipText: "text",
    }
    dressed = QPalette()
    for role, colour in roles.items():
        dressed.setColor(role, theme.colour(colour))
    return dressed


def font() -> QFont:
    """The desktop's own font where it has one, else a readable one; always at the shell's size."""
    chosen = QFont(QApplication.font())
    if chosen.family() in {"", "Sans Serif", "DejaVu Sans", "Bitstream Vera Sans"}:
        chosen.setFamilies(CHINESE_FAMILIES if language() == "zh_CN" else FAMILIES)
    chosen.setPixelSize(BODY)
    return chosen


def icon(name: str, role: str = "text", size: int = 20) -> QIcon:
    """An icon of `assets/icons` in a colour of the theme, sharp on the finest screen there is."""
    ratio = _application().devicePixelRatio()
    made = QIcon(pixmap(name, role, size, ratio))
    made.addPixmap(pixmap(name, "faint", size, ratio), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, role: str = "text", size: int = 20, ratio: float = 1.0) -> QPixmap:
    """An icon as a picture of `size` logical pixels for a screen with this device pixel ratio."""
    from PySide6.QtSvg import QSvgRenderer

    source = asset(f"icons/{name}.svg").read_text(encoding="utf-8")
    tinted = source.replace("currentColor", current().colours[role])
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(QColor(0, 0, 0, 0))
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(tinted.encode())).render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
