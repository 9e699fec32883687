"""How far two conversations are the same, and in which parts the rest is read."""

import random

from hypothesis import given
from hypothesis import strategies as st

from actions.frame import frame_from_rgb
from actions.geometry import Rect
from agent.mind.encode import Encoded, Span
from agent.mind.prefix import PART, common, keys, parts

PAD = 7


def picture(number, width=2):
    return frame_from_rgb(bytes([number]) * 3 * width, Rect(0, 0, width, 1), 0.0)


def conversation(pieces):
    """Ids and frames of a list of tokens and pictures; a picture is two pads for each pixel of its width."""
    ids, images, frames = [], [], []
    for piece in pieces:
        start = len(ids)
        if isinstance(piece, int):
            ids.append(piece)
        else:
            ids += [PAD] * 2 * piece.view.width
            images.append(Span(start, len(ids)))
            frames.append(piece)
    return Encoded(tuple(ids), tuple(images), ()), frames


def shared(known, wanted):
    encoded, frames = conversation(wanted)
    return common(keys(*conversation(known)), keys(encoded, frames), encoded.images)


tokens = st.integers(8, 12)
frames = st.builds(picture, st.integers(0, 3), st.integers(1, 3))
# Between two pictures there is always a token, as their marks are.
talks = st.lists(st.tuples(tokens, st.none() | frames), min_size=1, max_size=12).map(
    lambda pairs: [one for pair in pairs for one in pair if one is not None] + [9]
)


def plainly(known, wanted):
    """Piece by piece: the slow way."""
    length = 0
    for one, other in zip(known, wanted[:-1], strict=False):
        if one != other:
            break
        length += 1 if isinstance(one, int) else 2 * one.view.width
    return length


@given(known=talks, wanted=talks)
def test_what_is_common_is_found(known, wanted):
    assert shared(known, wanted) == plainly(known, wanted)


@given(first=talks, known=talks, wanted=talks)
def test_what_is_common_is_found_behind_a_long_beginning(first, known, wanted):
    assert shared(first + known, first + wanted) == plainly(first + known, first + wanted)


def test_ten_thousand_least_changes_are_ten_thousand_misses():
    draw = random.Random(1)
    for _ in range(10_000):
        talk = [one for n in range(8) for one in (draw.randrange(8, 99), picture(draw.randrange(200), 2))] + [9]
        place = draw.randrange(len(talk) - 1)
        changed, one = list(talk), talk[place]
        if isinstance(one, int):
            changed[place] = one + 1
        elif draw.random() < 0.5:
            changed[place] = frame_from_rgb(one.rgb[:-1] + bytes([one.rgb[-1] ^ 1]), one.view, 0.0)
        else:
            changed[place] = frame_from_rgb(one.rgb, Rect(0, 0, 1, 2), 0.0)
        assert shared(talk, changed) == plainly(talk[:place], talk)


def test_a_picture_that_was_read_in_part_is_not_known():
    encoded, seen = conversation([8, picture(1), 9])
    assert common(keys(encoded, seen)[:3], keys(encoded, seen), encoded.images) == 1


@given(talk=talks, start=st.integers(0, 4), halts=st.lists(st.integers(0, 60)))
def test_parts_are_the_whole_and_divide_no_picture(talk, start, halts):
    encoded, _ = conversation(talk)
    stop = len(encoded.ids)
    outside = [halt for halt in halts if not any(span.start < halt < span.stop for span in encoded.images)]
    begin = next((span.start for span in encoded.images if span.start < start < span.stop), min(start, stop))
    found = list(parts(begin, stop, encoded.images, outside))
    places = [place for part in found for place in range(part.start, part.stop)]
    assert places == list(range(begin, stop))
    for part in found:
        assert not any(span.start < end < span.stop for span in encoded.images for end in (part.start, part.stop))
    assert {halt for halt in outside if begin < halt < stop} <= {part.stop for part in found}


def test_parts_are_bounded_unless_a_picture_is_larger():
    images = (Span(10, 10 + PART // 2), Span(20 + PART // 2, 20 + PART), Span(PART + 30, 3 * PART))
    found = list(parts(0, 4 * PART, images))
    assert [part.stop - part.start for part in found if part.start != images[2].start] == [
        20 + PART // 2,
        PART // 2 + 10,
        PART,
    ]
    assert Span(images[2].start, images[2].stop) in found
