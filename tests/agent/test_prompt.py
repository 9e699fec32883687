"""What the model is asked: append-only, folded in chunks, or rewritten as the cookbooks do."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from actions.schema import computer_use
from agent.history import HistoryPolicy
from agent.prompt import CloserLook, PastStep, prompt, prompt_closer, system_text

REWRITE = HistoryPolicy(kind="rewrite")


def frame(number):
    return frame_from_rgb(bytes([number % 256, number // 256, 0]), Rect(0, 0, 1, 1), 0.0)


def past(count):
    return [PastStep(frame(n), f"Say {n}.\n<call>", (n, n + 1), f"Done {n}.") for n in range(count)]


def asked(count, policy=None):
    return prompt("Do it.", past(count), frame(count), policy)


@pytest.mark.parametrize(
    "units, words", [("grid", "0 to 1000"), ("pixel", "in pixels of the picture"), ("unit", "0 to 1 in")]
)
def test_a_model_is_told_to_write_places_as_it_does(units, words):
    (tool,) = prompt("Do it.", [], frame(0), units=units).tools
    assert words in tool["function"]["description"]


policies = st.integers(2, 9).flatmap(
    lambda frames: st.builds(HistoryPolicy, frames=st.just(frames), fold=st.integers(1, frames - 1), told=st.just(40))
)


def test_the_first_question_holds_the_task_and_what_the_screen_shows():
    conversation = asked(0)
    system, user = conversation.messages
    assert (system.role, system.text) == ("system", system_text())
    assert (user.role, user.text, user.frames) == ("user", "Do it.\n", (frame(0),))
    assert conversation.tools == (computer_use(),)


def test_a_model_is_told_of_the_actions_that_it_wants():
    plain, all_of_them = (prompt("Do it.", (), frame(0), offer=offer).tools[0] for offer in ("published", "all"))
    names = [tool["function"]["parameters"]["properties"]["action"]["enum"] for tool in (plain, all_of_them)]
    assert names[1][: len(names[0])] == names[0]
    assert {"ask_user", "open_app", "focus_app", "read_clipboard", "hold_key"} <= set(names[1]) - set(names[0])
    assert "path" not in plain["function"]["parameters"]["properties"]


def test_each_step_adds_what_was_said_and_what_came_of_it():
    _, user, said, result = asked(1).messages
    assert user.frames == (frame(0),)
    assert (said.role, said.text, said.ids) == ("assistant", "Say 0.\n<call>", (0, 1))
    assert (result.role, result.text, result.frames) == ("tool", "Done 0.\n", (frame(1),))


@given(policy=policies, steps=st.integers(0, 30))
def test_a_question_begins_with_the_one_before_unless_it_folds(policy, steps):
    before, after = asked(steps, policy).messages, asked(steps + 1, policy).messages
    folds = policy.folded(steps + 1) != policy.folded(steps)
    assert (after[: len(before)] == before) is not folds


@given(policy=policies, steps=st.integers(0, 30))
def test_nothing_is_lost_and_the_newest_picture_is_last(policy, steps):
    conversation = asked(steps, policy)
    folded = policy.folded(steps)
    assert 1 <= len(conversation.frames) <= policy.frames
    assert conversation.frames == tuple(frame(n) for n in range(folded, steps + 1))
    assert conversation.messages[-1].frames == (frame(steps),)
    text = "".join(message.text for message in conversation.messages[1:])
    assert [n for n in range(steps) if f"Say {n}." in text and f"Done {n}." in text] == list(range(steps))


def test_folded_steps_are_one_line_each():
    text = asked(5, HistoryPolicy(frames=4, fold=2)).messages[1].text
    assert text == "Do it.\nSteps so far:\n1. Say 0. <call> (Done 0.)\n2. Say 1. <call> (Done 1.)\n"


def folded(said, outcome):
    step = PastStep(frame(0), said, None, outcome)
    text = prompt("Do it.", [step, *past(3)], frame(9), HistoryPolicy(frames=4, fold=1)).messages[1].text
    return text.removeprefix("Do it.\nSteps so far:\n").removesuffix("\n")


def test_a_folded_step_is_short_whatever_it_said():
    call = '<tool_call>\n{"name": "computer_use"}\n</tool_call>'
    assert folded(f"Hm. <tool_call>?\n</think>\n\nPress it.\n{call}", "Done.") == (
        f"1. Press it. {' '.join(call.split())} (Done.)"
    )
    assert folded(call, "") == f"1. {' '.join(call.split())} ()"
    long = folded("a" * 999 + "<tool_call>" + "b" * 9999, "c" * 999)
    assert len(long) < 700
    assert long.count("…") == 3


@given(policy=policies, told=st.integers(2, 9), steps=st.integers(0, 60))
def test_the_oldest_steps_are_only_counted(policy, told, steps):
    policy = replace(policy, told=told)
    text = asked(steps, policy).messages[1].text
    lines = text.split("\n")[2:-1]
    folded, untold = policy.folded(steps), policy.untold(policy.folded(steps))
    assert 0 <= untold <= max(0, folded - 1)
    assert [line for line in lines if "Say" in line] == [
        f"{n + 1}. Say {n}. <call> (Done {n}.)" for n in range(untold, folded)
    ]
    assert folded - untold <= told
    counted = [line for line in lines if "Say" not in line]
    assert counted == ([] if untold == 0 else ["1. … (one step)"] if untold == 1 else [f"1. … ({untold} steps)"])


@pytest.mark.parametrize("steps", [0, 1, 12])
def test_the_rewritten_question_is_one_turn_with_one_picture(steps):
    system, user = asked(steps, REWRITE).messages
    assert system == asked(0).messages[0]
    assert user.frames == (frame(steps),)
    assert user.text.count("\n") == (steps + 2 if steps else 1)
    assert f"{steps}. Say {steps - 1}." in user.text or steps == 0


def test_nothing_in_the_fixed_part_changes_from_run_to_run():
    assert asked(0).messages[0] == asked(7).messages[0]
    assert not any(character.isdigit() for character in system_text())


# ------------------------------------------------------------------------------------------------------------ two looks

TWICE = replace(past(1)[0], closer=CloserLook(frame(500), "Say it there.", (8, 9)))


def test_a_step_of_two_looks_is_read_again_as_it_was_read():
    conversation = prompt("Do it.", [TWICE], frame(1))
    closer = prompt_closer(prompt("Do it.", [], frame(0)), TWICE.said, TWICE.ids, frame(500))
    assert conversation.messages[: len(closer.messages)] == closer.messages
    assert conversation.tools == closer.tools
    second, result = conversation.messages[len(closer.messages) :]
    assert (second.text, second.ids, result.text, result.frames) == ("Say it there.", (8, 9), "Done 0.\n", (frame(1),))


@pytest.mark.parametrize("policy", [REWRITE, HistoryPolicy(frames=2, fold=1)])
def test_what_is_told_of_two_looks_is_the_call_on_the_whole(policy):
    conversation = prompt("Do it.", [TWICE, *past(2)], frame(3), policy)
    text = "".join(message.text for message in conversation.messages)
    assert "1. Say 0." in text
    assert "there" not in text.removeprefix(system_text())
    assert frame(500) not in conversation.frames
