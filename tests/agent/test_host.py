"""What stays between runs and what a run leaves, on a desktop where nothing is done."""

import json
import stat

import pytest

from actions.geometry import Rect
from actions.look import CaptureTarget
from agent.control import Control
from agent.errors import InputError
from agent.host import Host, options_of, target_of
from agent.intents import Capture, Limits, StartRun
from agent.store import RunFolder

DONE = '<tool_call>\n{"name": "computer_use", "arguments": {"action": "terminate", "status": "success"}}\n</tool_call>'


@pytest.fixture
def host(tmp_path, monkeypatch):
    monkeypatch.setenv("DESKHAND_HOME", str(tmp_path / "home"))
    host = Host(lambda: None)
    yield host
    host.close()
    host.close()


@pytest.fixture
def start(tmp_path):
    def make(*replies, **options):
        (tmp_path / "script.json").write_text(json.dumps(replies))
        return StartRun(task="end it", dry_run=True, **{"model": f"scripted:{tmp_path / 'script.json'}", **options})

    return make


def runs(tmp_path):
    return sorted((tmp_path / "home" / "runs").glob("*"))


def test_a_run_leaves_its_events_and_a_report_for_the_person_alone(host, start, tmp_path):
    events = list(host.run(start(DONE), Control()))
    (folder,) = runs(tmp_path)
    assert events == RunFolder.read(folder)
    assert events[0].run == str(folder)
    assert events[-1].status == "success"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_report_is_there_when_the_run_is_said_to_be_over(host, start, tmp_path):
    for event in host.run(start(DONE), Control()):
        reports = [folder / "report.html" for folder in runs(tmp_path)]
        assert [report.exists() for report in reports] == [event.kind == "run_finished"]


def test_one_run_follows_another_each_with_its_own_script_and_folder(host, start, tmp_path):
    for replies in ([DONE], ["hm", DONE]):
        *_, last = host.run(start(*replies), Control())
        assert (last.status, last.steps) == ("success", len(replies))
    assert len(runs(tmp_path)) == 2


@pytest.mark.parametrize(
    "options, words",
    [
        ({"model": "scripted:/no/such/file"}, "/no/such/file"),
        ({"mode": "free"}, "Free mode works inside one window only"),
    ],
)
def test_what_cannot_be_used_is_the_only_event_and_leaves_no_folder(host, start, tmp_path, options, words):
    (only,) = host.run(start(DONE, **options), Control())
    assert only.never_began
    assert words in only.words
    assert runs(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_said(host, start, tmp_path):
    (tmp_path / "home").write_text("a file")
    (only,) = host.run(start(DONE), Control())
    assert only.never_began
    assert "DESKHAND_HOME" in only.words


def test_a_run_that_was_stopped_before_loads_no_model(host, start, tmp_path):
    control = Control()
    control.stop()
    events = list(host.run(start(DONE, model=str(tmp_path / "no model")), control))
    assert [event.kind for event in events] == ["run_started", "state_changed", "run_finished"]
    assert events[-1].status == "stopped"
    assert RunFolder.read(runs(tmp_path)[0]) == events


def test_an_intent_says_how_the_loop_works():
    intent = StartRun(
        task="x", mode="free", capture=Capture(kind="window", name="Desk"), limits=Limits(steps=3), history="rewrite"
    )
    options = options_of(intent)
    assert (options.mode, options.limits.steps, options.policy.kind) == ("free", 3, "rewrite")
    assert options.capture == CaptureTarget("window", "Desk")
    with pytest.raises(InputError):
        options_of(intent.model_copy(update={"capture": Capture()}))


def test_a_region_is_left_top_width_height():
    assert target_of(Capture(kind="region", region=(1, 2, 3, 4))) == CaptureTarget("region", "", Rect(1, 2, 3, 4))
