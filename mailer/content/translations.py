"""Translations: the files issue.LANGUAGE.yaml beside an issue, read with every problem at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailer.config.workspace import shown
from mailer.content.overlay import translate_item
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.base import Language
from mailer.model.issue import ItemBase
from mailer.model.translation import HEAD_WORDS, TranslatedItem, Translation, TranslationFile
from mailer.source import Document, Loc, as_noun, field_path, is_language, nearest_language, read_yaml

Items = Mapping[str, ItemBase | None]
"""Item id → the item; None where what issue.yaml says of it cannot be used."""

_NAME = re.compile(r"issue\.(.+)\.(ya?ml)", re.IGNORECASE)


@dataclass(slots=True)
class Translations:
    """What the translation files of one issue say, and everything that is wrong with them."""

    of: dict[Language, Translation] = field(default_factory=dict)
    documents: dict[Language, Document] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def translation_path(folder: Path, language: Language) -> Path:
    """Where the words of the issue in `folder` stand in that language."""
    return folder / f"issue.{language}.yaml"


def read_translations(folder: Path, root: Path, source: Language, items: Items | None) -> Translations:
    """Read every issue.LANGUAGE.yaml in `folder`, in the order of their names; problems are values.

    `source` is the issue's own language. `items` are what is translated; None where nobody can tell.
    """
    found = Translations()
    for path, tag, ending in _files(folder):
        name = shown(path, root)
        if trouble := _trouble_with_name(tag, ending, path, source):
            found.problems.append(Problem(*trouble, name, rule="file.name"))
            continue
        try:
            document = read_yaml(path, name)
        except ProblemsError as error:
            found.problems += error.problems
        except MailerError as error:
            found.problems.append(Problem(error.message, error.hint, name))
        else:
            translation, problems = _read(_without_empty(document), tag, items)
            found.of[tag], found.documents[tag] = translation, document
            found.problems += sorted(problems, key=lambda problem: problem.line or 0)
    return found


def _files(folder: Path) -> Iterator[tuple[Path, str, str]]:
    for path in sorted(folder.iterdir()):
        if found := _NAME.fullmatch(path.name):
            yield path, found[1], found[2]


def _trouble_with_name(tag: str, ending: str, path: Path, source: str) -> tuple[str, str] | None:
    if not is_language(tag):
        return f'"{tag}" is not a language.', nearest_language(tag)
    if path.name != f"issue.{tag}.yaml":
        return f"ends in .{ending}, and would not be read.", f"Rename it to issue.{tag}.yaml."
    if not path.is_file():
        return "is not a file.", "Put the translation itself there, or take it away."
    if not path.resolve().is_relative_to(path.parent.resolve()):
        return "is a link out of the issue's folder.", "Put the translation itself there."
    if tag.casefold() == source.casefold():
        return (
            f"is for {tag}, the language that issue.yaml itself is in.",
            "Take it away, or name the language it is in.",
        )
    return None


def _read(document: Document, tag: str, sources: Items | None) -> tuple[Translation, list[Problem]]:
    """One file's words, as far as they can be used, and every problem of it."""
    problems: list[Problem] = []
    file = TranslationFile(language=tag)
    try:
        file = as_noun(TranslationFile, document)
    except ProblemsError as error:
        problems += error.problems
    if file.language != tag:
        hint = f'Write "{tag}", or rename the file to issue.{file.language}.yaml.'
        message = f'"{file.language}" is not the language of the file\'s name.'
        problems.append(_problem(document, ("language",), message, hint, "file.value"))
    items: dict[str, TranslatedItem] = {}
    for item_id, overlay in _items(document):
        if sources is not None and item_id not in sources:
            message, hint = f'There is no item "{item_id}" in issue.yaml.', nearest(item_id, sources)
            problems.append(_problem(document, ("items", item_id), message, hint, "file.unknown-item"))
        elif sources is not None and (item := sources[item_id]) is not None:
            translated, wrong = translate_item(item, overlay, document)
            problems += wrong
            if translated is not None:
                items[item_id] = translated
    head = {name: words for name in HEAD_WORDS if (words := getattr(file, name)) and words.strip()}
    return Translation(tag, head, file.source, items, file.translators), problems


def _items(document: Document) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every item's words as they are written, also where something else in the file is wrong."""
    items = document.data.get("items") if isinstance(document.data, dict) else None
    for item_id, overlay in items.items() if isinstance(items, dict) else ():
        if isinstance(overlay, dict):
            yield item_id, overlay


def _problem(document: Document, loc: Loc, message: str, hint: str, rule: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), rule)


def _without_empty(document: Document) -> Document:
    """The same without what is still left empty, so that a translation may grow from a bare frame."""
    if not isinstance(document.data, dict):
        return document
    data: dict[str, Any] = {key: value for key, value in document.data.items() if value is not None}
    if isinstance(items := data.get("items"), dict):
        data["items"] = {key: value for key, value in items.items() if value is not None}
    return replace(document, data=data)
