"""Finding issues and reading them: the noun, and the line of everything in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailer.config.workspace import shown
from mailer.content.kinds import kinds_for
from mailer.content.places import SHARED, trouble_with
from mailer.content.shared import SharedItem, Spliced, with_shared
from mailer.content.translations import read_translations
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.base import Language
from mailer.model.issue import Issue, ItemBase
from mailer.model.kinds import issue_model
from mailer.model.translation import Translation
from mailer.source import Document, Loc, as_noun, field_path, is_zone, nearest_zone, read_yaml

ISSUE_FILE = "issue.yaml"
MAX_ID = 80
"""Signs of an item's id that are said again."""


@dataclass(frozen=True, slots=True)
class IssueFile:
    """An issue with the file it was read from."""

    issue: Issue
    document: Document
    folder: Path
    translations: Mapping[Language, Translation] = field(default_factory=dict)
    """Language → the issue's words in it, as far as they are translated."""
    overlays: Mapping[Language, Document] = field(default_factory=dict)
    """Language → the file those words were read from."""
    shared: Mapping[str, SharedItem] = field(default_factory=dict)
    """Item id → where it stands, for those that issues share."""

    @property
    def slug(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def begun(self) -> tuple[Language, ...]:
        """The languages in which somebody reads the issue, besides its own: those that an item of its own stands in.

        What it shares with other issues is there in a language before anybody has begun to translate the issue.
        """
        own = {item.id for item in self.issue.items} - self.shared.keys() or self.shared.keys()
        return tuple(
            tag
            for tag, words in self.translations.items()
            if any(item.stands() for name, item in words.items.items() if name in own)
        )

    def locate(self, item_id: str | None = None, field: str | None = None) -> tuple[str, int | None]:
        """File and line of a field such as `links[0].url` within an item, or within the issue's head.

        Where the field is not written, the line of what is around it: the item, else the file's first key.
        """
        parts = _parts(field)
        shared = self.shared.get(item_id or "")
        if shared is not None and not (parts and parts[0] in shared.here):
            return shared.document.file, shared.document.line(parts)
        return self.document.file, self.document.line((*_item_loc(self.document, item_id), *parts))

    def locate_in(self, language: Language) -> Callable[[str | None, str | None], tuple[str, int | None]]:
        """The same as `locate` for the file of a translation; KeyError where there is none."""
        document = self.overlays[language]

        def locate(item_id: str | None = None, field: str | None = None) -> tuple[str, int | None]:
            shared = self.shared.get(item_id or "")
            if shared is not None and language in shared.overlays:
                own = shared.overlays[language]
                return own.file, own.line(_parts(field))
            item: Loc = () if item_id is None else ("items", item_id)
            return document.file, document.line((*item, *_parts(field)))

        return locate


def read_issue(folder: Path, root: Path) -> IssueFile:
    """Read `folder`/issue.yaml, the shared items that it names, and the translations. `root` is the workspace:
    names in messages are relative to it, and its templates say which kinds of item there are.

    MailerError where there is no such issue; ProblemsError with every problem of the files, pictures included.
    """
    path = folder / ISSUE_FILE
    if not path.is_file():
        raise _no_issue(folder.name, folder.parent)
    problems: list[Problem] = []
    of_template: list[Problem] = []
    document, issue, model = Document(None, shown(path, root)), None, Issue
    spliced = Spliced(document)
    try:
        document = read_yaml(path, document.file)
        kinds = kinds_for(document, root, of_template)
        spliced = with_shared(document, folder, root, kinds)
        document = spliced.document
        problems += _beyond_the_model(document, folder)
        model = issue_model(kinds)
        issue = as_noun(model, document)
    except ProblemsError as error:
        problems += (p for p in error.problems if not (of_template and p.rule == "file.kind"))
    source, items = _as_far_as_usable(document, issue, model)
    shared = {item.name: item for item in spliced.shared.values()}
    translations = read_translations(folder, root, source, items, shared)
    if issue is None or problems or spliced.problems or of_template or translations.problems:
        placed = [replace(each, file=spliced.file_of(each.field) if each.file else "") for each in problems]
        own = sorted(
            (*placed, *spliced.problems),
            key=lambda each: (each.file != document.file, each.file, each.line or 0),
        )
        named = [_with_item(each, document) for each in own]
        raise ProblemsError([*named, *of_template, *translations.problems])
    shared = {
        name: replace(item, overlays=translations.of_shared.get(name, {})) for name, item in shared.items()
    }
    return IssueFile(issue, document, folder, translations.of, translations.documents, shared)


def list_issues(issues_dir: Path) -> list[str]:
    """Slugs of all issues, sorted: folders that hold an issue.yaml."""
    if not issues_dir.is_dir():
        return []
    return sorted(
        folder.name
        for folder in issues_dir.iterdir()
        if not folder.name.startswith(".") and folder.name != SHARED and (folder / ISSUE_FILE).is_file()
    )


def find_issue(name: str, issues_dir: Path) -> Path:
    """The folder of an issue, by its slug or its path; MailerError where it has no issue.yaml."""
    try:
        if (
            name != SHARED
            and re.fullmatch(r"[\w-][\w.-]*", name)
            and (issues_dir / name / ISSUE_FILE).is_file()
        ):
            return issues_dir / name
        folder = Path(name).parent if Path(name).name == ISSUE_FILE else Path(name)
        if name and folder.name != SHARED and (folder / ISSUE_FILE).is_file():
            return folder.resolve()
    except (OSError, ValueError) as error:
        raise _no_issue(name, issues_dir) from error
    raise _no_issue(name, issues_dir)


def _no_issue(name: str, issues_dir: Path) -> MailerError:
    known = list_issues(issues_dir)
    hint = nearest(name, known) or "Begin one with `mailer new SLUG`."
    shown_name = name if len(name) <= 80 and name.isprintable() else "…"  # noqa: PLR2004
    return MailerError(f'There is no issue "{shown_name}".', hint)


def _item_loc(document: Document, item_id: str | None) -> Loc:
    if item_id is not None:
        for index, item in _items(document.data):
            if item.get("id") == item_id:
                return ("items", index)
    return ()


def _as_far_as_usable(
    document: Document, issue: Issue | None, model: type[Issue]
) -> tuple[str, dict[str, ItemBase | None] | None]:
    """The source's language and items; without an issue, whatever of its file can be used by itself."""
    if issue is not None:
        return issue.language, {item.id: item for item in issue.items}
    if document.data is None:
        return "", None
    usable: dict[str, ItemBase | None] = {}
    for _, item in _items(document.data):
        usable[str(item.get("id"))] = None
        with suppress(ValidationError):
            alone = model.model_validate({"id": "a", "series": "S", "date": "2000-01-01", "items": [item]})
            usable[alone.items[0].id] = alone.items[0]
    return str(document.data.get("language", "en")) if isinstance(document.data, dict) else "", usable


def _with_item(problem: Problem, document: Document) -> Problem:
    """The same with its item named as people name it: by its id, else by its number, counted from 1."""
    found = re.match(r"items\[(\d+)\]", problem.field)
    if found is None or problem.item:
        return problem
    item = dict(_items(document.data)).get(int(found[1]), {})
    name = item.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_ID or not name.isprintable():
        name = f"item {int(found[1]) + 1}"
    return replace(problem, item=name)


def _parts(field: str | None) -> Loc:
    found = re.finditer(r"\[(\d+)\]|([^.\[\]]+)", field or "")
    return tuple(int(part[1]) if part[1] else part[2] for part in found)


def _items(data: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    items = data.get("items") if isinstance(data, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield index, item


def _beyond_the_model(document: Document, folder: Path) -> Iterator[Problem]:
    """What the model cannot see: pictures that are not there, time zones that nobody has."""

    def problem(loc: Loc, message: str, hint: str) -> Problem:
        return Problem(message, hint, document.file, document.line(loc), field_path(loc), "file.value")

    for index, item in _items(document.data):
        image = item.get("image")
        src = image.get("src") if isinstance(image, dict) else None
        if isinstance(src, str) and (trouble := trouble_with(folder, src)):
            yield problem(("items", index, "image", "src"), *trouble)
        zone = item.get("timezone")
        if isinstance(zone, str) and not is_zone(zone):
            yield problem(("items", index, "timezone"), f'"{zone}" is not a time zone.', nearest_zone(zone))
    head = document.data if isinstance(document.data, dict) else {}
    first, last = head.get("send_from"), head.get("send_until")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        yield problem(
            ("send_until",), f"ends ({last}) before `send_from` ({first}).", "Mend one of the two days."
        )
