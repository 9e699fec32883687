from random import Random

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from app.practice import look
from app.practice.layout import HEIGHT, WIDTH, desk_spec
from app.practice.pages import busy, page
from app.practice.scene import Scene, glyphs_of, pixels_of

CHARS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def ink(pixels, glyph):
    """The letter's cell, flat, as distance from its ground, without mean and scale."""
    cell = pixels[glyph.y - 6 : glyph.y + 7, glyph.x - 4 : glyph.x + 4].astype(float).sum(-1)
    if cell.shape != (13, 8):
        return None
    cell = np.abs(cell - np.median(cell)).ravel()
    cell -= cell.mean()
    return cell / (np.linalg.norm(cell) + 1e-9)


@pytest.fixture
def templates(desk_app):
    image = QImage(8 * len(CHARS) + 8, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setFont(look.font())
    painter.drawText(4, 20, CHARS)
    painter.end()
    pixels = pixels_of(image)
    return np.stack([ink(pixels, glyph) for glyph in glyphs_of(CHARS, 4, 20)])


def read(pixels, glyphs, templates):
    """The share of glyphs that are read off the picture, where the list says that they stand, as what it says."""
    cells = [(glyph.char, ink(pixels, glyph)) for glyph in glyphs]
    right = [CHARS[int((templates @ cell).argmax())] == char for char, cell in cells if cell is not None]
    return sum(right) / len(right)


def walk(rng, scene, steps=4):
    for _ in range(steps):
        target = rng.choice(scene.targets())
        scene.act(target)
        if target.kind == "field":
            scene.type("aB3")


def test_letters_of_desks_stand_where_the_list_says(templates):
    for seed in range(25):
        rng = Random(seed)
        with Scene(desk_spec(rng)) as scene:
            walk(rng, scene)
            # A caret or the edge of a popup may touch a letter.
            assert read(scene.draw(), scene.glyphs(), templates) > 0.95, seed


@pytest.mark.parametrize("paint", [page, busy])
def test_letters_of_pages_stand_where_the_list_says(templates, paint):
    for seed in range(12):
        pixels, glyphs = paint(Random(seed))
        assert pixels.shape == (HEIGHT, WIDTH, 3)
        assert len(glyphs) > 60
        assert read(pixels, glyphs, templates) > 0.9, seed


def test_pages_are_dense(desk_app):
    assert sum(len(page(Random(seed))[1]) for seed in range(20)) / 20 > 250


def test_equal_seeds_paint_equal_pictures(desk_app):
    def picture(seed):
        with Scene(desk_spec(Random(seed))) as scene:
            return scene.draw()

    assert np.array_equal(picture(1), picture(1))
    assert not np.array_equal(picture(1), picture(2))
    assert np.array_equal(busy(Random(5))[0], busy(Random(5))[0])


def test_every_target_is_inside_the_window_and_holds_its_label(desk_app):
    for seed in range(40):
        with Scene(desk_spec(Random(seed))) as scene:
            scene.act(next(target for target in scene.targets() if target.kind == "menu"))
            for target in scene.targets():
                for box in (target.box, target.area):
                    assert 0 <= box.x < box.x + box.w <= WIDTH
                    assert 0 <= box.y < box.y + box.h <= HEIGHT
                assert (target.box.h >= 20 and target.box.w > 8 * len(target.label)) or target.kind == "field"


def test_an_open_popup_hides_what_it_covers(desk_app):
    for seed in range(20):
        with Scene(desk_spec(Random(seed))) as scene:
            closed = {target.label for target in scene.targets()}
            scene.act(next(target for target in scene.targets() if target.kind == "menu"))
            over = scene.desk.bar.popup_box(scene.desk.bar.lit)
            items = [target for target in scene.targets() if target.kind == "item"]
            assert [item.label for item in items] == list(scene.desk.spec.menus[0].items)
            others = [target for target in scene.targets() if target.kind != "item"]
            assert not any(target.area.meets(over) for target in others)
            assert {target.label for target in others} < closed | {"-"}


@pytest.mark.parametrize("kind", ["button", "check", "field", "row", "menu"])
def test_each_click_leaves_its_mark(desk_app, kind):
    with Scene(desk_spec(Random(3))) as scene:
        before = scene.draw()
        target = next(target for target in scene.targets() if target.kind == kind)
        scene.act(target)
        assert scene.state.status.endswith(target.label)
        changed = (scene.draw() != before).any(-1)
        assert changed[237:].any()
        if kind != "button":
            assert changed[:236].any()


def test_clicks_beside_everything_change_nothing_but_close_a_popup(desk_app):
    with Scene(desk_spec(Random(4))) as scene:
        before = scene.draw()
        scene.miss(Random(1))
        assert np.array_equal(scene.draw(), before)
        assert scene.state.status == "Ready"
        scene.act(next(target for target in scene.targets() if target.kind == "menu"))
        scene.miss(Random(2))
        assert scene.state.open_menu is None
        assert scene.state.status.startswith("Closed ")


def test_keys_without_a_field_go_nowhere(desk_app):
    with Scene(desk_spec(Random(4))) as scene:
        before = scene.draw()
        scene.type("abc")
        assert np.array_equal(scene.draw(), before)
