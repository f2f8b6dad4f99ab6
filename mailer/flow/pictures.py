"""The pictures of an issue on their way into its mails: made as its versions show them, embedded or hosted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path

from mailer.config import PublicMode, Workspace
from mailer.content import IssueFile, read_pictures
from mailer.errors import Problem, ProblemsError
from mailer.model.base import Slug
from mailer.model.issue import Issue
from mailer.model.rendition import Frame, Picture
from mailer.picture import PictureStore


@lru_cache(maxsize=8)
def picture_store(folder: Path) -> PictureStore:
    """The pictures made before, for as long as the program runs: the studio asks at every change."""
    return PictureStore(folder)


def picture_address(issue: Issue, workspace: Workspace) -> str:
    """The address under which the issue's pictures are hosted; "" where they are in the message itself."""
    config = workspace.config
    hosted = config.public is not PublicMode.NONE and issue.images != "embedded"
    return config.public_url if hosted else ""


def issue_pictures(
    workspace: Workspace, file: IssueFile, frames: Mapping[Slug, Collection[Frame]]
) -> tuple[Picture, ...]:
    """Every picture of an issue in each of its frames. ProblemsError with all that is wrong with them."""
    problems: list[Problem] = []
    if file.issue.images == "hosted" and workspace.config.public is PublicMode.NONE:
        problems.append(_nowhere(file))
    pictures: tuple[Picture, ...] = ()
    try:
        pictures = read_pictures(
            file.issue,
            file.folder,
            file.document.file,
            file.locate,
            frames=frames,
            store=picture_store(workspace.pictures),
            budget=workspace.config.image_bytes,
        )
    except ProblemsError as error:
        problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return pictures


def _nowhere(file: IssueFile) -> Problem:
    place, line = file.locate(None, "images")
    return Problem(
        'is "hosted", but mailer.toml says public = "none": nothing on the web would answer for the pictures.',
        "Write `images: embedded`, or set `public` and `public_url` in mailer.toml.",
        place,
        line,
        "images",
        "file.value",
    )
