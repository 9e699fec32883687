"""Two looks at one frame: a place in the part means the very pixel that it would mean there, whatever comes after."""

import itertools
import json
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from oracle import pixel_meant
from PIL import Image, ImageDraw

from actions.action import Answer, Click, Drag, Move, PressKeys, Scroll, TypeText
from actions.backends.dry_run import dry_desktop
from actions.desktop import Window
from actions.execute import target
from actions.frame import Frame, frame_from_rgb
from actions.geometry import Coordinates, GridPoint, Point, Rect, Size
from actions.look import CaptureTarget
from agent.control import Control
from agent.errors import MindLost
from agent.events import RunStarted, event_from_json, event_to_json
from agent.history import HistoryPolicy
from agent.loop import Options, run
from agent.mind.base import Piece, Reply
from agent.mind.scripted import Scripted
from agent.mind.sizing import Sizing
from agent.remedies import COARSE
from agent.report import write_report
from agent.store import RunFolder
from agent.zoom import coarse, part_of, same_but_places, widened

WIDE, HIGH = 1920, 1080
WINDOW = Window(7, "Letter - Editor", "editor", Rect(0, 0, WIDE, HIGH))
ZOOM = Options(mode="free", capture=CaptureTarget("window", "Editor"), zoom=True)


def call(**arguments):
    return f"<tool_call>\n{json.dumps({'name': 'computer_use', 'arguments': arguments})}\n</tool_call>"


CLICK = call(action="left_click", coordinate=[500, 500])
DONE = call(action="terminate", status="success")


def frame(view: Rect):
    return frame_from_rgb(bytes(3 * view.width * view.height), view, 0.0)


# ------------------------------------------------------------------------------------------------------- exact places


def written(draw, units: str, size: Size) -> tuple[list[float], list[str]]:
    """A place as a model writes it that saw a picture of that size, and its numbers as words."""
    lasts = {"grid": (1000, 1000), "pixel": (size.width - 1, size.height - 1), "unit": (10**5, 10**5)}[units]
    numbers = [draw(st.integers(0, last)) for last in lasts]
    if units == "unit":
        words = [f"{number // 10**5}.{number % 10**5:05}" for number in numbers]
        return [float(word) for word in words], words
    return numbers, [str(number) for number in numbers]


@st.composite
def looks(draw):
    """A view, a part of it, the size in which the part was seen, units, and a place in it."""
    view = Rect(*(draw(st.integers(-9_000, 9_000)) for _ in "xy"), *(draw(st.integers(1, 9_000)) for _ in "wh"))
    left, top = draw(st.integers(0, view.width - 1)), draw(st.integers(0, view.height - 1))
    size = draw(st.integers(1, view.width - left)), draw(st.integers(1, view.height - top))
    part = Rect(view.left + left, view.top + top, *size)
    units = draw(st.sampled_from(["grid", "pixel", "unit"]))
    seen = Size(draw(st.integers(1, 3_000)), draw(st.integers(1, 3_000)))
    return view, part, seen, units, *written(draw, units, seen)


@settings(deadline=None, max_examples=400)
@given(looks())
def test_a_place_in_a_part_means_the_same_pixel_in_the_whole(look):
    view, part, seen, units, numbers, words = look
    place = Coordinates(units, seen).grid_point(*numbers)
    (click,) = widened([Click(at=place)], part, view)
    x = part.left + pixel_meant(words[0], units, seen.width, part.width)
    y = part.top + pixel_meant(words[1], units, seen.height, part.height)
    assert target(click, frame_like(view)) == target(Click(at=place), frame_like(part)) == Point(x, y)


def frame_like(view: Rect):
    """A frame of that view without its pixels."""
    return Frame(b"", view, 0.0, "")


@settings(deadline=None, max_examples=60)
@given(
    st.integers(-3000, 3000),
    st.integers(641, 4000),
    st.integers(481, 2400),
    st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=1, max_size=3),
)
@example(-1920, 3840, 2160, [(0, 0)])
@example(0, 3840, 2160, [(1000, 1000), (0, 0)])
def test_the_part_holds_all_places_lies_in_the_frame_and_is_cut_from_it(left, width, height, places):
    view = Rect(left, 7, width, height)
    rows = bytes(number % 251 for number in range(3 * width)) * height
    whole = frame_from_rgb(rows, view, 5.0)
    points = [GridPoint(x, y) for x, y in places]
    part = part_of(whole, [Drag(points[0], tuple(points[1:])), TypeText("x")])
    assert part.view.intersection(view) == part.view
    assert all(part.view.contains(target(Move(point), whole)) for point in points)
    for side, full in ((part.size.width, width), (part.size.height, height)):
        assert side % 32 == 0 or side == full
    assert part.rgb == whole.image().crop(box_in(part.view, view)).tobytes()
    assert (part.taken_at, part.scene) == (whole.taken_at, whole.scene)


def box_in(part: Rect, view: Rect):
    left, top = part.left - view.left, part.top - view.top
    return left, top, left + part.width, top + part.height


@pytest.mark.parametrize(
    "size, part", [((3840, 2160), (1280, 736)), ((1920, 1080), (640, 480)), ((7680, 4320), (1280, 960))]
)
def test_the_part_of_one_place_is_a_third_of_each_side_within_bounds(size, part):
    seen = part_of(frame(Rect(0, 0, *size)), [Click(at=GridPoint(500, 500))])
    assert (seen.size.width, seen.size.height) == part
    assert seen.view.centre == Point(size[0] // 2, size[1] // 2)


def test_actions_without_a_place_have_no_part():
    assert part_of(frame(Rect(0, 0, 800, 600)), [Click(), Scroll(5), PressKeys(("a",)), Answer("x")]) is None


@pytest.mark.parametrize("size", [(3840, 2160), (2560, 1440), (1080, 1920), (5000, 300)])
def test_a_large_frame_becomes_a_picture_of_few_tokens_that_no_processor_resizes(size):
    whole = frame(Rect(50, -60, *size))
    first = coarse(whole)
    assert Sizing().seen(first.size) == first.size
    assert 0.7 * COARSE * 1024 < first.size.width * first.size.height <= COARSE * 1024
    assert coarse(whole).digest == first.digest


def test_a_small_frame_is_looked_at_as_it_is():
    small = frame(Rect(0, 0, 1024, 768))
    assert coarse(small) is small


@pytest.mark.parametrize(
    "other, same",
    [
        (Click(at=GridPoint(1, 2)), True),
        (Click("right", at=GridPoint(1, 2)), False),
        (Click(at=None), False),
        (Move(GridPoint(1, 2)), False),
    ],
)
def test_only_places_may_differ(other, same):
    assert same_but_places([Click(at=GridPoint(Fraction(7, 2), 9))], [other]) is same


# ----------------------------------------------------------------------------------------------------- in the loop


@pytest.fixture
def desktop():
    return dry_desktop(Image.effect_noise((WIDE, HIGH), 90).convert("RGB"), [WINDOW])


def play(desktop, replies, options=ZOOM, store=None):
    mind = replies if hasattr(replies, "think") else Scripted(replies)
    return list(run("write to Alice", Control(), desktop, mind, options, store))


def of(events, kind):
    return [event for event in events if event.kind == kind]


def test_the_second_look_decides_where(desktop):
    mind = Scripted([f"The button.\n{CLICK}", f"There.\n{call(action='left_click', coordinate=[0, 999])}", DONE])
    events = play(desktop, mind)
    (closer,) = of(events, "looked_closer")
    assert closer.view == (640, 300, 640, 480)
    assert (closer.text, closer.actions) == (
        f"The button.\n{CLICK}",
        [{"action": "left_click", "coordinate": [500, 500]}],
    )
    assert of(events, "judged")[0].target == (640, 300 + 479)
    assert ("move", Point(640, 779)) in desktop.input.deeds
    assert of(events, "replied")[0].thought == "The button.\nThere."
    first, second, _ = (conversation.frames[-1] for conversation in mind.seen)
    assert first.size == Size(1152, 640)
    assert second.rgb == desktop.screen.picture.crop((640, 300, 1280, 780)).tobytes()
    assert events[-1].status == "success"


def test_what_is_read_grows_only_at_its_end(desktop):
    mind = Scripted([CLICK, CLICK, CLICK, call(action="left_click", coordinate=[9, 9]), DONE])
    play(desktop, mind)
    seen = [conversation.messages for conversation in mind.seen]
    for before, after in itertools.pairwise(seen):
        assert after[: len(before)] == before
        assert len(after) == len(before) + 2
    assert [message.role for message in seen[-1][1:]] == ["user"] + ["assistant", "tool"] * 4
    assert "same call once more" in seen[1][-1].text
    assert seen[2][-1].text == "Done.\n"


def test_a_long_run_keeps_few_pictures(desktop):
    mind = Scripted([CLICK, CLICK] * 9 + [DONE])
    options = Options(mode="free", capture=ZOOM.capture, policy=HistoryPolicy(frames=4, fold=2), zoom=True)
    assert play(desktop, mind, options)[-1].status in ("success", "limit")
    assert max(len(conversation.frames) for conversation in mind.seen) <= 2 * 4


@pytest.mark.parametrize(
    "second, why",
    [
        ("I do not know.", "Nothing was called"),
        (call(action="left_click", coordinate=[5000, 1]), "coordinate"),
        (call(action="right_click", coordinate=[1, 1]), "something else"),
        (call(action="type", text="x"), "something else"),
        (DONE, "something else"),
    ],
)
def test_a_second_reply_that_is_none_or_another_leaves_the_first(desktop, second, why):
    mind = Scripted([CLICK, second, DONE])
    events = play(desktop, mind)
    (noted,) = of(events, "noted")
    assert noted.words.startswith("The call of the first look counts")
    assert why in noted.words
    assert of(events, "judged")[0].target == (960, 540)
    assert [event.error for event in of(events, "replied")] == [None, None]
    assert of(events, "step_finished")[0].outcome == "Your first call counted. Done."
    assert [message.text for message in mind.seen[-1].messages[-4:]][2] == second
    assert events[-1].status == "success"


class Forgetful(Scripted):
    """Is lost at the second thought."""

    def think(self, conversation, options, cancelled):
        if len(self.seen) == 1 and conversation.messages[-1].role == "tool" and not hasattr(self, "was"):
            self.was = True
            yield Piece("I")
            raise MindLost("it went away")
        yield from super().think(conversation, options, cancelled)


def test_a_mind_that_is_lost_on_the_second_look_leaves_the_first(desktop):
    mind = Forgetful([CLICK, DONE])
    events = play(desktop, mind)
    assert [event.words for event in of(events, "noted")] == [
        "The call of the first look counts, not that of the second: there was none (it went away).",
        "The model's process ended (it went away); starting it again.",
    ]
    assert of(events, "judged")[0].target == (960, 540)
    assert [message.role for message in mind.seen[-1].messages] == ["system", "user", "assistant", "tool"]
    assert events[-1].status == "success"


def test_a_stop_on_the_second_look_does_nothing(desktop):
    control, mind = Control(), Scripted([CLICK, CLICK], delay=0.001)
    events = []
    for event in run("write", control, desktop, mind, ZOOM):
        events.append(event)
        if event.kind == "looked_closer":
            control.stop()
    assert events[-1].status == "stopped"
    assert desktop.input.deeds == []


@pytest.mark.parametrize(
    "options, size", [(Options(mode="free", capture=ZOOM.capture), (WIDE, HIGH)), (ZOOM, (1000, 700))]
)
def test_without_the_option_or_on_a_small_frame_there_is_one_look(options, size):
    window = Window(7, "Editor", "editor", Rect(0, 0, *size))
    mind = Scripted([CLICK, DONE])
    events = play(dry_desktop(Image.new("RGB", size), [window]), mind, options)
    assert of(events, "looked_closer") == []
    assert mind.seen[0].frames[0].size == Size(*size)
    assert events[-1].status == "success"


def test_what_changed_after_the_looks_is_not_clicked(desktop):
    control, mind, events = Control(), Scripted([CLICK, CLICK, DONE]), []
    # In noise, a place that is black by chance is no other when all around it becomes black.
    desktop.screen.picture.paste("white", (800, 400, 1100, 700))
    ImageDraw.Draw(desktop.screen.picture).rectangle((930, 525, 990, 555), outline="grey", fill="lightblue")
    for event in run("write", control, desktop, mind, ZOOM):
        events.append(event)
        if event.kind == "replied" and event.step == 1:
            desktop.screen.picture.paste("black", (900, 500, 1000, 600))
    assert of(events, "acted")[0].status == "dropped"
    assert desktop.input.deeds == []


class Pixels(Scripted):
    """Writes places in pixels of the picture as it saw it."""

    def think(self, conversation, options, cancelled):
        for item in super().think(conversation, options, cancelled):
            places = Coordinates("pixel", conversation.frames[-1].size)
            yield replace(item, coordinates=places) if isinstance(item, Reply) else item


def test_pixels_are_those_of_the_picture_that_was_shown_last(desktop):
    mind = Pixels(
        [call(action="left_click", coordinate=[576, 320]), call(action="left_click", coordinate=[17, 3]), DONE]
    )
    events = play(desktop, mind)
    left, top, *_ = of(events, "looked_closer")[0].view
    assert of(events, "judged")[0].target == (left + 17, top + 3)


# ------------------------------------------------------------------------------------------------------- the record


def test_the_record_and_the_report_tell_of_both_looks(desktop, tmp_path):
    store = RunFolder.create(tmp_path)
    events = play(desktop, [f"Far off.\n{CLICK}", f"Close by.\n{CLICK}", DONE], store=store)
    store.close()
    assert RunFolder.read(store.path) == events
    assert events[0].zoom
    page = write_report(store.path).read_text()
    assert "The reply to the first look as it was written" in page
    assert "Far off." in page
    assert 'class="closer"' in page


def test_a_run_that_was_recorded_before_there_was_a_zoom_still_loads(desktop):
    line = json.loads(event_to_json(play(desktop, [DONE])[0]))
    del line["zoom"]
    old = event_from_json(json.dumps(line))
    assert isinstance(old, RunStarted)
    assert not old.zoom
