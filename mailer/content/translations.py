"""Translations: the files issue.LANGUAGE.yaml beside an issue, read with every problem at its line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mailer.config.workspace import shown
from mailer.content.overlay import translate_item
from mailer.content.shared import SharedItem, lifted, shared_folder
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.base import Language
from mailer.model.issue import ItemBase
from mailer.model.translation import (
    HEAD_WORDS,
    SharedTranslationFile,
    TranslatedItem,
    Translation,
    TranslationFile,
)
from mailer.source import (
    Document,
    Loc,
    as_noun,
    field_path,
    is_language,
    is_there,
    nearest_language,
    read_yaml,
)

Items = Mapping[str, ItemBase | None]
"""Item id → the item; None where what issue.yaml says of it cannot be used."""

TRANSLATORS = "translators"
"""The key of a file of words that is no field of what it translates."""

_NAME = re.compile(r"([^.]+)\.(.+)\.(ya?ml)", re.IGNORECASE)


@dataclass(slots=True)
class Translations:
    """What the translation files of one issue say, and everything that is wrong with them."""

    of: dict[Language, Translation] = field(default_factory=dict)
    documents: dict[Language, Document] = field(default_factory=dict)
    of_shared: dict[str, dict[Language, Document]] = field(default_factory=dict)
    """Name of a shared item → the files of its words, by language."""
    problems: list[Problem] = field(default_factory=list)


def translation_path(folder: Path, language: Language) -> Path:
    """Where the words of the issue in `folder` stand in that language."""
    return folder / f"issue.{language}.yaml"


def shared_translation_path(folder: Path, name: str, language: Language) -> Path:
    """Where the words of a shared item stand in that language, for the issue in `folder`."""
    return shared_folder(folder) / f"{name}.{language}.yaml"


def read_translations(
    folder: Path,
    root: Path,
    source: Language,
    items: Items | None,
    shared: Mapping[str, SharedItem] | None = None,
) -> Translations:
    """Read every issue.LANGUAGE.yaml in `folder`, in the order of their names; problems are values.

    `source` is the issue's own language. `items` are what is translated; None where nobody can tell. Words of
    `shared` items are in files of their own, which count in the languages that the issue has a file for.
    """
    found, shared = Translations(), shared or {}
    for path, tag, ending in _files(folder, "issue"):
        if document := _document(found, path, root, ("issue", tag, ending, source)):
            translation, problems = translation_in(document, tag, items, shared)
            found.of[tag], found.documents[tag] = translation, document
            found.problems += sorted(problems, key=lambda problem: problem.line or 0)
    for name in shared:
        for path, tag, ending in _files(shared_folder(folder), name):
            named = (name, tag, ending, source)
            if (tag in found.of or not is_language(tag)) and (
                document := _document(found, path, root, named)
            ):
                _add_shared(found, name, tag, document, (items or {}).get(name))
    return found


def _document(
    found: Translations, path: Path, root: Path, named: tuple[str, str, str, str]
) -> Document | None:
    """What a translation's file says; None where it is of no use, which `found` then tells."""
    name = shown(path, root)
    if trouble := _trouble_with_name(*named, path):
        found.problems.append(Problem(*trouble, name, rule="file.name"))
        return None
    try:
        return read_yaml(path, name)
    except ProblemsError as error:
        found.problems += error.problems
    except MailerError as error:
        found.problems.append(Problem(error.message, error.hint, name))
    return None


def _add_shared(
    found: Translations, name: str, tag: Language, document: Document, item: ItemBase | None
) -> None:
    """The words of a shared item in a language that the issue is translated into."""
    try:
        translated, translators = shared_translation_in(document, name, item)
    except ProblemsError as error:
        found.problems += error.problems
        return
    found.of_shared.setdefault(name, {})[tag] = document
    if translated is not None:
        words = found.of[tag]
        found.of[tag] = replace(
            words,
            items={**words.items, name: translated},
            translators=tuple(dict.fromkeys((*words.translators, *translators))),
        )


def shared_translation_in(
    document: Document, name: str, item: ItemBase | None
) -> tuple[TranslatedItem | None, tuple[str, ...]]:
    """What a file of a shared item's words says, None where no word is given yet, and who translated it.

    ProblemsError with every problem of it. Without the item itself, nobody can tell more than its shape.
    """
    said = {} if document.data is None else _without_empty(document).data
    if not isinstance(said, dict):
        hint = "Write the item's words at their keys."
        raise ProblemsError(
            [_problem(document, (), "does not begin with `key: value` lines.", hint, "file.value")]
        )
    about = {key: said.pop(key) for key in (TRANSLATORS,) if key in said}
    problems: list[Problem] = []
    translated, file = None, SharedTranslationFile()
    try:
        file = as_noun(SharedTranslationFile, replace(document, data=about))
    except ProblemsError as error:
        problems += (replace(problem, item=name) for problem in error.problems)
    if item is not None and said:
        translated, wrong = translate_item(item, said, lifted(document, ("items", name)), f"{name}.yaml")
        problems += (replace(problem, item=name, field=_below(problem.field, name)) for problem in wrong)
    if problems:
        raise ProblemsError(problems)
    return translated, file.translators


def shared_words(
    folder: Path, language: Language, shared: SharedItem, item: ItemBase, source: Language
) -> Document | None:
    """The file of a shared item's words in a language, for the issue in `folder` and also where that has no
    translation into it yet; None where there is no such file. ProblemsError with all that is wrong with it."""
    if language in shared.overlays:
        return shared.overlays[language]
    path = shared_translation_path(folder, shared.name, language)
    called = shared_translation_name(shared, language)
    if not is_there(path, called):
        return None
    if trouble := _trouble_with_name(shared.name, language, "yaml", source, path):
        raise ProblemsError([Problem(*trouble, called, rule="file.name")])
    document = read_yaml(path, called)
    shared_translation_in(document, shared.name, item)
    return document


def shared_translation_name(shared: SharedItem, language: Language) -> str:
    """What messages call the file of a shared item's words."""
    return f"{shared.document.file.removesuffix('.yaml')}.{language}.yaml"


def _below(path: str, name: str) -> str:
    return path.removeprefix(f"items.{name}").removeprefix(".")


def _files(folder: Path, stem: str) -> Iterator[tuple[Path, str, str]]:
    for path in sorted(folder.iterdir()):
        found = _NAME.fullmatch(path.name)
        if found and found[1].casefold() == stem.casefold():
            yield path, found[2], found[3]


def _trouble_with_name(stem: str, tag: str, ending: str, source: str, path: Path) -> tuple[str, str] | None:
    if not is_language(tag):
        return f'"{tag}" is not a language.', nearest_language(tag)
    if path.name != f"{stem}.{tag}.yaml":
        return f"ends in .{ending}, and would not be read.", f"Rename it to {stem}.{tag}.yaml."
    if not path.is_file():
        return "is not a file.", "Put the translation itself there, or take it away."
    if not path.resolve().is_relative_to(path.parent.resolve()):
        home = "the issue's folder" if stem == "issue" else "its folder"
        return f"is a link out of {home}.", "Put the translation itself there."
    if tag.casefold() == source.casefold():
        return (
            f"is for {tag}, the language that {stem}.yaml itself is in.",
            "Take it away, or name the language it is in.",
        )
    return None


def translation_in(
    document: Document, tag: str, sources: Items | None, shared: Mapping[str, SharedItem]
) -> tuple[Translation, list[Problem]]:
    """One file's words, as far as they can be used, and every problem of it."""
    document = _without_empty(document)
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
        if item_id in shared:
            message, hint = (
                "is shared with other issues.",
                f"Put its words into issues/shared/{item_id}.{tag}.yaml.",
            )
            problems.append(_problem(document, ("items", item_id), message, hint, "file.value"))
        elif sources is not None and item_id not in sources:
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
