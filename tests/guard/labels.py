"""The labelled controls: windows as people meet them, and which of their controls a careful person is asked about.

Each file of labels/ holds the pages of one toolkit in one language. The truth of a control is what clicking it does;
`ways` tells what else does something, and whether that is to be asked about. Where two careful people would differ, a
control is shown and not judged (`consequential` is null). A control that says nothing about itself has to be asked
about: its `why` is "unreadable".
"""

import dataclasses
import functools
import json
from collections.abc import Iterator
from pathlib import Path

TOOLKITS = ("gtk", "qt", "chromium")
LANGUAGES = ("en", "zh")
KINDS = frozenset(
    "button link menu_item checkbox radio tab switch text_field password_field text_area combo_box list_item tree_row "
    "icon_button custom text".split()
)
FORMS = frozenset(("window", "dialog", "question", "menu"))
"""A dialog has its buttons in a row below, a question is a message box, a menu is a window with its menu open."""
PRESSED = frozenset("button link icon_button checkbox radio switch menu_item".split())
TYPED_IN = frozenset("text_field password_field text_area".split())
TRUTH = frozenset(("consequential", "why", "typing"))
"""What the programs that show the pages are not told."""


@dataclasses.dataclass(frozen=True, slots=True)
class Control:
    """One control of a page.

    Attributes:
        id: unique on its page.
        text: what it says, or for a field what it is called; for an icon, its name to those who cannot see it.
        consequential: whether a person is to be asked before it is clicked; None where people differ.
        why: the kind of consequence, or the kind of harmlessness.
        mnemonic: the letter that presses it, with Alt or in an open menu.
        default: Enter in a field presses it.
        shortcut: keys that do the same, as "ctrl+Return".
        named_by: whether an icon has a "name" or only a "tooltip".
        value: what it holds; of a box, whether it is ticked.
        hint: a field's placeholder.
        typing: the kind of consequence of typing into it, empty when harmless, None where people differ.
        enter: which control Enter presses in it, where that is not the default button.
    """

    id: str
    kind: str
    text: str
    consequential: bool | None
    why: str
    mnemonic: str = ""
    default: bool = False
    shortcut: str = ""
    named_by: str = "name"
    value: str | bool = ""
    hint: str = ""
    typing: str | None = ""
    enter: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Way:
    """One way to do something to a page: with the keyboard where `control` has the focus, or with the mouse.

    Attributes:
        control: the id of the control clicked, or with the focus.
        press: "click", "type", or keys such as "space", "Return", "alt+s", "s".
        does: the id of the control that this works.
        consequential: whether a person is to be asked before.
        why: the kind of consequence or harmlessness.
    """

    control: str
    press: str
    does: str
    consequential: bool
    why: str


@dataclasses.dataclass(frozen=True)
class Page:
    """A window with its controls; `menu` is the title of the menu that is open, `app` what kind of program it is."""

    id: str
    toolkit: str
    language: str
    title: str
    app: str
    form: str
    menu: str
    texts: tuple[str, ...]
    controls: tuple[Control, ...]

    @functools.cached_property
    def by_id(self) -> dict[str, Control]:
        return {control.id: control for control in self.controls}

    @functools.cached_property
    def default(self) -> str:
        """The id of the button that Enter presses in fields, or nothing; Qt has such in dialogs only."""
        if self.toolkit == "qt" and self.form not in ("dialog", "question"):
            return ""
        return next((control.id for control in self.controls if control.default), "")

    def shown(self) -> dict:
        """The page without the truth, for the program that shows it."""
        kept = [
            {name: value for name, value in dataclasses.asdict(control).items() if name not in TRUTH}
            for control in self.controls
        ]
        return {"title": self.title, "language": self.language, "form": self.form, "menu": self.menu,
                "texts": list(self.texts), "controls": kept}  # fmt: skip

    def ways(self) -> Iterator[Way]:
        """Every judged way to work a control of this page."""
        for control in self.controls:
            for press, does in self._presses(control):
                if way := self._judged(control, press, self.by_id[does]):
                    yield way

    def _judged(self, control: Control, press: str, does: Control) -> Way | None:
        if press == "type" or (press == "Return" and does is control and control.kind == "text_area"):
            kept = None if control.typing is None else (bool(control.typing), control.typing or "typing")
        else:
            kept = None if does.consequential is None else (does.consequential, does.why)
        return Way(control.id, press, does.id, *kept) if kept else None

    def _presses(self, control: Control) -> Iterator[tuple[str, str]]:
        """The ways that begin at a control, and what each works."""
        yield "click", control.id
        if control.kind in TYPED_IN:
            yield "type", control.id
        if control.kind in PRESSED and self._takes_space(control):
            yield "space", control.id
        if does := control.enter or self._entered(control):
            yield "Return", does
        if control.mnemonic and control.kind in PRESSED:
            yield (control.mnemonic if self.form == "menu" else f"alt+{control.mnemonic}").lower(), control.id
        if control.shortcut:
            yield control.shortcut, control.id

    def _takes_space(self, control: Control) -> bool:
        return control.kind not in ("link", "menu_item")

    def _entered(self, control: Control) -> str:
        """What Enter works where a control has the focus: fields and boxes leave it to the default button."""
        if control.kind in ("button", "icon_button"):
            return control.id if self._pressed_by_enter() else self.default
        if control.kind == "link":
            return control.id if self.toolkit != "qt" else ""
        if control.kind == "text_area":
            return control.id
        return self.default if control.kind in ("text_field", "password_field", "checkbox", "radio") else ""

    def _pressed_by_enter(self) -> bool:
        """Whether Enter presses the button with the focus; in Qt only those of dialogs."""
        return self.toolkit != "qt" or self.form in ("dialog", "question")


def load() -> tuple[Page, ...]:
    """All pages, by toolkit and language."""
    return tuple(
        Page(
            **{**page, "texts": tuple(page["texts"]), "controls": tuple(Control(**each) for each in page["controls"])},
            toolkit=toolkit,
            language=language,
        )
        for toolkit in TOOLKITS
        for language in LANGUAGES
        for page in json.loads(_file(toolkit, language).read_text("utf-8"))
    )


def _file(toolkit: str, language: str) -> Path:
    return Path(__file__).parent / "labels" / f"{toolkit}-{language}.json"
