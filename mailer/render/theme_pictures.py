"""The pictures that a theme names: banner, logo and icons, whole and of a kind that every mail program shows."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator

from mailer.config import TemplateFolder
from mailer.errors import Problem
from mailer.model.rendition import Picture, content_id
from mailer.render.theme import Theme
from mailer.source import UNHIDE, Layers, field_path, hidden_part

MAX_BYTES = 1_000_000
"""Of one picture."""
MAX_PIXELS = 10_000_000
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}
PREFIX = "template/"
"""Before the path of a theme's picture, so that none is taken for one of the issue's."""

Place = tuple[str, ...]


def theme_pictures(
    theme: Theme, folder: TemplateFolder, layers: Layers, problems: list[Problem]
) -> tuple[Picture, ...]:
    """Each picture of the theme once, under `template/…`; what is wrong with one is added to `problems`."""
    found: dict[str, Picture] = {}
    for place, src in _named(theme):
        made = _read(folder, src)
        if isinstance(made, Picture):
            found[made.src] = made
        else:
            message, hint = made
            file, line = layers.place(place)
            problems.append(Problem(message, hint, file, line, field_path(place)))
    return tuple(found.values())


def _named(theme: Theme) -> Iterator[tuple[Place, str]]:
    if theme.masthead is not None:
        yield ("masthead", "src"), theme.masthead.src
    if theme.logo is not None:
        yield ("logo", "src"), theme.logo.src
    for name, src in theme.icons.items():
        yield ("icons", name), src


def _read(folder: TemplateFolder, src: str) -> Picture | tuple[str, str]:
    """The picture, or what is wrong with it and what to do."""
    if _leads_out(folder, src):
        return f'"{src}" lies outside the template.', "Put the picture into the template's folder."
    if hidden := hidden_part(src):
        return f'"{src}" is hidden by the name "{hidden}".', UNHIDE
    found = folder.find(src)
    if found is None:
        return f'"{src}" is not in the template\'s folder.', "Add it, or remove the line that names it."
    if found.path.stat().st_size > MAX_BYTES:
        return f'"{src}" has more than {MAX_BYTES:,} bytes.', "Save it smaller."
    picture = _picture(PREFIX + src, found.path.read_bytes())
    return picture or (f'"{src}" is not a JPEG, PNG or GIF picture.', "Save it as one of these.")


def _leads_out(folder: TemplateFolder, src: str) -> bool:
    if not src or "\\" in src or "\0" in src:
        return True
    return any(
        not (level.path / src).resolve().is_relative_to(level.path.resolve()) for level in folder.levels
    )


def _picture(src: str, content: bytes) -> Picture | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            media_type, (width, height) = MEDIA_TYPES.get(image.format or ""), image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    if media_type is None or width * height > MAX_PIXELS:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    return Picture(
        src=src,
        cid=content_id(sha256),
        media_type=media_type,
        sha256=sha256,
        width=width,
        height=height,
        content=content,
    )
