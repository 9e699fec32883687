"""The one look of the practice desk: environment, font and palette, the same to the pixel on every machine."""

import os
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

FONTS = Path(__file__).parents[2] / "assets" / "fonts"

WINDOW, BASE, BUTTON, INK = "#f0f0f0", "#ffffff", "#f4f4f4", "#101010"
GREY_INK, HIGHLIGHT, HIGHLIGHTED_INK = "#909090", "#2f6fb5", "#ffffff"

_COLOURS: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: WINDOW,
    QPalette.ColorRole.WindowText: INK,
    QPalette.ColorRole.Base: BASE,
    QPalette.ColorRole.AlternateBase: "#f7f7f7",
    QPalette.ColorRole.Text: INK,
    QPalette.ColorRole.Button: BUTTON,
    QPalette.ColorRole.ButtonText: INK,
    QPalette.ColorRole.BrightText: "#ffffff",
    QPalette.ColorRole.ToolTipBase: BASE,
    QPalette.ColorRole.ToolTipText: INK,
    QPalette.ColorRole.PlaceholderText: GREY_INK,
    QPalette.ColorRole.Highlight: HIGHLIGHT,
    QPalette.ColorRole.HighlightedText: HIGHLIGHTED_INK,
    QPalette.ColorRole.Link: HIGHLIGHT,
    QPalette.ColorRole.LinkVisited: HIGHLIGHT,
    QPalette.ColorRole.Light: "#ffffff",
    QPalette.ColorRole.Midlight: "#e6e6e6",
    QPalette.ColorRole.Mid: "#c8c8c8",
    QPalette.ColorRole.Dark: "#a0a0a0",
    QPalette.ColorRole.Shadow: "#6e6e6e",
    QPalette.ColorRole.Accent: HIGHLIGHT,
}


def application(platform: str | None = None) -> QApplication:
    """The process's QApplication with the desk's look; `platform` names the Qt platform plugin (None: Qt's own choice).

    Sets environment variables, so it must come before anything else of Qt in the process.
    """
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else _fresh_application(platform)
    app.setStyle("Fusion")
    app.setPalette(palette())
    app.setFont(font())
    app.setCursorFlashTime(0)
    for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu, Qt.UIEffect.UI_AnimateCombo):
        QApplication.setEffectEnabled(effect, False)
    return app


def _fresh_application(platform: str | None) -> QApplication:
    """Nothing of the person's desktop (scale, theme, font settings, input method) may change a pixel."""
    for name in ("QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_STYLE_OVERRIDE"):
        os.environ.pop(name, None)
    os.environ["QT_ENABLE_HIGHDPI_SCALING"] = "0"
    os.environ["QT_FONT_DPI"] = "96"
    os.environ["QT_QPA_PLATFORMTHEME"] = "generic"
    os.environ["QT_IM_MODULE"] = "simple"
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    if platform is not None:
        os.environ["QT_QPA_PLATFORM"] = platform
    QApplication.setDesktopSettingsAware(False)
    return QApplication(["Deskhand practice"])


def font() -> QFont:
    """DejaVu Sans Mono from assets/fonts at 13 pixels: every letter is 8 pixels wide."""
    if "DejaVu Sans Mono" not in QFontDatabase.families():
        QFontDatabase.addApplicationFont(str(FONTS / "DejaVuSansMono.ttf"))
    chosen = QFont("DejaVu Sans Mono")
    chosen.setPixelSize(13)
    chosen.setHintingPreference(QFont.HintingPreference.PreferFullHinting)
    chosen.setStyleStrategy(QFont.StyleStrategy.PreferAntialias | QFont.StyleStrategy.NoSubpixelAntialias)
    return chosen


def palette() -> QPalette:
    """Light, set role by role, and alike for active and inactive windows."""
    colours = QPalette()
    for role, name in _COLOURS.items():
        colours.setColor(role, QColor(name))
    grey = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)
    for role in grey:
        colours.setColor(QPalette.ColorGroup.Disabled, role, QColor(GREY_INK))
    return colours
