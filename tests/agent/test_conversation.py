"""The chat that the model reads."""

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.conversation import Conversation, ImagePart, Message, TextPart


def frame(number):
    return frame_from_rgb(bytes([number, 0, 0]), Rect(0, 0, 1, 1), 0.0)


def test_a_message_gives_its_text_and_its_pictures_in_order():
    message = Message("user", (TextPart("a"), ImagePart(frame(1)), TextPart("b"), ImagePart(frame(2))))
    assert message.text == "ab"
    assert message.frames == (frame(1), frame(2))
    assert message.ids is None


def test_a_conversation_gives_the_pictures_of_all_messages():
    turns = (
        Message("user", (ImagePart(frame(3)),)),
        Message("assistant", (TextPart("x"),), (7,)),
        Message("tool", (ImagePart(frame(1)),)),
    )
    assert Conversation(turns).frames == (frame(3), frame(1))
    assert Conversation(()).frames == ()


def test_pictures_are_the_same_when_their_pixels_are():
    assert ImagePart(frame(1)) == ImagePart(frame(1))
    assert Message("user", (ImagePart(frame(1)),)) != Message("user", (ImagePart(frame(2)),))
