from random import Random

import pytest

from app.practice.layout import HEIGHT, STATUS_TOP, WIDTH, Box, desk_spec, held_out_seed, training_seed

SPECS = [desk_spec(Random(seed)) for seed in range(300)]


def test_equal_seeds_give_equal_desks():
    assert desk_spec(Random(7)) == desk_spec(Random(7))
    assert desk_spec(Random(7)) != desk_spec(Random(8))


def test_everything_stands_in_the_body_and_nothing_on_anything_else():
    body = Box(0, 21, WIDTH, STATUS_TOP - 21)
    for spec in SPECS:
        areas = [target.area for target in spec.targets] + [spec.list_box]
        for index, area in enumerate(areas):
            assert area.x >= 0
            assert area.x + area.w <= WIDTH
            assert body.y <= area.y
            assert area.y + area.h <= STATUS_TOP
            assert not any(area.meets(other) for other in areas[:index])


def test_every_desk_has_all_that_tasks_ask_for():
    for spec in SPECS:
        assert {"button", "check", "field"} == {target.kind for target in spec.targets}
        assert 3 <= len(spec.rows) <= 4
        assert 2 <= len(spec.menus) <= 3
        assert 7 <= len(spec.targets) + len(spec.rows) <= 11
        assert all(3 <= len(menu.items) <= 4 for menu in spec.menus)


def test_labels_of_a_desk_are_unique():
    for spec in SPECS:
        assert len({label.lower() for label in spec.labels}) == len(spec.labels)


def test_widgets_are_freely_placed():
    places = {(target.box.x % 32, target.box.y % 32) for spec in SPECS for target in spec.targets}
    assert len(places) > 600


def test_training_and_play_never_share_a_seed():
    assert {training_seed("generate", 1, index) % 2 for index in range(50)} == {0}
    assert {held_out_seed("deal", index, "press", 1) % 2 for index in range(50)} == {1}
    assert len({training_seed(1, index) for index in range(1000)}) == 1000


@pytest.mark.parametrize("x, y, inside", [(2, 3, True), (5, 6, True), (6, 6, False), (2, 7, False), (1, 3, False)])
def test_a_box_holds_its_own_pixels(x, y, inside):
    assert Box(2, 3, 4, 4).holds(x, y) is inside
    assert Box(0, 0, WIDTH, HEIGHT).centre == (176, 128)
