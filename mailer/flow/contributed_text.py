"""issue.yaml as it would be after an import, and whether it could be read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mailer.config import Workspace
from mailer.config.workspace import CONFIG_FILE, TEMPLATES
from mailer.content import ISSUE_FILE, IssueFile, read_issue
from mailer.content.item_places import Changes, with_changes, with_items
from mailer.content.item_text import Fields, Value
from mailer.flow.contributed import PlacedPhoto
from mailer.flow.contributed_items import Draft
from mailer.source import parse_yaml

OF_ONE_PICTURE = ("alt", "decorative", "caption", "credit", "rights", "focus")
"""What would be wrong of another one. How it is cut stays."""
PHOTO_KIND = "image"
"""What a photo becomes that stands in no other item."""
STANDING = ("contact", "about", "social")
"""Kinds that stand at the end of every issue."""


def text_with(text: str, drafts: Sequence[Draft], shown: str, kinds: Sequence[str]) -> str:
    """The text with those items: renewed where they stand, new ones before what stands at the end of every issue.

    `kinds` are those of the items that are there, in order.
    """
    data = parse_yaml(text.encode(), shown).data
    entries: list[Any] = data["items"] or []
    inserted: list[tuple[int, list[Fields]]] = []
    new: list[Fields] = []
    for draft in drafts:
        photos = _further_photos(draft)
        if draft.replaces:
            index = next(n for n, entry in enumerate(entries) if entry.get("id") == draft.id)
            text = with_changes(text, index, _changes(draft), shown)
            if photos:
                inserted.append((index + 1, photos))
        else:
            new += [_fields(draft), *photos]
    if new:
        inserted.append((_before_standing(kinds), new))
    # From the end, so that the numbers before it stay true.
    for at, fields in sorted(inserted, key=lambda each: -each[0]):
        text = with_items(text, at, fields, shown)
    return text


def _before_standing(kinds: Sequence[str]) -> int:
    at = len(kinds)
    while at and kinds[at - 1] in STANDING:
        at -= 1
    return at


def _fields(draft: Draft) -> Fields:
    first = draft.images[0] if draft.images else None
    values: dict[str, Value | None] = {
        "id": draft.id,
        "kind": draft.kind,
        "title": draft.title or None,
        "body": draft.body or None,
        "image": first,
    }
    return {key: value for key, value in values.items() if value is not None}


def _changes(draft: Draft) -> Changes:
    """What comes anew. A text that came without title, words or photo takes none away."""
    changes: dict[str, Value | None] = {}
    if draft.title:
        changes["title"] = draft.title
    if draft.body:
        changes["body"] = draft.body
    if draft.images:
        image = draft.images[0]
        was = dict.fromkeys(OF_ONE_PICTURE) if image["src"] != draft.old_src else {}
        changes["image"] = {**was, **image}
    return changes


def _further_photos(draft: Draft) -> list[Fields]:
    """All photos but the first, an item each."""
    images = zip(draft.photo_ids, draft.images[1:], strict=True)
    return [{"id": name, "kind": PHOTO_KIND, "image": image} for name, image in images]


def read_on_trial(
    workspace: Workspace, folder: Path, slug: str, content: bytes, photos: Iterable[PlacedPhoto]
) -> IssueFile:
    """The issue as it would be, read where nothing of the workspace is touched. ProblemsError where it cannot be."""
    with tempfile.TemporaryDirectory(prefix="mailer-import-") as name:
        root = Path(name)
        (root / CONFIG_FILE).touch()
        if workspace.templates.is_dir():
            (root / TEMPLATES).symlink_to(workspace.templates.resolve(), target_is_directory=True)
        trial = root / "issues" / slug
        trial.mkdir(parents=True)
        _stand_ins(folder, trial)
        _stand_ins(folder.parent / "shared", trial.parent / "shared")
        for photo in photos:
            path = trial / photo.src
            path.parent.mkdir(exist_ok=True)
            path.touch()
        (trial / ISSUE_FILE).write_bytes(content)
        return read_issue(trial, root)


def _stand_ins(folder: Path, trial: Path) -> None:
    """The folder's YAML files as they are, and for all others a file of their name: no more of them is asked."""
    if not folder.is_dir():
        return
    for path in folder.rglob("*"):
        there = trial / path.relative_to(folder)
        if path.is_dir():
            there.mkdir(parents=True, exist_ok=True)
        elif path.suffix == ".yaml" and path.is_file():
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
        else:
            there.parent.mkdir(parents=True, exist_ok=True)
            there.touch()
