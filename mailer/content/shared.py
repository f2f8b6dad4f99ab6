"""Items that issues share: issues/shared/NAME.yaml, put where an issue says `- shared: NAME`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailer.config.workspace import shown
from mailer.content.places import OF_SHARED, SHARED
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.base import Language
from mailer.model.kinds import Kinds
from mailer.source import Document, Loc, field_path, language_name, read_yaml

HERE = ("layout", "show_to", "archive")
"""What an issue may say of a shared item itself, beside its name."""
ABOUT = ("language", "authors")
"""What a shared item's file says of its words, unless the item's kind has a field of that name."""
MAX_NAME = 80

NAME = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class SharedItem:
    """A shared item as one issue has it."""

    name: str
    """Of the file, and the item's id."""
    document: Document
    """Its own file."""
    here: frozenset[str] = frozenset()
    """Fields that issue.yaml says itself."""
    overlays: Mapping[Language, Document] = field(default_factory=dict)
    """Language → the file of its words in it."""


@dataclass(slots=True)
class Spliced:
    """An issue's document with shared items in the places of their names, and what was wrong with them."""

    document: Document
    shared: dict[int, SharedItem] = field(default_factory=dict)
    """Position among the items → what stands there."""
    problems: list[Problem] = field(default_factory=list)

    def file_of(self, path: str) -> str:
        """The file in which a field such as `items[3].title` stands."""
        found = re.match(r"items\[(\d+)\](?:\.(\w+))?", path)
        item = self.shared.get(int(found[1])) if found else None
        if found is None or item is None or found[2] in item.here:
            return self.document.file
        return item.document.file


def shared_folder(folder: Path) -> Path:
    """Where what is shared lies, for the issue in that folder."""
    return folder.parent / SHARED


def refers(item: Any) -> bool:
    """Whether an entry of `items` names a shared item instead of being one."""
    return isinstance(item, dict) and SHARED in item and "kind" not in item


def with_shared(document: Document, folder: Path, root: Path, kinds: Kinds) -> Spliced:
    """The issue's document with what it refers to. Problems are values; a harmless item stands in for a bad one."""
    items = document.data.get("items") if isinstance(document.data, dict) else None
    if not isinstance(items, list) or not any(map(refers, items)):
        return Spliced(document)
    spliced, lines, whole = Spliced(document), dict(document.lines), list(items)
    ids = [None if not isinstance(item, dict) or refers(item) else item.get("id") for item in items]
    taken = {name: at for at, name in enumerate(ids) if isinstance(name, str)}
    for at, item in enumerate(items):
        if not refers(item):
            continue
        name = item[SHARED]
        try:
            one = _read(document, at, taken, folder, root)
            whole[at], placed = _placed(document, at, one, kinds)
        except ProblemsError as error:
            spliced.problems += error.problems
            whole[at] = {"id": f"shared-{at}", "kind": "about"}
            continue
        taken[name] = at
        spliced.shared[at] = one
        lines |= placed
    data = {**document.data, "items": whole, **_authors(document.data, spliced.shared.values(), kinds)}
    spliced.document = Document(data, document.file, lines)
    return spliced


def _authors(said: Mapping[str, Any], shared: Iterable[SharedItem], kinds: Kinds) -> dict[str, Any]:
    """The issue's authors, and those of what it shares; nothing where those say none."""
    own = said.get("authors") or []
    more = [
        name
        for item in shared
        if not _declares(item.document.data, "authors", kinds)
        for name in item.document.data.get("authors") or ()
    ]
    return {"authors": list(dict.fromkeys([*own, *more]))} if more and _is_names(own) else {}


def lifted(document: Document, to: Loc) -> Document:
    """A file's lines as those of an entry further down; what it says stays."""
    return Document(document.data, document.file, {(*to, *loc): line for loc, line in document.lines.items()})


def _read(document: Document, at: int, taken: Mapping[str, int], folder: Path, root: Path) -> SharedItem:
    """The file that an entry names. ProblemsError at the entry, or in the file."""
    entry, loc = document.data["items"][at], ("items", at, SHARED)
    name, home = entry[SHARED], shared_folder(folder)
    if not isinstance(name, str) or len(name) > MAX_NAME or not NAME.fullmatch(name):
        hint = f"Write the name of a file in issues/{SHARED}, without .yaml."
        raise _problems(document, loc, "is no name of a shared item.", hint)
    if name in taken:
        line = document.line(("items", taken[name]))
        message = f'"{name}" stands in this issue already, on line {line}.'
        raise _problems(document, loc, message, "Take one of the two out.")
    path, called = home / f"{name}.yaml", f"{shown(home, root)}/{name}.yaml"
    if path.is_symlink() and not path.exists():
        raise _problems(document, loc, f"{called} is a link to nothing.", "Put the file itself there.")
    if not path.exists():
        hint = nearest(name, _known(home)) or f"Put the item into {called}."
        raise _problems(document, loc, f'There is no shared item "{name}".', hint)
    if not path.resolve().is_relative_to(home.resolve()):
        raise _problems(document, loc, f"{called} is a link out of its folder.", "Put the file itself there.")
    unknown = [key for key in entry if key not in (SHARED, *HERE)]
    if unknown:
        hint = f"Say it in {called}; only {', '.join(HERE)} may stand here."
        raise ProblemsError(
            problem
            for key in unknown
            for problem in _problems(
                document, ("items", at, key), f'"{key}" is not said here.', hint
            ).problems
        )
    try:
        read = read_yaml(path, called)
    except ProblemsError:
        raise
    except MailerError as error:
        raise ProblemsError([Problem(error.message, error.hint, called)]) from error
    return SharedItem(name, read, frozenset(key for key in entry if key != SHARED))


def _placed(
    document: Document, at: int, one: SharedItem, kinds: Kinds
) -> tuple[dict[str, Any], dict[Loc, int]]:
    """The item as it stands in the issue, and the lines of all in it. ProblemsError where it cannot stand there."""
    problems = list(_troubles(document, one, kinds))
    if problems:
        raise ProblemsError(problems)
    item = {"id": one.name, **one.document.data}
    for key in ABOUT:
        if not _declares(item, key, kinds):
            item.pop(key, None)
    item |= {key: document.data["items"][at][key] for key in one.here}
    image = item.get("image")
    if isinstance(image, dict) and isinstance(image.get("src"), str):
        item["image"] = {**image, "src": OF_SHARED + image["src"]}
    top: Loc = ("items", at)
    lines = dict(lifted(one.document, top).lines)
    for key in one.here:
        lines = {loc: line for loc, line in lines.items() if loc[:3] != (*top, key)}
        lines |= {loc: line for loc, line in document.lines.items() if loc[:3] == (*top, key)}
    return item, lines


def _troubles(document: Document, one: SharedItem, kinds: Kinds) -> Iterator[Problem]:
    file, data = one.document, one.document.data

    def problem(key: str, message: str, hint: str) -> Problem:
        loc = (key,) if key else ()
        return Problem(message, hint, file.file, file.line(loc), key, "file.value", one.name)

    if not isinstance(data, dict):
        what = "is empty." if data is None else "does not begin with `key: value` lines."
        yield problem("", what, "Write the item as it would stand in an issue, without the dash.")
        return
    if refers(data):
        yield problem(SHARED, "names another shared item.", "Write the item itself.")
        return
    if data.get("id", one.name) != one.name:
        yield problem("id", f'is not the file\'s name, "{one.name}".', "Leave it out, or rename the file.")
    if not _declares(data, "authors", kinds) and not _is_names(data.get("authors") or []):
        yield problem("authors", "is no list of names.", "Write [Ann Author, Ben Writer].")
    issue = document.data.get("language", "en")
    own = issue if _declares(data, "language", kinds) else data.get("language", "en")
    if isinstance(issue, str) and own != issue:
        called = language_name(own) if isinstance(own, str) else "no language"
        hint = (
            f"Share one in {language_name(issue)} under another name, or write `language: {issue}` if it is."
        )
        yield problem("language", f"is in {called}, and the issue in {language_name(issue)}.", hint)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _declares(item: Mapping[str, Any], name: str, kinds: Kinds) -> bool:
    kind = item.get("kind")
    return isinstance(kind, str) and kind in kinds and name in kinds[kind].fields


def _known(home: Path) -> list[str]:
    return [path.stem for path in home.glob("*.yaml") if NAME.fullmatch(path.stem)]


def _problems(document: Document, loc: Loc, message: str, hint: str) -> ProblemsError:
    at = int(loc[1])
    name = document.data["items"][at][SHARED]
    is_name = isinstance(name, str) and len(name) <= MAX_NAME and NAME.fullmatch(name)
    called = name if is_name else f"item {at + 1}"
    line = document.line(loc)
    return ProblemsError([Problem(message, hint, document.file, line, field_path(loc), "file.value", called)])
