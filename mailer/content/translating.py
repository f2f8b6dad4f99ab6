"""Beginning a translation, adding to it what came later, and noting what it translates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.content.issues import IssueFile
from mailer.content.translation_frame import frame_of, item_frames, shared_frame
from mailer.content.translations import (
    shared_translation_name,
    shared_translation_path,
    translation_path,
)
from mailer.errors import MailerError, UsageError, nearest
from mailer.model.base import Language
from mailer.model.issue import ItemBase
from mailer.model.translation import Translation, head_digest, item_digest, required_words
from mailer.source import (
    MAX_BYTES,
    Document,
    dump_round_trip,
    is_language,
    language_name,
    load_round_trip,
    nearest_language,
    parse_yaml,
    read_bytes,
    write_atomically,
)

HEAD = "head"
"""What the head is called where items are called by their ids."""


@dataclass(frozen=True, slots=True)
class Stamped:
    """What was noted anew, and what was right already; the head is called "head"."""

    anew: tuple[str, ...]
    already: tuple[str, ...]


def start_translation(file: IssueFile, language: Language) -> tuple[Path, ...]:
    """Write a frame of a translation beside the issue: the source's words as comments, keys to fill in.

    What it shares with other issues gets a frame in issues/shared, where there is none in that language yet.
    Returns the files that were made, the issue's own first.
    UsageError where that is no language to translate into; MailerError where the file is there already.
    """
    if not is_language(language):
        raise UsageError(f'"{language}" is not a language.', nearest_language(language))
    if language.casefold() == file.issue.language.casefold():
        raise UsageError(f"The issue itself is in {language_name(language)}.", "Name another language.")
    path = translation_path(file.folder, language)
    if path.exists() or path.is_symlink():
        hint = f"Add to it what is new in the issue: `mailer translate add {file.slug} {language}`."
        raise MailerError(f"{path.name} is there already.", hint)
    begun = _begin_shared(file, language)
    write_atomically(path, frame_of(file.issue, language, file.shared.keys()).encode())
    return (path, *(shared_translation_path(file.folder, name, language) for name in begun))


def _begin_shared(file: IssueFile, language: Language) -> tuple[str, ...]:
    """Frames for those of its shared items that have none in that language; their names."""
    begun = []
    for item in file.issue.items:
        path = shared_translation_path(file.folder, item.id, language)
        if item.id in file.shared and required_words(item) and not (path.exists() or path.is_symlink()):
            write_atomically(path, shared_frame(item, language, file.issue.language).encode())
            begun.append(item.id)
    return tuple(begun)


def extend_translation(file: IssueFile, language: Language) -> tuple[str, ...]:
    """Add frames of the items that the translation does not have yet, and return their ids.

    What is there stays as it is, to the byte. MailerError where there is no such translation, or where its
    items are written so that nothing can be put after them.
    """
    _translation(file, language)
    path, document = translation_path(file.folder, language), file.overlays[language]
    there = document.data.get("items") or {}
    new = [
        item
        for item in file.issue.items
        if item.id not in there and item.id not in file.shared and required_words(item)
    ]
    if new:
        write_atomically(path, with_frames(read_bytes(path, document.file, MAX_BYTES), document, new))
    return (*(item.id for item in new), *_begin_shared(file, language))


def with_frames(content: bytes, document: Document, new: Sequence[ItemBase]) -> bytes:
    """A translation's file with frames of more items after its own; what is there stays as it is, to the byte.

    MailerError where its items are written so that nothing can be put after them.
    """
    extended = _extended(content.decode("utf-8"), document, lambda indent: item_frames(new, indent))
    if not _only_adds(extended, document, [item.id for item in new]):
        raise MailerError(
            f"{document.file} is written so that no item can be put after the others.",
            "Give `items:` and each item a line of its own, without braces.",
        )
    return extended


def stamp_translation(
    file: IssueFile, language: Language, named: Iterable[str] = (), *, everything: bool = False
) -> Stamped:
    """Note in the translation that these items ("head" for the head) are of the source's words as they are now.

    `everything` takes all that is translated. Comments and order stay. MailerError where one of them is not
    there or not translated; then nothing is written.
    """
    translation = _translation(file, language)
    digests = _digests(file, translation)
    if not everything:
        named = list(dict.fromkeys(named))
        for name in named:
            _must_be_translated(name, digests, file, language)
        digests = {name: digests[name] for name in named}
    anew = {name: present for name, (noted, present) in digests.items() if noted != present}
    if anew:
        _write(file, language, anew)
    return Stamped(tuple(anew), tuple(name for name in digests if name not in anew))


def stale_names(file: IssueFile, language: Language) -> tuple[str, ...]:
    """What of a translation is not noted as being of the source's words as they are now."""
    digests = _digests(file, _translation(file, language))
    return tuple(name for name, (noted, present) in digests.items() if noted != present)


def _translation(file: IssueFile, language: Language) -> Translation:
    if language not in file.translations:
        known = nearest(language, file.translations)
        hint = known or f"Begin one with `mailer translate start {file.slug} {language}`."
        raise MailerError(f"{file.slug} has no translation into {language_name(language)}.", hint)
    return file.translations[language]


def _extended(text: str, document: Document, frames: Callable[[str], str]) -> bytes:
    """The file with more items after its last one, indented as those are."""
    lines = re.split(r"(?<=\n)", text)
    has_items, items = "items" in document.data, document.data.get("items") or {}
    begin = (document.line(("items",)) or 0) if has_items else len(lines)
    end = min(
        (line - 1 for key in document.data if (line := document.line((key,)) or 0) > begin),
        default=len(lines),
    )
    # Comments at the margin and blank lines belong to what follows.
    while has_items and end > begin and not re.match(r" +\S", lines[end - 1]):
        end -= 1
    first = lines[(document.line(("items", next(iter(items)))) or 1) - 1] if items else "  "
    indent = first[: len(first) - len(first.lstrip(" "))]
    opening = "\n" if items else "" if has_items else "\nitems:\n"
    added = f"\n{opening}{frames(indent)}"
    if "\r\n" in text:
        added = added.replace("\n", "\r\n")
    return ("".join(lines[:end]).rstrip("\r\n") + added + "".join(lines[end:])).encode()


def _only_adds(content: bytes, document: Document, new: list[str]) -> bool:
    """Whether the extended file says all that the file says, and the new items besides."""
    try:
        data = parse_yaml(content, document.file).data
    except MailerError:
        return False
    old = document.data.get("items") or {}
    items = data.get("items") or {}
    kept = {key: value for key, value in items.items() if key not in new}
    heads = ({key: value for key, value in said.items() if key != "items"} for said in (data, document.data))
    return set(new) <= set(items) and kept == old and next(heads) == next(heads)


def _digests(file: IssueFile, translation: Translation) -> dict[str, tuple[str, str]]:
    """Name → the digest that is noted, and the present one, for all that is translated."""
    head = {HEAD: (translation.source, head_digest(file.issue))} if translation.head else {}
    return head | {
        item.id: (translation.items[item.id].source, item_digest(item))
        for item in file.issue.items
        if item.id in translation.items
    }


def _must_be_translated(
    name: str, digests: dict[str, tuple[str, str]], file: IssueFile, language: Language
) -> None:
    if name in digests:
        return
    known = {HEAD, *(item.id for item in file.issue.items)}
    if name not in known:
        raise MailerError(f'There is no item "{name}" in {file.slug}.', nearest(name, known))
    shared = file.shared.get(name)
    shown = file.overlays[language].file
    if shared is not None:
        shown = shared_translation_name(shared, language)
    raise MailerError(f'"{name}" has no words in {language_name(language)} yet.', f"Put them into {shown}.")


def _write(file: IssueFile, language: Language, anew: dict[str, str]) -> None:
    for name in anew.keys() & file.shared.keys():
        path = shared_translation_path(file.folder, name, language)
        data = load_round_trip(path, file.shared[name].overlays[language].file)
        _note(data, anew[name], 0)
        dump_round_trip(path, data)
    anew = {name: digest for name, digest in anew.items() if name not in file.shared}
    if not anew:
        return
    path, document = translation_path(file.folder, language), file.overlays[language]
    data = load_round_trip(path, document.file)
    # Keys are text to us, but an id such as 2016 is a number to the writer: go by their order.
    keys = dict(zip((document.data or {}).get("items") or {}, data.get("items") or {}, strict=True))
    for name, digest in anew.items():
        if name == HEAD:
            _note(data, digest, list(data).index("language") + 1)
        else:
            _note(data["items"][keys[name]], digest, 0)
    dump_round_trip(path, data)


def _note(values: Any, digest: str, at: int) -> None:
    if "source" in values:
        values["source"] = digest
    else:
        values.insert(at, "source", digest)
