"""The whole loop without display or torch: a mind that says what it was told to, and hands that only write down."""

import json
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.desktop import SEE_THROUGH, Window
from actions.errors import ExecutionError
from actions.geometry import Point, Rect
from actions.look import CaptureTarget
from agent.control import Answer, Control
from agent.errors import InputError, MindLost
from agent.events import event_from_json, event_to_json
from agent.history import HistoryPolicy
from agent.intents import Limits
from agent.loop import Options, run
from agent.mind.base import MindInfo
from agent.mind.scripted import Scripted
from agent.report import write_report
from agent.store import RunFolder

EDITOR = Window(7, "Letter - Editor", "editor", Rect(10, 20, 200, 100))
FREE = Options(mode="free", capture=CaptureTarget("window", "Editor"))


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


CLICK = call(action="left_click", coordinate=[500, 500])
TYPE = call(action="type", text="ALICE")
DONE = call(action="terminate", status="success")


@pytest.fixture
def desktop():
    return dry_desktop(Image.new("RGB", (400, 300), "white"), [EDITOR])


def play(desktop, replies, options=FREE, control=None, *, store=None, on=None):
    """All events of a run; `on` meets each of them before the loop goes on."""
    mind = replies if hasattr(replies, "think") else Scripted(replies)
    control, events = control or Control(), []
    for event in run("write to Alice", control, desktop, mind, options, store):
        events.append(event)
        if on:
            on(event, control)
    return events


def kinds(events):
    return [event.kind for event in events]


def of(events, kind):
    return [event for event in events if event.kind == kind]


def paint(desktop, colour):
    desktop.screen.picture.paste(colour, (0, 0, *desktop.screen.picture.size))


# --------------------------------------------------------------------------------------------------------- a good step


def test_a_task_is_worked_on_step_by_step(desktop):
    events = play(desktop, [f"I click.\n{CLICK}", f"I type.\n{TYPE}", DONE])
    assert [event.status for event in of(events, "acted")] == ["done"] * 3
    assert [event.outcome for event in of(events, "step_finished")] == ["Done."] * 3
    assert events[-1].status == "success"
    assert ("write", "ALICE") in desktop.input.deeds
    assert of(events, "judged")[0].target == (110, 70)
    assert kinds(events)[:2] == ["run_started", "step_started"]


def test_the_parts_of_every_step_add_up_to_its_wall_time(desktop):
    for event in of(play(desktop, [CLICK, TYPE, "nonsense", DONE]), "step_finished"):
        assert sum(event.seconds.values()) >= 0.99 * event.wall


def test_what_is_read_grows_only_at_its_end(desktop):
    mind = Scripted([CLICK, CLICK, DONE])
    play(desktop, mind)
    first, second, third = (conversation.messages for conversation in mind.seen)
    assert second[: len(first)] == first
    assert third[: len(second)] == second
    assert second[-1].text == "Done.\n"


def test_a_long_run_keeps_few_pictures(desktop):
    mind = Scripted([CLICK] * 9 + [DONE])
    options = Options(mode="free", capture=FREE.capture, policy=HistoryPolicy(frames=4, fold=2))
    assert play(desktop, mind, options)[-1].status == "success"
    assert max(len(conversation.frames) for conversation in mind.seen) == 4


def test_the_record_is_what_was_yielded(desktop, tmp_path):
    store = RunFolder.create(tmp_path)
    events = play(desktop, [CLICK, DONE], store=store)
    store.close()
    assert RunFolder.read(store.path) == events
    assert all((store.path / event.file).exists() for event in of(events, "frame_taken"))
    started = events[0]
    assert (started.run, started.policy["frames"], started.mind["model"]) == (str(store.path), 8, "scripted")


@pytest.mark.parametrize("fails", [False, True])
def test_a_secret_is_in_no_file_of_the_run(desktop, keyring, tmp_path, monkeypatch, fails):
    keyring["bank"] = "Tr0ub4dor鍵"

    def write(text, stop):
        raise ExecutionError(f"No key types {text}.")

    if fails:
        monkeypatch.setattr(desktop.input, "write", write)
    store = RunFolder.create(tmp_path)
    events = play(desktop, [call(action="type", secret="bank"), DONE], store=store)
    store.close()
    write_report(store.path)
    assert [event.status for event in of(events, "acted")] == ["failed" if fails else "done", "done"]
    assert (("write", "Tr0ub4dor鍵") in desktop.input.deeds) is not fails
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert any(b"bank" in content for content in files)
    assert not any(trace in content for content in files for trace in (b"Tr0ub4dor", "鍵".encode(), b"\\u9375"))


# -------------------------------------------------------------------------------------------------- asked and answered


def test_in_watch_mode_nothing_moves_before_the_answer(desktop):
    def approve(event, control):
        if event.kind == "approval_asked":
            assert desktop.input.deeds == []
            control.answer(event.step, event.index, Answer(approved=True))

    events = play(desktop, [CLICK, DONE], Options(), on=approve)
    assert kinds(of(events, "judged") + of(events, "approval_asked")) == ["judged", "judged", "approval_asked"]
    assert ("press", "left") in desktop.input.deeds


def answering(answer):
    def on(event, control):
        if event.kind == "approval_asked":
            control.answer(event.step, event.index, answer)

    return on


ASK = call(action="ask_user", text="Which file?")


@pytest.mark.parametrize("options", [FREE, Options()], ids=["free", "watch"])
def test_a_question_of_the_model_is_put_to_the_person_and_the_answer_to_the_model(desktop, options):
    events = play(desktop, [ASK + CLICK, DONE], options, on=answering(Answer(approved=True, note="the second")))
    (asked,) = of(events, "approval_asked")
    assert (asked.words, asked.wants) == ("Which file?", "words")
    assert [event.status for event in of(events, "acted")] == ["done", "dropped", "done"]
    told = of(events, "step_finished")[0].outcome
    assert told == "The person says: the second\nOf 2 actions the first 1 done. Not done: not tried"
    assert desktop.input.deeds == []


def test_a_question_may_be_left_unanswered(desktop):
    events = play(desktop, [ASK, DONE], FREE, on=answering(Answer(approved=False)))
    assert of(events, "step_finished")[0].outcome == "Not done: the person does not answer"


def test_what_was_copied_is_told_after_a_yes_only(desktop):
    desktop.system.text = "hunter2"
    read = call(action="read_clipboard")
    for approved, told in ((False, "Not done: the person said no"), (True, "What was copied is: hunter2")):
        events = play(desktop, [read, DONE], FREE, on=answering(Answer(approved=approved)))
        assert of(events, "step_finished")[0].outcome == told


def test_a_no_is_told_to_the_model(desktop):
    def deny(event, control):
        if event.kind == "approval_asked":
            control.answer(event.step, event.index, Answer(approved=False, note="use the menu"))

    events = play(desktop, [CLICK, DONE], Options(), on=deny)
    assert of(events, "step_finished")[0].outcome == "Not done: the person said no: use the menu"
    assert desktop.input.deeds == []


def test_what_begins_at_the_pointer_does_not_begin_where_the_person_clicked_yes(desktop):
    there, yes_button = Point(110, 70), Point(390, 290)
    desktop.input.move(there)

    def approve(event, control):
        if event.kind == "approval_asked":
            desktop.input.move(yes_button)
            control.answer(event.step, event.index, Answer(approved=True))

    play(desktop, [call(action="left_click_drag", coordinate=[750, 500]), DONE], Options(), on=approve)
    assert desktop.input.deeds[1:4] == [("move", yes_button), ("move", there), ("press", "left")]


def test_an_answer_to_another_question_counts_for_nothing(desktop):
    def answer(event, control):
        if event.kind == "approval_asked":
            control.answer(event.step, event.index + 1, Answer(approved=True))
            control.answer(event.step + 1, event.index, Answer(approved=True))
            control.answer(event.step, event.index, Answer(approved=False))

    play(desktop, [CLICK, DONE], Options(), on=answer)
    assert desktop.input.deeds == []


def test_what_changed_while_the_person_thought_is_not_clicked(desktop):
    def late(event, control):
        if event.kind == "approval_asked":
            paint(desktop, "black")
            control.answer(event.step, event.index, Answer(approved=True))

    events = play(desktop, [CLICK, DONE], Options(), on=late)
    assert of(events, "acted")[0].status == "dropped"
    assert desktop.input.deeds == []


@pytest.mark.parametrize("still_there, status", [(True, "done"), (False, "dropped")])
def test_text_goes_where_the_model_saw_the_keyboard_although_the_answer_was_given_elsewhere(
    desktop, monkeypatch, still_there, status
):
    monkeypatch.setattr("agent.acting._FOCUS", 0.1)

    def answer(event, control):
        if event.kind == "approval_asked":
            desktop.windows.focused = Window(99, "Terminal", "terminal", Rect(300, 200, 50, 50))
            if not still_there:
                desktop.windows.windows.remove(EDITOR)
            control.answer(event.step, event.index, Answer(approved=True))

    events = play(desktop, [TYPE, DONE], Options(), on=answer)
    assert of(events, "acted")[0].status == status
    assert (("write", "ALICE") in desktop.input.deeds) == still_there


# --------------------------------------------------------------------------------------------------- our own windows

OURS = Window(50, "Deskhand", "deskhand", Rect(100, 60, 60, 60))


@pytest.fixture
def covered(desktop):
    """Our own window stands over the middle of the editor, and has the keyboard."""
    desktop.windows.ours.append(OURS)
    desktop.windows.focused = OURS
    return desktop


@pytest.fixture
def real_hands(monkeypatch):
    """The hands that write down are taken for real ones."""
    monkeypatch.setattr("actions.backends.dry_run.DryInput.capabilities", lambda _: frozenset())


def test_ours_gives_the_keyboard_to_the_window_that_it_was_taken_from(covered, real_hands):
    events = play(covered, [TYPE, DONE])
    assert of(events, "acted")[0].status == "done"
    assert covered.windows.focused == EDITOR
    assert ("write", "ALICE") in covered.input.deeds


def test_keys_are_refused_while_ours_keeps_the_keyboard(covered, real_hands, monkeypatch):
    monkeypatch.setattr("agent.acting._FOCUS", 0.1)
    monkeypatch.setattr(covered.windows, "activate", lambda number: None)
    events = play(covered, [TYPE, DONE])
    assert of(events, "acted")[0].status == "refused"
    assert "Deskhand's own windows has the keyboard" in of(events, "step_finished")[0].outcome
    assert covered.input.deeds == []


@pytest.mark.parametrize("sees_through", [True, False])
def test_a_place_that_ours_hides_is_refused_unless_the_eyes_see_through(covered, real_hands, monkeypatch, sees_through):
    can = frozenset({SEE_THROUGH} if sees_through else {})
    monkeypatch.setattr(covered.screen, "capabilities", lambda: can)
    first = of(play(covered, [CLICK, DONE]), "acted")[0]
    assert (first.status == "done") == sees_through
    assert ("hides that place" in first.words) != sees_through


# ------------------------------------------------------------------------------------------------ what is not done, and why


def test_what_changed_while_the_model_thought_is_not_clicked(desktop):
    def change(event, control):
        if event.kind == "replied" and event.step == 1:
            paint(desktop, "black")

    events = play(desktop, [CLICK, CLICK, DONE], on=change)
    assert [event.status for event in of(events, "acted")] == ["dropped", "done", "done"]
    assert "look again" in of(events, "step_finished")[0].outcome


def test_what_changed_while_the_verdict_was_told_is_not_clicked(desktop):
    events = play(
        desktop, [CLICK, DONE], on=lambda event, _: paint(desktop, "black") if event.kind == "judged" else None
    )
    assert [event.status for event in of(events, "acted")] == ["dropped", "done"]
    assert desktop.input.deeds == []


def test_after_one_action_fails_the_rest_of_the_reply_is_dropped(desktop):
    outside = call(action="key", keys=["alt", "f4"])
    events = play(desktop, [CLICK + outside + TYPE, DONE])
    assert [event.status for event in of(events, "acted")] == ["done", "refused", "dropped", "done"]
    assert of(events, "step_finished")[0].outcome.startswith("Of 3 actions the first 1 done. Not done: ")
    assert not [deed for deed in desktop.input.deeds if deed[0] == "write"]


def test_several_actions_are_done_in_order_and_the_end_ends(desktop):
    events = play(desktop, [CLICK + TYPE + DONE + CLICK])
    assert [event.status for event in of(events, "acted")] == ["done", "done", "done", "dropped"]
    assert events[-1].status == "success"


def test_in_free_mode_another_window_is_out_of_bounds(desktop):
    desktop.windows.windows.insert(0, Window(9, "Bank", "browser", Rect(100, 60, 60, 60)))
    events = play(desktop, [CLICK, DONE])
    assert of(events, "judged")[0].verdict == "refuse"
    assert desktop.input.deeds == []


def test_free_mode_needs_a_named_window():
    with pytest.raises(InputError, match="name the window"):
        Options(mode="free")


@pytest.mark.parametrize("reply", ["I am lost.", "<tool_call>{", call(action="fly"), "", "\ud83d"])
def test_a_reply_that_means_nothing_goes_back_to_the_model(desktop, reply):
    mind = Scripted([reply, DONE])
    events = play(desktop, mind)
    told = of(events, "step_finished")[0].outcome
    assert told.startswith("Not done: ")
    assert mind.seen[1].messages[-1].text == told + "\n"
    assert events[-1].status == "success"


def test_three_of_them_in_a_row_end_the_run(desktop):
    events = play(desktop, ["a", "b", CLICK, "c", "d", "e", DONE])
    assert events[-1].status == "error"
    assert events[-1].steps == 6


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(max_size=60) | st.text(max_size=40).map(lambda text: call(action="answer", text=text)), max_size=4)
)
def test_whatever_is_said_the_run_ends_and_can_be_recorded(desktop, replies):
    events = play(desktop, replies)
    assert events[-1].kind == "run_finished"
    assert [event_from_json(event_to_json(event)) for event in events] == events
    assert desktop.input.deeds == []


# --------------------------------------------------------------------------------------------------------------- endings


@pytest.mark.parametrize(
    "last, status, words",
    [
        (DONE, "success", "done"),
        (call(action="terminate", status="failure"), "failure", "cannot"),
        (call(action="answer", text="42"), "answered", "42"),
    ],
)
def test_the_model_ends_it(desktop, last, status, words):
    ended = play(desktop, [last])[-1]
    assert ended.status == status
    assert words in ended.words


def test_limits_end_it(desktop):
    options = Options(mode="free", capture=FREE.capture, limits=Limits(steps=2))
    assert play(desktop, [CLICK] * 5, options)[-1].status == "limit"
    options = Options(mode="free", capture=FREE.capture, limits=Limits(seconds=0.2))
    ended = play(desktop, Scripted(["x" * 100_000], delay=0.01), options)[-1]
    assert (ended.status, ended.steps) == ("limit", 1)


def test_a_window_that_is_not_there_ends_it_with_a_sentence(desktop):
    ended = play(desktop, [DONE], Options(mode="free", capture=CaptureTarget("window", "Nothing")))[-1]
    assert ended.status == "error"
    assert "Letter - Editor" in ended.words


@pytest.mark.parametrize("kind", ["run_started", "step_started", "frame_taken", "said", "replied", "judged", "acted"])
def test_stop_ends_it_at_any_moment(desktop, kind):
    def stop(event, control):
        if event.kind == kind:
            control.stop()

    events = play(desktop, [CLICK] * 3, on=stop)
    assert events[-1].status == "stopped"
    assert kinds(events)[-3 if of(events, "step_started") else -2] == "state_changed"
    assert len(of(events, "step_started")) == len(of(events, "step_finished"))


def test_stop_while_the_person_is_asked(desktop):
    events = play(desktop, [CLICK], Options(), on=lambda event, c: c.stop() if event.kind == "approval_asked" else None)
    assert events[-1].status == "stopped"
    assert desktop.input.deeds == []


def test_whoever_stops_listening_leaves_nothing_held(desktop):
    events = run("x", Control(), desktop, Scripted([CLICK]), FREE)
    next(events)
    desktop.input.press("left")
    events.close()
    assert desktop.input.held == []


def test_a_record_that_cannot_be_written_ends_the_run(desktop, tmp_path):
    store = RunFolder.create(tmp_path)
    events = play(
        desktop, [CLICK, DONE], store=store, on=lambda event, _: store.close() if event.kind == "judged" else None
    )
    assert events[-1].status == "error"
    assert "closed" in events[-1].words
    assert len(of(events, "run_finished")) == 1


# -------------------------------------------------------------------------------------------------- held, and taken over


def test_taken_over_it_waits_and_then_looks_again(desktop):
    def take_over(event, control):
        if event.kind == "replied" and event.step == 1:
            control.take_over()
        if event.kind == "state_changed" and event.state == "taken_over":
            paint(desktop, "gray")
            control.resume()

    events = play(desktop, [CLICK, CLICK, DONE], on=take_over)
    assert [event.status for event in of(events, "acted")] == ["dropped", "done", "done"]
    assert [event.state for event in of(events, "state_changed")] == ["taken_over", "running"]
    frames = of(events, "frame_taken")
    assert frames[0].digest != frames[1].digest


@pytest.mark.parametrize("distance, first", [(4, "done"), (5, "dropped")])
@pytest.mark.parametrize("reply", [CLICK, TYPE], ids=["mouse", "keyboard"])
def test_a_mouse_that_the_person_moves_meanwhile_makes_it_look_again(desktop, distance, first, reply):
    desktop.input.move(Point(300, 200))

    def use(event, control):
        if event.kind == "replied" and event.step == 1:
            desktop.input.move(Point(300 + distance, 200))

    events = play(desktop, [reply, reply, DONE], on=use)
    assert [event.status for event in of(events, "acted")] == [first, "done", "done"]
    moved = "Not done: the person moved the mouse meanwhile; look again"
    assert (of(events, "step_finished")[0].outcome == moved) == (first == "dropped")


def jolting(desktop, steps, *, resume=True):
    """Moves the mouse in these steps while the model thinks, and goes on when the run was taken over."""

    def use(event, control):
        if event.kind == "replied" and event.step in steps:
            desktop.input.move(desktop.input.position().moved(20, 0))
        if resume and event.kind == "state_changed" and event.state == "taken_over":
            control.resume()

    return use


def test_a_mouse_that_is_moved_twice_in_a_row_takes_over_until_the_person_goes_on(desktop):
    events = play(desktop, [CLICK] * 3 + [DONE], on=jolting(desktop, (1, 2)))
    assert [event.status for event in of(events, "acted")] == ["dropped", "dropped", "done", "done"]
    assert [event.state for event in of(events, "state_changed")] == ["taken_over", "running"]
    told = [event.outcome for event in of(events, "step_finished")]
    assert "moved the mouse" in told[0]
    assert "used the computer" in told[1]


def test_a_mouse_that_rests_in_between_does_not_take_over(desktop):
    events = play(desktop, [CLICK] * 4 + [DONE], on=jolting(desktop, (1, 3)))
    assert [event.status for event in of(events, "acted")] == ["dropped", "done", "dropped", "done", "done"]
    assert not of(events, "state_changed")


def test_stop_ends_a_run_that_was_taken_over_with_the_mouse(desktop):
    def stop(event, control):
        jolting(desktop, (1, 2), resume=False)(event, control)
        if event.kind == "state_changed" and event.state == "taken_over":
            control.stop()

    assert play(desktop, [CLICK] * 3 + [DONE], on=stop)[-1].status == "stopped"


def test_whoever_is_asked_may_move_the_mouse(desktop):
    def use(event, control):
        if event.kind == "replied":
            desktop.input.move(Point(300, 200))
        if event.kind == "approval_asked":
            control.answer(event.step, event.index, Answer(approved=True))

    events = play(desktop, [CLICK, DONE], Options(), on=use)
    assert [event.status for event in of(events, "acted")] == ["done", "done"]


@pytest.mark.parametrize("how", ["resumed later", "told in a terminal"])
def test_waiting_for_whoever_took_over_is_no_work(desktop, how):
    later = []

    def slowly(event, control):
        jolting(desktop, (1, 2), resume=False)(event, control)
        if event.kind == "state_changed" and event.state == "taken_over":
            if how == "told in a terminal":
                time.sleep(1.6)
                control.resume()
            else:
                later.append(threading.Timer(1.6, control.resume))
                later[-1].start()

    options = Options(mode="free", capture=FREE.capture, limits=Limits(seconds=1.5))
    events = play(desktop, [CLICK] * 3 + [DONE], options, on=slowly)
    for timer in later:
        timer.join()
    assert events[-1].status == "success"
    assert sum(event.seconds["wait"] for event in of(events, "step_finished")) >= 1.5


@pytest.mark.parametrize("kind", ["approval_asked", "replied"], ids=["asked", "paused"])
def test_waiting_for_the_person_is_no_work(desktop, kind):
    later = []

    def slowly(event, control):
        answer = Answer(approved=True)
        if event.kind == "state_changed" and event.state == "paused":
            later.append(threading.Timer(1.6, control.resume))
            later[-1].start()
        elif event.kind == kind == "approval_asked":
            later.append(threading.Timer(1.6, control.answer, (event.step, event.index, answer)))
            later[-1].start()
        elif event.kind == "approval_asked":
            control.answer(event.step, event.index, answer)
        elif event.kind == kind and event.step == 1:
            control.pause()

    events = play(desktop, [CLICK, DONE], Options(limits=Limits(seconds=1.5)), on=slowly)
    for timer in later:
        timer.join()
    assert len(later) == 1
    assert events[-1].status == "success"


def test_paused_it_waits_and_then_goes_on(desktop):
    def pause(event, control):
        if event.kind == "replied" and event.step == 1:
            control.pause()
        if event.kind == "state_changed" and event.state == "paused":
            control.resume()

    events = play(desktop, [CLICK, DONE], on=pause)
    assert [event.status for event in of(events, "acted")] == ["done", "done"]


# ---------------------------------------------------------------------------------------------------------- a lost mind


class Failing(Scripted):
    """Loses itself as often as it was told, each time in the middle of its reply."""

    def __init__(self, replies, losses):
        super().__init__(replies)
        self.losses = losses

    def info(self, cancelled):
        return MindInfo("failing")

    def think(self, conversation, options, cancelled):
        if self.losses:
            self.losses -= 1
            raise MindLost("signal 9")
        yield from super().think(conversation, options, cancelled)


def test_a_lost_mind_is_started_again_and_the_step_goes_on(desktop):
    events = play(desktop, Failing([CLICK, DONE], losses=2))
    assert [event.level for event in of(events, "noted")] == ["warning"] * 2
    assert "starting it again" in of(events, "noted")[0].words
    assert (events[-1].status, events[-1].steps) == ("success", 2)


def test_a_mind_that_is_lost_again_and_again_ends_the_run(desktop):
    events = play(desktop, Failing([CLICK], losses=3))
    assert events[-1].status == "error"
    assert "signal 9" in events[-1].words
