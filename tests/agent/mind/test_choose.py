"""From the name of a model to a mind; nothing is loaded on the way."""

import pytest

from agent.errors import InputError
from agent.mind.choose import open_mind
from agent.mind.client import MindClient
from agent.mind.scripted import Scripted


def test_a_script_is_said_in_this_process(tmp_path):
    (tmp_path / "s.json").write_text('["hello"]')
    assert isinstance(open_mind(f"scripted:{tmp_path / 's.json'}"), Scripted)
    with pytest.raises(InputError):
        open_mind(f"scripted:{tmp_path / 'none.json'}")


@pytest.mark.parametrize("model", ["nano", "some/folder", "Qwen/Qwen3-VL-4B-Instruct"])
def test_a_model_gets_a_process_when_it_is_first_asked(model):
    mind = open_mind(model)
    assert isinstance(mind, MindClient)
    assert mind.process_id is None
    mind.close()
