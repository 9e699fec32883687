"""Where the demo puts the shell and the practice desk, and which tasks it deals."""

import pytest
from PySide6.QtCore import QRect

from app.demo import SHELL, places, tasks
from app.practice.layout import HEIGHT, WIDTH


@pytest.mark.parametrize(
    "available, ratio",
    [
        (QRect(0, 0, 1920, 1080), 1),
        (QRect(0, 0, 1366, 728), 1),
        (QRect(70, 27, 1850, 1053), 1),
        (QRect(0, 0, 1920, 1080), 2),
        (QRect(0, 0, 1536, 824), 1.25),
        (QRect(0, 0, 1097, 617), 1.75),
    ],
)
def test_shell_and_desk_stand_side_by_side_on_any_screen(available: QRect, ratio: float):
    shell, (left, top) = places(available, ratio)
    assert available.contains(shell)
    assert shell.right() < left / ratio
    assert left + WIDTH <= (available.right() + 1) * ratio
    assert available.top() * ratio < top <= (available.bottom() + 1) * ratio - HEIGHT


def test_the_shell_is_as_large_as_it_likes_where_there_is_room():
    assert places(QRect(0, 0, 1920, 1080), 1)[0].size() == SHELL


def test_every_task_takes_two_steps_or_more_and_a_seed_deals_the_same_again():
    dealt = list(tasks(7, 5))
    assert dealt == list(tasks(7, 5)) != list(tasks(8, 5))
    assert all(each.goals > 1 or each.kind in {"type", "menu"} for each in dealt)
