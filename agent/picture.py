"""Owns a step's picture in the report: embedded, and with the targets of its actions marked."""

from __future__ import annotations

import base64
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from agent.events import FrameTaken
from agent.step import Step

_WIDTH = 1280
"""Wider pictures are embedded at this width, as JPEG; the folder keeps them without loss."""
_SMALL = 640
"""Pictures up to this width are not blown up to fill the column."""


def picture(step: Step, folder: Path) -> str:
    """The figure's content as HTML: what the step saw, enlarged by a click, with a ring around each target."""
    if step.frame is None or step.frame.file is None:
        return '<div class="picture lost">No picture was kept.</div>'
    try:
        source = _embedded(_inside(folder, step.frame.file))
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return f'<div class="picture lost">The picture {escape(step.frame.file)} cannot be read.</div>'
    small = " small" if step.frame.view[2] <= _SMALL else ""
    zoom = f"zoom-{step.number}"
    return (
        f'<input class="zoom" type="checkbox" id="{zoom}" aria-label="Enlarge the picture of step {step.number}">'
        f'<label class="picture{small}" for="{zoom}"><img src="{source}" alt="What the model saw in step {step.number}">'
        f"{_marks(step, step.frame)}</label>"
    )


def _inside(folder: Path, file: str) -> Path:
    """The file's path; raises ValueError where a record from elsewhere names a file outside its own folder."""
    path = (folder / file).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{file} lies outside the run")
    return path


def _embedded(path: Path) -> str:
    """The picture as a data URL."""
    raw = path.read_bytes()
    with Image.open(BytesIO(raw)) as image:
        image.load()
        if image.width <= _SMALL:
            return _data_url("png", raw)
        shown = image.convert("RGB")
    if shown.width > _WIDTH:
        shown = shown.resize((_WIDTH, max(1, round(shown.height * _WIDTH / shown.width))), reducing_gap=2.0)
    packed = BytesIO()
    shown.save(packed, "JPEG", quality=82)
    return _data_url("jpeg", packed.getvalue())


def _data_url(kind: str, raw: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(raw).decode('ascii')}"


def _marks(step: Step, frame: FrameTaken) -> str:
    left, top, width, height = frame.view
    targets = [(event.index, event.target) for event in step.judged if event.target]
    reach = max(9.0, width / 55)
    rings = "".join(
        _ring(x - left + 0.5, y - top + 0.5, reach, str(index + 1) if len(targets) > 1 else "")
        for index, (x, y) in targets
    )
    drawn = _closer(step, frame) + rings
    return f'<svg viewBox="0 0 {width} {height}" aria-hidden="true">{drawn}</svg>' if drawn else ""


def _closer(step: Step, frame: FrameTaken) -> str:
    """The frame around the part that was looked at closely."""
    if step.closer is None:
        return ""
    left, top, width, height = step.closer.view
    x, y = left - frame.view[0], top - frame.view[1]
    return f'<rect class="closer" x="{x}" y="{y}" width="{width}" height="{height}"/>'


def _ring(x: float, y: float, reach: float, name: str) -> str:
    label = f'<text x="{x + reach:.1f}" y="{y - reach:.1f}" font-size="{1.5 * reach:.1f}">{name}</text>' if name else ""
    return (
        f'<circle class="halo" cx="{x}" cy="{y}" r="{reach:.1f}" stroke-width="{reach * 0.45:.1f}"/>'
        f'<circle class="ring" cx="{x}" cy="{y}" r="{reach:.1f}" stroke-width="{reach * 0.2:.1f}"/>'
        f'<circle class="dot" cx="{x}" cy="{y}" r="{reach * 0.16:.1f}" stroke-width="{reach * 0.06:.1f}"/>{label}'
    )
