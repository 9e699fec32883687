"""Owns the thought of a step: streamed as it comes, long ones folded, the tool call left out."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from agent.step import Step
from app.translate import tr
from app.widgets.wrap_label import WrapLabel

FOLD_AT = 280
"""Letters of a thought that are shown unasked."""

_MARKUP = re.compile(r"<tool_call>.*|</?think>|<\|im_end\|>", re.DOTALL)
_UNFINISHED_TAG = re.compile(r"<[/|\w]{0,10}$")


class Thought(QWidget):
    """Text of the model, with a way to see all of a long one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._streaming, self._open = "", False, False
        self._label = WrapLabel(role="thought")
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = QPushButton()
        self._more.setProperty("role", "link")
        self._more.clicked.connect(self._on_more)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        rows.addWidget(self._label)
        rows.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.say("", streaming=True)

    def say(self, text: str, streaming: bool) -> None:
        """Show a thought; while it streams, its newest part is what is seen."""
        self._text, self._streaming = text, streaming
        self._show()

    def _show(self) -> None:
        long = len(self._text) > FOLD_AT
        folded = long and not self._open
        if folded and self._streaming:
            self._label.say("… " + self._text[-FOLD_AT:].lstrip())
        elif folded:
            self._label.say(self._text[:FOLD_AT].rstrip() + " …")
        else:
            self._label.say(self._text or (tr("Thinking …") if self._streaming else ""))
        self._label.setVisible(bool(self._label.text()))
        self._more.setVisible(long and not self._streaming)
        self._more.setText(tr("Less") if self._open else tr("More"))

    def _on_more(self) -> None:
        self._open = not self._open
        self._show()


def thought_of(step: Step) -> tuple[str, bool]:
    """What the model thinks in a step, and whether it is still at it."""
    if step.reply is None:
        return without_markup(step.said), step.finished is None
    text = step.reply.thought.strip()
    if not text and not step.judged:
        text = step.reply.error or without_markup(step.reply.text)
    return text, False


def without_markup(said: str) -> str:
    """What a reply says to a person, also while only its beginning is there."""
    return _UNFINISHED_TAG.sub("", _MARKUP.sub("", said)).strip()
