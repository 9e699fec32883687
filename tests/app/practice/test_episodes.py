import itertools
from random import Random

import pytest

from app.practice.episodes import play
from app.practice.layout import HEIGHT, WIDTH, desk_spec
from app.practice.scene import Scene
from app.practice.slips import likeness, misspelt
from app.practice.stage import PaperStage
from app.practice.state import State
from app.practice.tasks import draw_task

WRONG_SHARE = 0.18


def paper_episode(seed):
    rng = Random(seed)
    spec = desk_spec(rng)
    task = draw_task(rng, spec, 1 + seed % 3)
    stage = PaperStage(spec)
    return task, stage.state, play(rng, task, stage, lambda: -1, WRONG_SHARE)


EPISODES = [paper_episode(seed) for seed in range(600)]


def test_what_is_claimed_at_the_end_is_true():
    for task, state, turns in EPISODES:
        assert turns[-1].action == {"action": "terminate", "status": "success" if task.finished(state) else "failure"}


def test_most_episodes_succeed_and_some_fail():
    failed = sum(turns[-1].action["status"] == "failure" for _, _, turns in EPISODES)
    assert 0.05 < failed / len(EPISODES) < 0.25


def test_slips_are_not_to_be_learned_and_everything_else_is():
    for _, _, turns in EPISODES:
        clean = [turn.learn for turn in turns[:-1]]
        if turns[-1].action["status"] == "failure":
            assert clean[-1] is False
        assert turns[-1].learn
    slips = sum(not turn.learn for _, _, turns in EPISODES for turn in turns)
    assert 0.03 < slips / sum(len(turns) for _, _, turns in EPISODES) < 0.2


def test_thoughts_echo_the_status_line_and_hold_the_name():
    for _, _, turns in EPISODES:
        assert not turns[0].thought.startswith("Ready")
        for turn in turns:
            if turn.name is not None:
                name = turn.thought[slice(*turn.name)]
                assert turn.thought.endswith(f" {name}.")
        for turn in turns[1:]:
            assert turn.thought.split(" ")[0] in {
                "Ready.", "Pressed", "Ticked", "Unticked", "Chose", "Opened", "Closed", "Picked", "In", "Typed",
            }  # fmt: skip


def test_a_step_that_had_no_effect_is_tried_again():
    again = [
        (one, other)
        for _, _, turns in EPISODES
        for one, other in itertools.pairwise(turns)
        if not one.learn and other.name is not None and not other.thought.startswith("Closed ")
    ]
    assert again
    for one, other in again:
        assert one.thought.removeprefix("Ready. ") == other.thought.removeprefix("Ready. ")


def test_learned_clicks_point_into_the_area_of_what_they_name(desk_app):
    for seed in range(40):
        rng = Random(seed)
        with Scene(desk_spec(rng)) as scene:
            labels = []

            def look(scene=scene, labels=labels):
                labels.append({target.label: target for target in scene.targets()})
                return len(labels) - 1

            turns = play(rng, draw_task(rng, scene.desk.spec, 3), scene, look, WRONG_SHARE)
        for turn in turns:
            if turn.learn and turn.target is not None:
                target = labels[turn.frame][turn.thought[slice(*turn.name)]]
                x, y = (
                    part * size / 1000 for part, size in zip(turn.action["coordinate"], (WIDTH, HEIGHT), strict=True)
                )
                assert target.area == turn.target
                assert target.box.holds(int(x), int(y))


def test_paper_and_scene_tell_the_same_story(desk_app):
    """Without slips that need places, a desk on paper and one of widgets go through the same states."""
    for seed in range(30):
        rng = Random(seed)
        spec = desk_spec(rng)
        task = draw_task(rng, spec, 3)
        with Scene(spec) as scene:
            assert _straight(task, scene) == _straight(task, PaperStage(spec))


def _straight(task, stage) -> State:
    while (step := task.next_step(stage.state)) is not None:
        if step.kind is None:
            stage.type(step.name)
        else:
            stage.act(next(t for t in stage.targets() if (t.kind, t.label) == (step.kind, step.name)))
    return stage.state


@pytest.mark.parametrize("text", ["a", "AL", "alice", "Mmmm"])
def test_a_misspelt_word_is_another_word(text):
    rng = Random(0)
    assert all(misspelt(rng, text) not in {text, ""} for _ in range(200))


def test_likeness_ignores_case_and_finds_the_twin():
    assert likeness("Save", "sAVE") == 1
    assert likeness("Save", "Same") > likeness("Save", "Milk")
