"""Owns the dialog of the settings that are not beside the prompt: look, language, limits, memory."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from agent.intents import Rule, Rules
from app import resources
from app.settings import Settings
from app.translate import LANGUAGES, tr
from app.widgets.chip import ARROW
from app.widgets.run_bar import STOP_KEY
from app.widgets.wrap_label import WrapLabel


class SettingsDialog(QDialog):
    """Shows Settings. Emits them anew when the person accepts."""

    settings_changed = Signal(object)

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Settings"))
        self.setMinimumWidth(560)
        self._settings = settings
        runs, look = settings.runs, settings.appearance
        self.theme = _choice({"system": tr("As the desktop"), "light": tr("Light"), "dark": tr("Dark")}, look.theme)
        self.language = _choice({"system": tr("As the desktop"), **LANGUAGES}, look.language)
        self.steps = _number(runs.limits.steps, 1, 1000)
        self.minutes = _number(max(1, round(runs.limits.seconds / 60)), 1, 24 * 60)
        self.keep = _number(settings.models.keep_minutes, 0, 24 * 60)
        self.keep.setSuffix(tr(" minutes without a run"))
        self.keep.setSpecialValueText(tr("Never"))
        self.pace = _number(runs.rules.actions_per_minute, 1, 1000)
        self.only, self.never = _names(runs.rules.allow), _names(runs.rules.deny)
        self.history = _choice(
            {"append": tr("Keep the conversation, fold old steps (fast)"), "rewrite": tr("Retell it at each step")},
            runs.history,
        )
        self.slim = QCheckBox(tr("Slim at the edge on whole-desktop runs"))
        self.slim.setChecked(look.slim)
        self.zoom = QCheckBox(tr("Look twice: at all of it, then at a part"))
        self.zoom.setChecked(runs.zoom)
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        """Give the wrapped text its lines: Qt sizes a dialog before it knows how wide the text may be."""
        super().showEvent(event)
        self.resize(self.width(), max(self.height(), self._rows.totalHeightForWidth(self.width())))

    def accept(self) -> None:
        """Emit the settings as they are shown now, and close."""
        self.settings_changed.emit(self.shown())
        super().accept()

    def shown(self) -> Settings:
        """The settings as the dialog shows them."""
        limits = self._settings.runs.limits
        if (self.steps.value(), self.minutes.value()) != (limits.steps, round(limits.seconds / 60)):
            limits = limits.model_copy(update={"steps": self.steps.value(), "seconds": self.minutes.value() * 60.0})
        look = {
            "theme": self.theme.currentData(),
            "language": self.language.currentData(),
            "slim": self.slim.isChecked(),
        }
        rules = self._settings.runs.rules
        rules = Rules(
            allow=_named(self.only.text(), rules.allow),
            deny=_named(self.never.text(), rules.deny),
            actions_per_minute=self.pace.value(),
        )
        told = {"history": self.history.currentData(), "zoom": self.zoom.isChecked()}
        runs = {"limits": limits, "rules": rules} | told
        return self._settings.model_copy(
            update={
                "appearance": self._settings.appearance.model_copy(update=look),
                "models": self._settings.models.model_copy(update={"keep_minutes": self.keep.value()}),
                "runs": self._settings.runs.model_copy(update=runs),
            }
        )

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(12)
        form.setHorizontalSpacing(24)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for name, field in (
            (tr("Theme"), self.theme),
            (tr("Language"), self.language),
            (tr("Window"), self.slim),
            (tr("Most steps of a run"), self.steps),
            (tr("Most minutes of a run"), self.minutes),
            (tr("Most actions a minute"), self.pace),
            (tr("Works only in"), self.only),
            (tr("Never works in"), self.never),
            *(("", more) for more in self._more()),
            (tr("Earlier steps"), self.history),
            (tr("Free memory after"), self.keep),
            (tr("Large screens"), self.zoom),
        ):
            form.addRow(QLabel(name), field)
        stop = WrapLabel(
            tr("{key} stops a run from anywhere; Esc twice or Ctrl+. does in this window.", key=STOP_KEY), "muted"
        )
        form.addRow(QLabel(tr("Stop")), stop)
        buttons = QDialogButtonBox()
        save = buttons.addButton(tr("Save"), QDialogButtonBox.ButtonRole.AcceptRole)
        save.setProperty("role", "primary")
        buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._rows = rows = QVBoxLayout(self)
        rows.setContentsMargins(24, 24, 24, 24)
        rows.setSpacing(24)
        rows.addLayout(form)
        rows.addWidget(buttons)

    def _more(self) -> list[QWidget]:
        """A line that says how many rules there are besides, if any: the fields show applications alone."""
        rules = self._settings.runs.rules
        count = sum(not _is_name(rule) for rule in (*rules.allow, *rules.deny))
        return [WrapLabel(tr("and {count} more in the settings file", count=count), "muted")] if count else []


class _Choice(QComboBox):
    """A combo box with the arrow of the theme: a style sheet cannot tint one."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        arrow = resources.pixmap("down", "muted", ARROW, self.devicePixelRatioF())
        QPainter(self).drawPixmap(self.width() - ARROW - 8, (self.height() - ARROW) // 2, arrow)


def _choice(words: dict[str, str], chosen: str) -> QComboBox:
    box = _Choice()
    for value, text in words.items():
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box


def _is_name(rule: Rule) -> bool:
    """Whether a rule says no more than an application."""
    return not (rule.title or rule.region or rule.keys)


def _names(rules: Sequence[Rule]) -> QLineEdit:
    """A field for the applications of some rules; what else rules can say stands in the settings file alone."""
    field = QLineEdit(", ".join(rule.application for rule in rules if _is_name(rule)))
    field.setPlaceholderText(tr("Applications, such as firefox, gimp"))
    return field


def _named(text: str, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules with the applications that a field says now, and the others as they were."""
    names = dict.fromkeys(name for part in re.split("[,，、;；]", text) if (name := part.strip()))
    return (*(rule for rule in rules if not _is_name(rule)), *(Rule(application=name) for name in names))


def _number(value: int, least: int, most: int) -> QSpinBox:
    box = QSpinBox()
    box.lineEdit().setTextMargins(6, 0, 0, 0)
    box.setRange(least, most)
    box.setValue(value)
    return box
