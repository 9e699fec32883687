import pytest

from app.practice.state import Event, State


@pytest.mark.parametrize(
    "event, status",
    [
        (Event("pressed", "Save"), "Pressed Save"),
        (Event("ticked", "Ozo"), "Ticked Ozo"),
        (Event("unticked", "Ozo"), "Unticked Ozo"),
        (Event("chose", "Milk"), "Chose Milk"),
        (Event("opened", "File"), "Opened File"),
        (Event("closed", "File"), "Closed File"),
        (Event("picked", "Export", "File"), "Picked Export"),
        (Event("entered", "Name"), "In Name"),
        (Event("typed", "Name", "ALICE"), "Typed ALICE"),
        (Event("typed", "Name", ""), "Emptied Name"),
    ],
)
def test_the_status_line_says_what_happened(event, status):
    state = State()
    assert state.status == "Ready"
    state.apply(event)
    assert state.status == status


def test_contents_follow_the_events():
    state = State()
    for event in (
        Event("ticked", "Ozo"),
        Event("ticked", "Abe"),
        Event("unticked", "Abe"),
        Event("chose", "Milk"),
        Event("chose", "Tea"),
        Event("entered", "Name"),
        Event("typed", "Name", "A"),
        Event("typed", "Name", "AL"),
        Event("opened", "File"),
        Event("closed", "File"),
        Event("picked", "Export", "File"),
        Event("pressed", "Save"),
    ):
        state.apply(event)
    assert (state.ticked, state.chosen, state.texts) == ({"Ozo"}, "Tea", {"Name": "AL"})
    assert (state.pressed, state.picked) == (["Save"], [("File", "Export")])
    assert (state.focused, state.open_menu) == ("Name", None)
