"""The pictures of an issue: whole, of a kind that every mail program shows, and not too large to open."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow
from PIL import UnidentifiedImageError

from mailer.content.places import trouble_with
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.issue import Issue
from mailer.model.rendition import Picture
from mailer.source import read_bytes

MAX_FILE_BYTES = 8_000_000
MAX_PIXELS = 40_000_000

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}

# Our own limit is lower than the size at which Pillow begins to warn.
warnings.filterwarnings("ignore", category=Pillow.DecompressionBombWarning)

Locate = Callable[[str | None, str | None], tuple[str, int | None]]


class _UnusableError(Exception):
    """A picture that cannot be sent: what is wrong, and what to do."""


def read_pictures(
    issue: Issue, folder: Path, shown: str, locate: Locate | None = None
) -> tuple[Picture, ...]:
    """Every picture that the issue's items name, once each, in the order of the items, with its bytes.

    JPEG, PNG or GIF of at most 8 MB and 40 million pixels that can be decoded; ProblemsError for all others
    at once. `shown` is the issue file's name in messages, `locate` says on which line a field stands.
    """
    pictures: dict[str, Picture] = {}
    problems: list[Problem] = []
    for item in issue.items:
        if item.image is None or item.image.src in pictures:
            continue
        src = item.image.src
        try:
            pictures[src] = _read(folder, src)
        except _UnusableError as error:
            file, line = locate(item.id, "image.src") if locate else (shown, None)
            message, hint = error.args
            problems.append(Problem(message, hint, file, line, f"{item.id}.image.src", "file.picture"))
    if problems:
        raise ProblemsError(problems)
    return tuple(pictures.values())


def _read(folder: Path, src: str) -> Picture:
    if trouble := trouble_with(folder, src):
        raise _UnusableError(*trouble)
    try:
        content = read_bytes(folder / src, src, MAX_FILE_BYTES)
    except ProblemsError as error:
        raise _UnusableError(
            f'"{src}" is larger than 8 MB.', "Make it smaller; 1200 pixels wide will do."
        ) from error
    except MailerError as error:
        raise _UnusableError(error.message, error.hint) from error
    media_type, (width, height) = _decode(content, src)
    sha256 = hashlib.sha256(content).hexdigest()
    return Picture(
        src=src,
        cid=f"{sha256[:16]}@pictures",
        media_type=media_type,
        sha256=sha256,
        width=width,
        height=height,
        content=content,
    )


def _decode(content: bytes, src: str) -> tuple[str, tuple[int, int]]:
    """Media type and size, from a picture that was decoded once to see that it can be."""
    too_many = _UnusableError(
        f'"{src}" has more than {MAX_PIXELS // 1_000_000} million pixels.',
        "Make it smaller; 1200 pixels wide will do.",
    )
    try:
        with Pillow.open(BytesIO(content), formats=list(FORMATS)) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise too_many
            picture.load()
            return FORMATS[picture.format or ""], (width, height)
    except _UnusableError:
        raise
    except UnidentifiedImageError as error:
        raise _UnusableError(
            f'"{src}" is not a JPEG, PNG or GIF picture.', "Save it as one of these; renaming is not enough."
        ) from error
    except Pillow.DecompressionBombError as error:
        raise too_many from error
    except Exception as error:  # a damaged picture makes decoders raise nearly anything
        raise _UnusableError(
            f'"{src}" is damaged and cannot be shown.', "Export or copy it again."
        ) from error
