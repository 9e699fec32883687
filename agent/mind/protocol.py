"""Owns the lines between runner and mind: JSON, one object a line, versioned, checked at both ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Annotated, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from actions.frame import Frame
from actions.geometry import Coordinates, Rect, Units
from actions.schema import Dialect, Offer, Tool
from agent.conversation import Conversation, ImagePart, Message, Part, Role, TextPart
from agent.errors import MindLost, ModelError, OutOfMemory, ProtocolError, TooLong
from agent.mind.base import Examination, MindInfo, Reply, Reuse, StopReason, ThinkOptions

VERSION: Literal[1] = 1
_Read = TypeVar("_Read")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Line(_Record):
    """What every line carries."""

    v: Literal[1] = VERSION


class TextLine(_Record):
    """A TextPart."""

    kind: Literal["text"] = "text"
    text: str


class ImageLine(_Record):
    """An ImagePart: the frame's digest, the desktop pixels it shows, and the segment that holds its pixels."""

    kind: Literal["image"] = "image"
    digest: str
    view: tuple[int, int, int, int]
    segment: str


class MessageLine(_Record):
    """A Message."""

    role: Role
    parts: list[Annotated[TextLine | ImageLine, Field(discriminator="kind")]]
    ids: list[int] | None


class Options(_Record):
    """The ThinkOptions."""

    max_new_tokens: int
    max_thought_tokens: int
    temperature: float
    top_p: float
    top_k: int
    presence_penalty: float
    stop_at_call: bool
    grammar: bool
    frame_tokens: int


class Think(Line):
    """Say the next turn of this conversation. Answered by `said` lines, then `replied` or `failed`."""

    kind: Literal["think"] = "think"
    id: int
    messages: list[MessageLine]
    tools: list[dict[str, object]]
    options: Options


class Cancel(Line):
    """Stop saying the turn with this number."""

    kind: Literal["cancel"] = "cancel"
    id: int


class Examine(Line):
    """Find out whether the model sees and how quick it is. Answered by `examined` or `failed`."""

    kind: Literal["examine"] = "examine"
    id: int


class Note(Line):
    """What the mind is busy with, for people."""

    kind: Literal["note"] = "note"
    text: str


class Ready(Line):
    """The model is loaded: the MindInfo."""

    kind: Literal["ready"] = "ready"
    model: str
    revision: str
    device: str
    dtype: str
    attention: str
    chosen: str
    capture: dict[str, object]
    units: Units
    offer: Offer
    dialect: Dialect
    room: int
    frame_tokens: int
    thinks: bool
    measured: dict[str, float]


class Said(Line):
    """A Piece."""

    kind: Literal["said"] = "said"
    id: int
    text: str
    thought: bool


class Replied(Line):
    """The Reply."""

    kind: Literal["replied"] = "replied"
    id: int
    text: str
    ids: list[int] | None
    stop: StopReason
    seconds: dict[str, float]
    prompt_tokens: int
    cached_tokens: int
    reuse: Reuse
    coordinates: Coordinates
    memory: int


class Examined(Line):
    """The Examination."""

    kind: Literal["examined"] = "examined"
    id: int
    sees_image: bool
    change: float
    noise: float
    all_on_device: bool
    prefill_tokens_per_second: float
    decode_tokens_per_second: float
    peak_memory: int


class Failed(Line):
    """An error: one sentence. Without a number it is about loading.

    `lost` when the process ends with it; `memory` when there was too little of that; `long` when it was too much to read.
    """

    kind: Literal["failed"] = "failed"
    id: int | None
    text: str
    lost: bool = False
    memory: bool = False
    long: bool = False


Request = Think | Cancel | Examine
Answer = Note | Ready | Said | Replied | Examined | Failed
_REQUEST: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="kind")])
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Annotated[Answer, Field(discriminator="kind")])


def read_request(line: bytes) -> Request:
    """A line for the mind. Raises ProtocolError."""
    return _read(_REQUEST, line)


def read_answer(line: bytes) -> Answer:
    """A line from the mind. Raises ProtocolError."""
    return _read(_ANSWER, line)


def write_think(number: int, conversation: Conversation, options: ThinkOptions, segments: Mapping[str, str]) -> Think:
    """The request to think; `segments` names each frame's memory by digest."""

    def part(one: Part) -> TextLine | ImageLine:
        match one:
            case TextPart(text):
                # Half a surrogate pair, as from a file name, has no UTF-8.
                return TextLine(text=text.encode("utf-8", "replace").decode())
            case ImagePart(frame):
                view = frame.view
                place = (view.left, view.top, view.width, view.height)
                return ImageLine(digest=frame.digest, view=place, segment=segments[frame.digest])

    messages = [
        MessageLine(
            role=one.role, parts=[part(each) for each in one.parts], ids=None if one.ids is None else list(one.ids)
        )
        for one in conversation.messages
    ]
    tools = [cast("dict[str, object]", tool) for tool in conversation.tools]
    return Think(id=number, messages=messages, tools=tools, options=Options(**dataclasses.asdict(options)))


def conversation_of(think: Think, pixels: Callable[[ImageLine], bytes]) -> Conversation:
    """The conversation that was sent; `pixels` gets what a segment holds."""

    def part(one: TextLine | ImageLine) -> Part:
        match one:
            case TextLine(text=text):
                return TextPart(text)
            case ImageLine(digest=digest, view=view):
                return ImagePart(Frame(pixels(one), Rect(*view), 0.0, digest))

    messages = tuple(
        Message(one.role, tuple(part(each) for each in one.parts), None if one.ids is None else tuple(one.ids))
        for one in think.messages
    )
    return Conversation(messages, tuple(cast("Tool", tool) for tool in think.tools))


def options_of(think: Think) -> ThinkOptions:
    """The options that were sent."""
    return ThinkOptions(**think.options.model_dump())


def ready(info: MindInfo) -> Ready:
    """The line for a loaded model."""
    return Ready(**dataclasses.asdict(info))


def info_of(line: Ready) -> MindInfo:
    """The loaded model that a line tells of."""
    return MindInfo(**line.model_dump(exclude={"v", "kind"}))


def replied(number: int, reply: Reply) -> Replied:
    """The line for a reply."""
    return Replied(id=number, **dataclasses.asdict(reply))


def reply_of(line: Replied) -> Reply:
    """The reply that a line tells of."""
    said = line.model_dump(exclude={"v", "kind", "id", "ids", "coordinates"})
    return Reply(ids=None if line.ids is None else tuple(line.ids), coordinates=line.coordinates, **said)


def examined(number: int, found: Examination) -> Examined:
    """The line for an examination."""
    return Examined(id=number, **dataclasses.asdict(found))


def examination_of(line: Examined) -> Examination:
    """The examination that a line tells of."""
    return Examination(**line.model_dump(exclude={"v", "kind", "id"}))


def failed(number: int | None, error: ModelError) -> Failed:
    """The line for an error."""
    return Failed(
        id=number,
        text=str(error),
        lost=isinstance(error, MindLost),
        memory=isinstance(error, OutOfMemory),
        long=isinstance(error, TooLong),
    )


def error_of(line: Failed) -> ModelError:
    """The error that a line tells of, where the process goes on."""
    if line.long:
        return TooLong(line.text)
    return OutOfMemory(line.text) if line.memory else ModelError(line.text)


def _read(adapter: TypeAdapter[_Read], line: bytes) -> _Read:
    try:
        return adapter.validate_json(line)
    except ValidationError as error:
        reason = error.errors()[0]
        where = ".".join(str(part) for part in reason["loc"])
        raise ProtocolError(f"a line between runner and mind is not understood: {where} {reason['msg']}") from error
