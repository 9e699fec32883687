"""Owns the thought of a step: streamed as it comes, long ones folded, the tool call left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from agent.step import Step
from app.translate import tr
from app.widgets.wrap_label import WrapLabel

FOLD_AT = 280
"""Letters of a thought that are shown unasked."""

_THOUGHT_END = "</think>"
_MARKUP = re.compile(r"<tool_call>.*|</?think>|<\|im_end\|>", re.DOTALL)
_UNFINISHED_TAG = re.compile(r"<[/|\w]{0,10}$")


class Thought(QWidget):
    """Text of the model, with a way to see all of a long one."""

    def __init__(self, role: str = "thought", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text, self._streaming, self._open = "", False, False
        self._label = WrapLabel(role=role)
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


@dataclass(frozen=True, slots=True)
class Words:
    """What the model says in a step.

    Attributes:
        mused: what it thinks before it speaks, as a Thinking model does; else empty.
        said: what it says.
        streaming: it is still at it.
    """

    mused: str
    said: str
    streaming: bool


def words_of(step: Step) -> Words:
    """What the model says in a step as far as it has come, its thought apart from its answer."""
    if step.reply is None:
        return Words(without_markup(step.mused), without_markup(step.said), step.finished is None)
    thought, mark, answer = step.reply.text.rpartition(_THOUGHT_END)
    if mark:
        return Words(without_markup(thought), without_markup(answer) or _trouble(step), False)
    if step.mused and not step.judged:
        return Words(without_markup(step.mused), _trouble(step), False)
    said = step.reply.thought.strip() or _trouble(step)
    return Words("", said or ("" if step.judged else without_markup(step.reply.text)), False)


def _trouble(step: Step) -> str:
    """What is wrong with a reply that came to nothing."""
    return "" if step.judged or step.reply is None else step.reply.error or ""


def without_markup(said: str) -> str:
    """What a reply says to a person, also while only its beginning is there."""
    return _UNFINISHED_TAG.sub("", _MARKUP.sub("", said)).strip()
