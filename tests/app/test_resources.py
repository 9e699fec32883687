import re

import pytest

from agent.assets import asset
from app import resources


@pytest.fixture
def dressed(qapp):
    before = resources.current()
    yield qapp
    resources.use(before)


def contrast(one, other):
    """WCAG's contrast ratio of two colours."""

    def luminance(colour):
        parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.getRgbF()[:3]]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_texts_can_be_read(qapp, name):
    theme = resources.load(name)
    pairs = [
        ("text", "window"),
        ("text", "surface"),
        ("text", "wait_soft"),
        ("muted", "window"),
        ("muted", "surface"),
        ("muted", "wait_soft"),
        ("accent", "surface"),
        ("stop", "surface"),
        ("wait", "surface"),
        ("on_accent", "accent"),
        ("on_stop", "stop"),
    ]
    poor = [(a, b) for a, b in pairs if contrast(theme.colour(a), theme.colour(b)) < 4.5]
    assert poor == []


def test_both_themes_have_the_same_roles(qapp):
    assert set(resources.load("light").colours) == set(resources.load("dark").colours)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_the_style_sheet_is_whole(dressed, name):
    theme = resources.load(name)
    assert "$" not in resources.style_sheet(theme)
    resources.use(theme)
    assert dressed.styleSheet() == resources.style_sheet(theme)
    assert resources.current() is theme


def test_a_choice_wins_over_the_desktop(qapp):
    assert (resources.wanted("dark"), resources.wanted("light")) == ("dark", "light")
    assert resources.wanted("system") in {"light", "dark"}


TINTED = [path for path in sorted(asset("icons").glob("*.svg")) if "currentColor" in path.read_text("utf-8")]


@pytest.mark.parametrize("path", TINTED, ids=lambda path: path.stem)
def test_every_icon_draws_in_the_colour_asked_for(dressed, path):
    resources.use(resources.load("light"))
    picture = resources.pixmap(path.stem, "stop", 24, 2).toImage()
    assert (picture.width(), picture.devicePixelRatio()) == (48, 2)
    colours = {
        picture.pixelColor(x, y).name() for x in range(48) for y in range(48) if picture.pixelColor(x, y).alpha() > 250
    }
    assert resources.current().colours["stop"] in colours
    assert not re.search(r"<(script|image|use|foreignObject)", path.read_text("utf-8"))
