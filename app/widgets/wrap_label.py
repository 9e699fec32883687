"""Owns the label for texts of unknown length and origin: plain text, wrapped, never wider than its place."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

BREAK_AFTER = "/\\_-.,:=&?"
ZERO_WIDTH_SPACE = "\u200b"


class WrapLabel(QLabel):
    """Shows text as it is: what a model wrote is never taken for markup."""

    def __init__(self, text: str = "", role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        if role:
            self.setProperty("role", role)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text; long words without a space, such as paths, may break too."""
        shown = breakable(text)
        if shown != self.text():
            self.setText(shown)


def plain_tooltip(text: str) -> str:
    """A tooltip that shows a text as it is: Qt would take what looks like markup for markup."""
    return f"<p>{escape(text)}</p>" if text else ""


def breakable(text: str, longest: int = 24) -> str:
    """The text with invisible places to break in its very long words."""
    return " ".join(_with_breaks(word) if len(word) > longest else word for word in text.split(" "))


def _with_breaks(word: str) -> str:
    return "".join(letter + ZERO_WIDTH_SPACE if letter in BREAK_AFTER else letter for letter in word)
