from random import Random

import pytest

from app.practice.layout import Box, Target, desk_spec
from app.practice.state import Event, State
from app.practice.tasks import FAMILIES, Goal, Task, draw_task

PRESS, TICK, CHOOSE = Goal("press", "Save"), Goal("tick", "Ozo"), Goal("choose", "Milk")
TYPE, MENU = Goal("type", "Name", text="ALICE"), Goal("menu", "Export", menu="File")


def after(*events: Event) -> State:
    state = State()
    for event in events:
        state.apply(event)
    return state


def target(kind, label) -> Target:
    return Target(kind, label, Box(0, 0, 9, 9), Box(0, 0, 9, 9))


def test_tasks_in_words():
    whole = Task((TYPE, PRESS, TICK, CHOOSE, MENU)).words
    assert whole == "type ALICE into Name, then press Save, then tick Ozo, then choose Milk, then pick Export from File"


@pytest.mark.parametrize(
    "goal, done",
    [
        (PRESS, Event("pressed", "Save")),
        (TICK, Event("ticked", "Ozo")),
        (CHOOSE, Event("chose", "Milk")),
        (TYPE, Event("typed", "Name", "ALICE")),
        (MENU, Event("picked", "Export", "File")),
    ],
)
def test_a_goal_holds_when_it_was_brought_about(goal, done):
    task = Task((goal,))
    assert not task.finished(State())
    assert task.finished(after(done))


@pytest.mark.parametrize(
    "event, words",
    [
        (Event("pressed", "Cancel"), "Cancel was pressed"),
        (Event("ticked", "Abe"), "Abe is ticked"),
        (Event("chose", "Tea"), "Tea is chosen"),
        (Event("typed", "Email", "x"), "Email reads x"),
        (Event("picked", "Cut", "Edit"), "Cut was picked from Edit"),
    ],
)
def test_whatever_nobody_asked_for_spoils_the_task(event, words):
    task = Task((PRESS,))
    state = after(Event("pressed", "Save"), event)
    assert task.spoiled(state) == [words]
    assert not task.finished(state)


def test_toggles_rows_and_texts_are_judged_as_they_stand():
    task = Task((CHOOSE,))
    undone = after(Event("ticked", "Abe"), Event("unticked", "Abe"), Event("chose", "Tea"), Event("chose", "Milk"))
    assert task.finished(undone)
    emptied = after(Event("typed", "Email", "x"), Event("typed", "Email", ""), Event("chose", "Milk"))
    assert task.finished(emptied)


def test_a_wrong_text_is_not_done_and_an_unticked_box_is_open_again():
    assert not Task((TYPE,)).finished(after(Event("typed", "Name", "ALICEx")))
    assert not Task((TICK,)).finished(after(Event("ticked", "Ozo"), Event("unticked", "Ozo")))


def test_sub_steps_follow_the_state():
    task, state, said = Task((TYPE, MENU)), State(), []
    for event in (
        Event("entered", "Name"),
        Event("typed", "Name", "ALICE"),
        Event("opened", "File"),
        Event("closed", "File"),
        Event("picked", "Export", "File"),
    ):
        step = task.next_step(state)
        said.append((step.words, step.expects))
        state.apply(event)
    assert said == [
        ("Click Name.", "In Name"),
        ("Type ALICE.", "Typed ALICE"),
        ("Open File.", "Opened File"),
        ("Pick Export.", "Picked Export"),
        ("Open File.", "Opened File"),
    ]
    assert task.next_step(state) is None


def test_clicks_are_wanted_only_where_the_next_sub_step_is():
    task = Task((TYPE, PRESS))
    assert task.wants(State(), target("field", "Name"))
    assert not task.wants(State(), target("button", "Save"))
    assert task.wants(after(Event("entered", "Name")), target("field", "Name"))
    typed = after(Event("entered", "Name"), Event("typed", "Name", "ALICE"))
    assert task.wants(typed, target("button", "Save"))
    assert not task.wants(typed, target("check", "Save"))
    typed.apply(Event("pressed", "Save"))
    assert not task.wants(typed, target("button", "Save"))


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_drawn_tasks_have_the_family_asked_for(family, count):
    for seed in range(40):
        rng = Random(seed)
        spec = desk_spec(rng)
        task = draw_task(rng, spec, count, family)
        assert len(set(task.goals)) == count
        assert family in {goal.family for goal in task.goals}
        assert sum(goal.family == "choose" for goal in task.goals) <= 1
        assert all(goal.label in spec.labels for goal in task.goals)


def test_a_single_goal_is_of_any_family():
    families = set()
    for seed in range(60):
        rng = Random(seed)
        families.add(draw_task(rng, desk_spec(rng), 1).goals[0].family)
    assert families == set(FAMILIES)
