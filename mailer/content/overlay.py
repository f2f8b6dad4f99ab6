"""Laying the words of another language over an item: its facts stay, and so do words that are not given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from mailer.errors import Problem, nearest
from mailer.model.issue import ItemBase
from mailer.model.translation import TranslatedItem, required_words, word_fields
from mailer.source import Document, Loc, field_path, problems_of

SOURCE = "source"
"""The key of an item's overlay that is no field of the item."""


def translate_item(
    item: ItemBase, overlay: Mapping[str, Any], document: Document, source_file: str = "issue.yaml"
) -> tuple[TranslatedItem | None, list[Problem]]:
    """The item in the other language, and what is wrong in its overlay; None where no word is given yet.

    A value that is left empty counts as not given. Problems stand at `items.<id>` of `document`; `source_file` is
    what they call the file of the item itself.
    """
    laying = _Laying(document, ("items", item.id), source_file)
    source = overlay.get(SOURCE) or ""
    if not isinstance(source, str):
        laying.note((SOURCE,), f'"{source}" is not text.', "Put it in quotes.")
        source = ""
    words = {key: value for key, value in overlay.items() if key != SOURCE}
    merged = laying.over(item, words, ())
    try:
        translated = type(item).model_validate(merged)
    except ValidationError as error:
        return None, [*laying.problems, *laying.told(error, type(item))]
    if not laying.given:
        return None, laying.problems
    missing = tuple(path for path in required_words(item) if path not in laying.given)
    return TranslatedItem(translated, source, missing), laying.problems


@dataclass(slots=True)
class _Laying:
    """One overlay on its way over one item: what it gives, and what is wrong with it."""

    document: Document
    top: Loc
    source_file: str
    given: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def over(self, noun: BaseModel, overlay: Mapping[str, Any], at: Loc) -> dict[str, Any]:
        """The noun's values as they would stand in issue.yaml, with the overlay's words in their places."""
        values = noun.model_dump(by_alias=True)
        known = {info.alias or name for name, info in type(noun).model_fields.items()}
        words = word_fields(type(noun))
        for key, value in overlay.items():
            here = (*at, key)
            if key not in known:
                self.note(here, f'"{key}" is not known here.', nearest(key, words), rule="file.unknown-key")
            elif key not in words:
                self.note(here, "is the same in every language.", f"Take it out: {self.source_file} says it.")
            else:
                values[key] = self._value(getattr(noun, words[key]), value, here, values[key])
        return values

    def note(self, at: Loc, message: str, hint: str, rule: str = "file.value") -> None:
        loc = (*self.top, *at)
        file, line = self.document.file, self.document.line(loc)
        self.problems.append(Problem(message, hint, file, line, field_path(loc), rule))

    def told(self, error: ValidationError, model: type[BaseModel]) -> list[Problem]:
        """The model's own complaints, at their places in the overlay."""
        found = problems_of(
            error, model, self.document.file, lambda loc: self.document.line((*self.top, *loc))
        )
        above = field_path(self.top)
        return [replace(problem, field=f"{above}.{problem.field}".rstrip(".")) for problem in found]

    def _value(self, source: object, given: object, at: Loc, plain: Any) -> Any:
        """What stands at that place afterwards; `plain` is the source's value without types."""
        if given in (None, {}) or (isinstance(given, str) and not given.strip()):
            return plain
        if isinstance(source, BaseModel):
            if isinstance(given, Mapping):
                return self.over(source, given, at)
            self.note(at, f"{_kind(given)} is not a group of keys.", "Write `key: value` lines, indented.")
        elif isinstance(source, tuple):
            if isinstance(given, list):
                return self._entries(source, given, at, list(plain))
            self.note(at, f"{_kind(given)} is not a list.", "Begin each entry with a dash.")
        elif isinstance(given, Mapping | list) and source is None:
            message = f"has nothing to translate: the item in {self.source_file} is without it."
            self.note(at, message, "Take it out.")
        else:
            self.given.add(field_path(at))
            return given
        return plain

    def _entries(self, source: tuple[object, ...], given: list[Any], at: Loc, plain: list[Any]) -> list[Any]:
        if len(given) > len(source):
            count = {0: "no entry", 1: "one entry"}.get(len(source), f"{len(source)} entries")
            self.note(
                (*at, len(source)),
                f"is one entry too many: {self.source_file} has {count} there.",
                f"Entries stand in the order of {self.source_file}; write {{}} for one that stays as it is.",
            )
        for index, (one, value) in enumerate(zip(source, given, strict=False)):
            plain[index] = self._value(one, value, (*at, index), plain[index])
        return plain


def _kind(given: object) -> str:
    if isinstance(given, Mapping | list):
        return "A list" if isinstance(given, list) else "A group of keys"
    return f'"{given}"'
