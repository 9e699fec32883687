"""The mind that says what it was told to say."""

import itertools

import pytest

from agent.errors import InputError, ModelError
from agent.mind.base import Piece, Reply, ThinkOptions
from agent.mind.scripted import Scripted, read_script
from agent.prompt import prompt

REPLIES = ['Press Save.\n<tool_call>\n{"name": "computer_use"}\n</tool_call>', "That is all."]


def think(mind, conversation, cancelled=lambda: False):
    *pieces, reply = mind.think(conversation, ThinkOptions(), cancelled)
    assert isinstance(reply, Reply)
    assert "".join(piece.text for piece in pieces) == reply.text
    return pieces, reply


def test_it_says_its_replies_in_order_and_remembers_what_it_saw(picture):
    mind, conversations = Scripted(REPLIES), [prompt("a", [], picture(1)), prompt("b", [], picture(2))]
    replies = [think(mind, conversation)[1] for conversation in conversations]
    assert [reply.text for reply in replies] == REPLIES
    assert [reply.stop for reply in replies] == ["call", "end"]
    assert mind.seen == conversations
    assert mind.info().model == "scripted"
    mind.close()


def test_it_speaks_in_pieces_and_can_be_interrupted(picture):
    pieces, _ = think(Scripted(REPLIES), prompt("a", [], picture(1)))
    assert len(pieces) > 3
    assert isinstance(pieces[0], Piece)
    asked = itertools.count()
    pieces, reply = think(Scripted(REPLIES), prompt("a", [], picture(1)), lambda: next(asked) >= 2)
    assert (len(pieces), reply.stop) == (2, "cancelled")


def test_a_script_that_is_too_short_says_so(picture):
    mind = Scripted([])
    with pytest.raises(ModelError, match="only 0 replies"):
        think(mind, prompt("a", [], picture(1)))


@pytest.mark.parametrize("text", ['["one", "two\\n"]', '"one"\n\n"two\\n"\n'])
def test_a_script_is_a_list_or_one_text_a_line(tmp_path, text):
    (tmp_path / "script.json").write_text(text)
    assert read_script(tmp_path / "script.json") == ["one", "two\n"]


@pytest.mark.parametrize("text", ["[1]", "no", '{"a": 1}', '["open'])
def test_other_scripts_are_refused_in_one_sentence(tmp_path, text):
    (tmp_path / "script.json").write_text(text)
    for path in (tmp_path / "script.json", tmp_path / "none.json", tmp_path):
        with pytest.raises(InputError, match="the script"):
            read_script(path)
