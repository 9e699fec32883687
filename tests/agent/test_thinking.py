"""How a step comes to its reply: a turn that repeats itself is asked for once more, as Qwen publishes it."""

import pytest
from PIL import Image

from actions.backends.dry_run import dry_desktop
from actions.look import CaptureTarget
from agent.commands.terminal import Terminal
from agent.events import FrameTaken, Noted, Said
from agent.history import HistoryPolicy
from agent.mind.base import MindInfo, Piece, Reply, ThinkOptions
from agent.mind.qwen import Qwen
from agent.mind.sampling import sampled
from agent.mind.tiny import build_tiny
from agent.step import gather
from agent.stopwatch import Stopwatch
from agent.thinking import REPEATED, Thinker

GREEDY = ThinkOptions(max_new_tokens=100)


class Turns:
    """Ends its turns as it was told, and keeps how it was to decode them."""

    def __init__(self, *turns, thinks=False):
        self.turns, self.thinks, self.asked = list(turns), thinks, []

    def info(self, cancelled):
        return MindInfo("turns", thinks=self.thinks)

    def think(self, conversation, options, cancelled):
        self.asked.append((conversation, options))
        text, stop = self.turns.pop(0)
        yield Piece(text)
        yield Reply(text, None, stop)

    def close(self):
        """There is nothing to let go of."""


@pytest.fixture(scope="module", params=["dense", "moe"])
def humming(tmp_path_factory, request):
    """A tiny checkpoint that says one letter over and over when it is greedy."""
    from safetensors.torch import load_file, save_file

    folder = build_tiny(tmp_path_factory.mktemp("humming") / "model", kind=request.param)
    weights = load_file(folder / "model.safetensors")
    # All tokens are as likely, so that the first is the best.
    weights["lm_head.weight"].zero_()
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    return folder


def step_of(mind, options=GREEDY):
    """The events of one step and its reply."""
    desktop = dry_desktop(Image.new("RGB", (96, 64), "white"), [])
    thinker = Thinker("hum", desktop, mind, CaptureTarget(), HistoryPolicy(), options, None)
    never, events = (lambda: False), []

    def kept(generator):
        while True:
            try:
                events.append(next(generator))
            except StopIteration as end:
                return end.value

    kept(thinker.wake(never))
    _, reply = kept(thinker.next_reply(1, Stopwatch(), never))
    return events, reply


@pytest.mark.parametrize("thinks", [False, True])
def test_a_turn_that_repeats_itself_is_drawn_once_more(thinks):
    mind = Turns(("la la", "repeated"), ("Press it.", "end"), thinks=thinks)
    events, reply = step_of(mind)
    assert reply.text == "Press it."
    (first, greedy), (second, drawn) = mind.asked
    assert first == second
    assert (greedy, drawn) == (GREEDY, sampled(GREEDY, thinks))
    assert [event.words for event in events if isinstance(event, Noted)] == [REPEATED]


def test_it_is_asked_again_only_once():
    mind = Turns(("la la", "repeated"), ("lo lo", "repeated"), ("never", "end"))
    _, reply = step_of(mind)
    assert (reply.text, reply.stop, len(mind.turns)) == ("lo lo", "repeated", 1)


@pytest.mark.parametrize("stop", ["call", "end", "length", "cancelled"])
def test_other_turns_are_not_asked_for_again(stop):
    _, reply = step_of(Turns(("x", stop)))
    assert reply.stop == stop


def test_the_words_of_the_two_turns_are_not_joined(capsys):
    from agent.events import StepStarted

    events, _ = step_of(Turns(("la la", "repeated"), ("Press it.", "end")))
    frames = [event for event in events if isinstance(event, FrameTaken)]
    assert frames[0].model_copy(update={"at": 0}) == frames[1].model_copy(update={"at": 0})
    started = StepStarted(at=0, step=1)
    assert gather([started, *events]).steps[0].said == "Press it."
    terminal = Terminal()
    for event in (started, *events):
        terminal.show(event)
    assert capsys.readouterr().out == f"\nStep 1: la la\n  ! {REPEATED}\nPress it."


def test_a_model_that_hums_speaks_when_it_is_drawn(humming):
    events, reply = step_of(Qwen(str(humming)))
    said = [event.text for event in events if isinstance(event, Said)]
    assert [event.words for event in events if isinstance(event, Noted)] == [REPEATED]
    assert len(set(said[0])) == 1
    assert reply.stop != "repeated"
    assert len(set(reply.ids)) > 15
