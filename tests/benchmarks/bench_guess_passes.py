"""How often the embedded model is asked, and how long all asking takes, with guesses at what follows and without.

It thinks at every picture of freshly dealt practice tasks, played as they should be; both ways say the same tokens. The
first pass over each picture, which is the same for both, is not counted.
"""

import time
from dataclasses import replace
from itertools import islice

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.base import ThinkOptions, never
from agent.mind.examine import prove
from agent.mind.guess import Worth
from agent.mind.qwen import Qwen
from agent.prompt import PastStep, prompt
from agent.train.nano.stream import Stream, generator

SEED, EPISODES = 11, 60


class Without(Worth):
    """Guesses nothing."""

    def pays(self):
        """Not at all."""
        return False


def conversations():
    """At every picture the conversation up to it, with the embedded model's own words as the past."""
    with Stream(generator("episode", SEED)) as records:
        for record in islice(records, EPISODES):
            height, width = record.frames.shape[1:3]
            yield (
                record.header.task,
                [
                    frame_from_rgb(record.frames[turn.frame].tobytes(), Rect(0, 0, width, height), 0.0)
                    for turn in record.header.turns
                ],
                [turn.outcome for turn in record.header.turns],
            )


class Counted:
    """A session's passes, counted and timed."""

    def __init__(self, session):
        self.passes, self.seconds = 0, 0.0
        self._session, self._say = session, type(session).say_ahead

    def __call__(self, tokens, guess):
        started = time.process_time()
        scores = self._say(self._session, tokens, guess)
        self.passes, self.seconds = self.passes + 1, self.seconds + time.process_time() - started
        return scores


def rows():
    """Two rows."""
    guessing, plain = Qwen("nano"), Qwen("nano")
    prove(guessing)
    loaded = guessing.loaded()
    plain._loaded = replace(loaded, worth=Without())
    counts = {mind: Counted(loaded.session) for mind in (guessing, plain)}
    for task, frames, outcomes in conversations():
        said = {mind: [] for mind in counts}
        for mind, past in said.items():
            loaded.session.forget()
            loaded.session.say_ahead = counts[mind]
            for frame, outcome in zip(frames, outcomes, strict=True):
                *_, reply = mind.think(prompt(task, past, frame), ThinkOptions(), never)
                past.append(PastStep(frame, reply.text, reply.ids, outcome))
        assert [step.ids for step in said[guessing]] == [step.ids for step in said[plain]], (
            "a guess changed what is said"
        )
    ours, baseline = counts.values()
    yield {
        "name": "guess_passes",
        "value": round(ours.passes / baseline.passes, 3),
        "unit": "passes with guesses ÷ without",
        "baseline": f"{baseline.passes} passes, one for every choice",
        "goal": 0.8,
        "better": "lower",
    }
    yield {
        "name": "guess_seconds",
        "value": round(ours.seconds / baseline.seconds, 3),
        "unit": "processor time of passes with guesses ÷ without",
        "baseline": f"{baseline.seconds:.1f} s",
        "goal": 1.0,
        "better": "lower",
    }
