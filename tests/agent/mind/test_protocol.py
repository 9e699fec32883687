"""Lines between runner and mind say the same at both ends."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.geometry import Coordinates, Size
from agent.conversation import Conversation, Message, TextPart
from agent.errors import MindLost, ModelError, OutOfMemory, ProtocolError
from agent.mind import protocol
from agent.mind.base import Examination, MindInfo, Reply, ThinkOptions
from agent.prompt import prompt

INFO = MindInfo(
    "m", "r", "cpu", "float32", "sdpa", "because", {"kind": "window", "width": 3}, "unit", dialect="holo", thinks=True
)
REPLY = Reply("x\n", (1, 2), "call", {"encode": 0.5}, 7, 3)
FOUND = Examination(True, 0.5, 0.0, True, 10.0, 2.0, 1234)


def test_a_conversation_arrives_as_it_was(picture, past):
    sent = prompt("do it ✓", past(3), picture(9))
    pixels = {frame.digest: frame.rgb for frame in sent.frames}
    line = protocol.write_think(4, sent, ThinkOptions(max_new_tokens=3), {digest: f"s{digest}" for digest in pixels})
    read = protocol.read_request(line.model_dump_json().encode())
    asked = []

    def memory(image):
        asked.append(image.segment)
        return pixels[image.digest]

    assert isinstance(read, protocol.Think)
    assert protocol.conversation_of(read, memory) == sent
    assert asked == [f"s{frame.digest}" for frame in sent.frames]
    assert [frame.rgb for frame in protocol.conversation_of(read, memory).frames] == [f.rgb for f in sent.frames]
    assert protocol.options_of(read) == ThinkOptions(max_new_tokens=3)
    # The order of keys is part of the prompt.
    assert json.dumps(read.tools) == json.dumps(list(sent.tools))


def test_generated_ids_arrive_as_they_were():
    sent = Conversation((Message("assistant", (TextPart("x"),), (5, 6)), Message("tool", ())))
    read = protocol.read_request(protocol.write_think(0, sent, ThinkOptions(), {}).model_dump_json().encode())
    assert protocol.conversation_of(read, lambda image: b"") == sent


def test_answers_arrive_as_they_were():
    lines = [protocol.ready(INFO), protocol.replied(4, REPLY), protocol.examined(5, FOUND)]
    read = [protocol.read_answer(line.model_dump_json().encode()) for line in lines]
    assert [protocol.info_of(read[0]), protocol.reply_of(read[1]), protocol.examination_of(read[2])] == [
        INFO,
        REPLY,
        FOUND,
    ]
    finer = replace(REPLY, coordinates=Coordinates("pixel", Size(640, 480)))
    assert protocol.reply_of(protocol.read_answer(protocol.replied(4, finer).model_dump_json().encode())) == finer
    silent = protocol.replied(1, Reply("", None, "end"))
    assert protocol.reply_of(protocol.read_answer(silent.model_dump_json().encode())).ids is None


@pytest.mark.parametrize("error", [ModelError("too thin"), OutOfMemory("too big")])
def test_an_error_arrives_as_it_was(error):
    line = protocol.read_answer(protocol.failed(3, error).model_dump_json().encode())
    assert (line.id, line.lost) == (3, False)
    assert (type(protocol.error_of(line)), str(protocol.error_of(line))) == (type(error), str(error))
    assert protocol.failed(3, MindLost("gone")).lost


@given(text=st.text())
def test_any_text_makes_one_line(text):
    sent = Conversation((Message("user", (TextPart(text + "\ud800"),)),))
    line = protocol.write_think(0, sent, ThinkOptions(), {}).model_dump_json()
    assert "\n" not in line
    read = protocol.conversation_of(protocol.read_request(line.encode()), lambda image: b"")
    assert read.messages[0].text == text + "?"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "{}",
        '{"v": 2, "kind": "note", "text": ""}',
        '{"v": 1, "kind": "other"}',
        '{"v": 1, "kind": "note", "text": "", "more": 1}',
    ],
)
def test_other_lines_are_refused_in_one_sentence(line):
    with pytest.raises(ProtocolError, match="a line between runner and mind is not understood") as caught:
        protocol.read_answer(line.encode())
    assert "\n" not in str(caught.value)
