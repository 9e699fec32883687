from agent.events import FrameTaken, Replied, RunFinished, Said, StepFinished, StepStarted, event_from_json
from agent.step import gather, without_markup

LOOK = FrameTaken(at=1.0, step=1, digest="d", view=(0, 0, 4, 4))


def said(text):
    return Said(at=1.0, step=1, text=text)


def test_a_run_is_gathered_by_step():
    replied = Replied(
        at=2.0,
        step=1,
        text="Hello.",
        ids=[1],
        stop="end",
        prompt_tokens=3,
        cached_tokens=0,
        thought="Hello.",
        actions=[],
    )
    finished = StepFinished(at=3.0, step=1, outcome="Done.", seconds={}, wall=2.0)
    over = RunFinished(at=4.0, status="success", words="", steps=1)
    run = gather([StepStarted(at=0.0, step=1), LOOK, said("Hel"), said("lo."), replied, finished, over])
    assert [step.said for step in run.steps] == ["Hello."]
    assert run.steps[0].finished is finished
    assert run.finished is over


def test_a_step_that_is_thought_again_forgets_the_lost_words():
    run = gather([StepStarted(at=0.0, step=1), LOOK, said("I was about to"), LOOK, said("Press it.")])
    assert run.steps[0].said == "Press it."


def test_what_comes_before_any_step_is_no_error():
    assert gather([LOOK]).steps == []


def test_a_thought_streams_apart_and_older_records_have_none():
    old = event_from_json('{"v": 1, "at": 1, "kind": "said", "step": 1, "text": "Press it."}')
    thought = Said(at=1.0, step=1, text="Well.", thought=True)
    step = gather([StepStarted(at=0.0, step=1), LOOK, thought, old]).steps[0]
    assert (step.mused, step.said) == ("Well.", "Press it.")


def test_markup_is_taken_out_at_every_length():
    whole = '<think>\nI see.</think>\n<tool_call>\n{"name": "computer_use"}\n</tool_call>'
    assert without_markup(whole) == "I see."
    assert all("<" not in without_markup(whole[:end]) for end in range(len(whole) + 1))
    assert without_markup("1 < 2 and 3 > 2") == "1 < 2 and 3 > 2"
