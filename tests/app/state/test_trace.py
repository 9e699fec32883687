import pytest
from PySide6.QtCore import QModelIndex, Qt

from agent.events import Judged, Noted, Said, StepStarted
from app.state.trace import StepRole, Trace


@pytest.fixture
def trace(qapp):
    return Trace()


def judged(step, words="Click at (1, 2)"):
    return Judged(at=0, step=step, index=0, action={}, words=words, target=None, verdict="allow", reason="")


def test_it_is_a_proper_model(trace, qtmodeltester):
    qtmodeltester.check(trace)
    for event in (StepStarted(at=0, step=1), Said(at=0, step=1, text="I see"), StepStarted(at=0, step=2), judged(2)):
        trace.add(event)
    qtmodeltester.check(trace)


def test_steps_are_rows_and_their_events_change_them(trace, qtbot):
    with qtbot.waitSignal(trace.rowsInserted):
        trace.add(StepStarted(at=0, step=1))
    with qtbot.waitSignal(trace.dataChanged) as changed:
        trace.add(Said(at=0, step=1, text="I see"))
    assert changed.args[0].row() == 0
    assert trace.index(0).data(StepRole) is trace.step(0)
    assert trace.index(0).data(Qt.ItemDataRole.DisplayRole) == "I see"
    trace.add(judged(1))
    assert trace.index(0).data() == "Click at (1, 2)"


def test_what_is_no_part_of_a_step_makes_no_row(trace):
    trace.add(Noted(at=0, words="hello"))
    trace.add(Said(at=0, step=1, text="before any step"))
    assert trace.rowCount() == 0
    assert [note.words for note in trace.trajectory.notes] == ["hello"]


def test_a_new_run_begins_with_no_steps(trace, story):
    trace.add(StepStarted(at=0, step=1))
    trace.add(story.started())
    assert trace.rowCount() == 0
    assert trace.trajectory.started == story.started()


def test_clear_forgets(trace):
    trace.add(StepStarted(at=0, step=1))
    trace.clear()
    assert trace.rowCount() == 0
    with pytest.raises(IndexError):
        trace.step(0)
    assert trace.rowCount(QModelIndex()) == 0
