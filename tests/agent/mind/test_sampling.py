"""The published sampling changes how is drawn, and nothing else."""

from dataclasses import replace

import pytest

from agent.mind.base import ThinkOptions
from agent.mind.sampling import sampled


@pytest.mark.parametrize("thinks, expected", [(False, (0.7, 0.8, 20, 1.5)), (True, (0.6, 0.95, 20, 0.0))])
def test_a_turn_is_sampled_as_is_published(thinks, expected):
    options = ThinkOptions(max_new_tokens=7, max_thought_tokens=8, stop_at_call=False, grammar=False)
    drawn = sampled(options, thinks)
    assert (drawn.temperature, drawn.top_p, drawn.top_k, drawn.presence_penalty) == expected
    greedy = replace(drawn, temperature=0.0, top_p=options.top_p, top_k=options.top_k, presence_penalty=0.0)
    assert greedy == options
