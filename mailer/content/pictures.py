"""The pictures of an issue, made as its versions show them; or everything that is wrong with them, at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from mailer.content.places import picture_path, trouble_with
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.model.base import Slug
from mailer.model.issue import Image, Issue
from mailer.model.rendition import Frame, Picture, content_id
from mailer.picture import PictureError, PictureStore, Recipe
from mailer.source import field_path

Locate = Callable[[str | None, str | None], tuple[str, int | None]]

UNSEEN = 552
"""Pixels for a picture that no version shows: it is made all the same, so that its faults come to light."""
BUDGET = 150_000


def read_pictures(
    issue: Issue,
    folder: Path,
    shown: str,
    locate: Locate | None = None,
    *,
    frames: Mapping[Slug, Collection[Frame]] | None = None,
    store: PictureStore | None = None,
    budget: int = BUDGET,
) -> tuple[Picture, ...]:
    """Every picture of the issue's items, once for each of its frames, in the order of the items.

    Each is upright, cut, at most twice as wide as its frame, of at most `budget` bytes where that can be, and
    free of all that its file said besides. `frames` says how an item's picture is shown; `store` remembers
    those made before. ProblemsError with every picture that cannot be read: `shown` is the issue file's name
    in messages, `locate` says on which line a field stands.
    """
    store = store or PictureStore()
    pictures: dict[Frame, Picture] = {}
    problems: list[Problem] = []
    for index, item in enumerate(issue.items):
        if item.image is None:
            continue
        trouble = trouble_with(folder, item.image.src)
        for frame in (frames or {}).get(item.id) or (_unseen(item.image),):
            if trouble or frame in pictures:
                continue
            try:
                pictures[frame] = _picture(store, folder, frame, budget)
            except PictureError as error:
                trouble = f'"{frame.src}" {error.message}', error.hint
            except MailerError as error:
                trouble = error.message, error.hint
        if trouble:
            field = field_path(("items", index, "image", "src"))
            file, line = locate(item.id, "image.src") if locate else (shown, None)
            problems.append(Problem(*trouble, file, line, field, "file.picture"))
    if problems:
        raise ProblemsError(problems)
    return tuple(pictures.values())


def _unseen(image: Image) -> Frame:
    return Frame(src=image.src, width=UNSEEN, ratio=image.ratio, focus=image.focus)


def _picture(store: PictureStore, folder: Path, frame: Frame, budget: int) -> Picture:
    recipe = Recipe(width=frame.width, ratio=frame.ratio, focus=frame.focus, budget=budget)
    made = store.picture(picture_path(folder, frame.src), recipe)
    return Picture(
        src=frame.src,
        cid=content_id(made.sha256),
        media_type=made.media_type,
        sha256=made.sha256,
        width=made.width,
        height=made.height,
        frame=frame,
        origin=made.origin,
        notes=made.notes,
        content=made.content,
    )
