"""What is new in a proof since another one was approved: all that whoever approves again has to look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher, unified_diff
from typing import Literal

from mailer.model.finding import Waiver
from mailer.model.proof import Proof
from mailer.model.rendition import Rendition
from mailer.proof.changed import OF_VERSION, changed_words
from mailer.proof.changed_text import changed_text, shown
from mailer.proof.digest import rendition_parts, what_differs

Part = Literal["subject", "preheader", "text"]
PARTS: tuple[Part, ...] = ("subject", "preheader", "text")
AROUND = 1
"""Unchanged lines shown before and after changed ones."""
MOST_LINES = 4000
"""Lines of a text that are compared one by one; of a longer one it is only said that it is another."""
BETWEEN_TAGS = re.compile(">[^<>]*<")
TOLD = ("sender", "authors", "translators", "waivers", "issue", "audience", "archive")
"""Parts of the digest of which `_sentences` says what has changed."""


@dataclass(frozen=True, slots=True)
class WordsChange:
    """Words that are others now, in every version in which they changed in the same way."""

    part: Part
    versions: tuple[str, ...]
    """What those versions are called."""
    lines: tuple[str, ...]
    """A unified diff without its head: lines that begin with "-", "+", a blank, or "@@" where some are left out."""


@dataclass(frozen=True, slots=True)
class PictureChange:
    """A picture that came, went, or is another under the same name."""

    name: str
    how: Literal["added", "changed", "taken out"]


@dataclass(frozen=True, slots=True)
class Difference:
    """From an earlier proof to this one, as values to be shown; personal fields stand as `{{name}}`."""

    seal: str
    """Of the earlier one."""
    made_at: datetime
    words: tuple[WordsChange, ...] = ()
    said: tuple[str, ...] = ()
    """The same by item, each change once: `"Saiga meeting": "26 April" → "24 April"`."""
    looks: tuple[str, ...] = ()
    """Versions whose html is another in more than its words: looks, links, pictures or what is said of them."""
    added: tuple[str, ...] = ()
    """Versions to be read whole: the earlier proof has none like them."""
    gone: tuple[str, ...] = ()
    """Versions that the earlier proof has, and this one has no more."""
    pictures: tuple[PictureChange, ...] = ()
    others: tuple[str, ...] = ()
    """Sentences about the sender, the readers asked for, groups, registers, days, authors and waivers."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing that is hashed has changed."""
        return not (self.words or self.looks or self.added or self.gone or self.pictures or self.others)


def difference(old: Proof, new: Proof) -> Difference:
    """What has to be looked at in `new` by somebody who approved `old`: pure, nothing is read or written.

    Versions are compared with those of the same content; one whose items have changed, with the one of its
    language that is most like it.
    """
    pairs, added, gone = _pairs(old, new)
    changed: dict[tuple[Part, tuple[str, ...]], list[str]] = {}
    looks: list[str] = []
    for before, after in pairs:
        title = _title(new, after)
        found = {part: lines for part in PARTS if (lines := _lines(part, before, after))}
        for part, lines in found.items():
            changed.setdefault((part, lines), []).append(title)
        if _frame(before.html) != _frame(after.html) or (not found and before.html != after.html):
            looks.append(title)
    return Difference(
        seal=old.seal,
        made_at=old.made_at,
        words=tuple(WordsChange(part, tuple(versions), lines) for (part, lines), versions in changed.items()),
        said=changed_text(old, new),
        looks=tuple(looks),
        added=tuple(_title(new, one) for one in added),
        gone=tuple(_title(old, one) for one in gone),
        pictures=tuple(_pictures(old, new)),
        others=tuple(_sentences(old, new)),
    )


def _pairs(
    old: Proof, new: Proof
) -> tuple[list[tuple[Rendition, Rendition]], list[Rendition], list[Rendition]]:
    """Versions of both that belong together, those only in the new one, and those only in the old one."""
    left = {one.variant.key: one for one in old.renditions}
    pairs, rest = [], []
    for after in new.renditions:
        before = left.pop(after.variant.key, None)
        if before is None:
            rest.append(after)
        else:
            pairs.append((before, after))
    added = []
    for after in rest:
        alike = max(
            (one for one in left.values() if one.variant.language == after.variant.language),
            key=lambda one: _likeness(one, after),
            default=None,
        )
        if alike is None:
            added.append(after)
        else:
            pairs.append((left.pop(alike.variant.key), after))
    return pairs, added, list(left.values())


def _likeness(one: Rendition, other: Rendition) -> float:
    return SequenceMatcher(None, one.variant.items, other.variant.items, autojunk=False).ratio()


def _lines(part: Part, before: Rendition, after: Rendition) -> tuple[str, ...]:
    """The diff of one part of a version; nothing where it is the same."""
    one, other = shown(getattr(before, part)), shown(getattr(after, part))
    if one == other:
        return ()
    old, new = one.splitlines(), other.splitlines()
    if max(len(old), len(new)) > MOST_LINES:
        return ("too long to be compared: read it whole",)
    # The first two lines name files.
    return tuple(unified_diff(old, new, lineterm="", n=AROUND))[2:] or (
        "other line ends, or spaces at the end",
    )


def _frame(html: str) -> str:
    """All but the words between tags."""
    return BETWEEN_TAGS.sub("><", html)


def _title(proof: Proof, rendition: Rendition) -> str:
    return proof.words.get(rendition.variant.key, rendition.variant.key)


def _pictures(old: Proof, new: Proof) -> Iterator[PictureChange]:
    before, after = _picture_parts(old), _picture_parts(new)
    for name in what_differs(before, after):
        how: Literal["added", "changed", "taken out"] = "changed"
        if name not in before:
            how = "added"
        elif name not in after:
            how = "taken out"
        yield PictureChange(name.removeprefix("picture "), how)


def _picture_parts(proof: Proof) -> dict[str, str]:
    parts = rendition_parts(proof.renditions)
    return {name: value for name, value in parts.items() if name.startswith("picture ")}


def _sentences(old: Proof, new: Proof) -> Iterator[str]:
    yield from _facts(_head(old), _head(new))
    yield from _lists(_named(old), _named(new))
    yield from _lists({"Waived": _waived(old.waivers)}, {"Waived": _waived(new.waivers)})
    rest = [
        name
        for name in what_differs(old.parts, new.parts)
        if name not in TOLD and not name.startswith("picture ") and not _is_shown(name)
    ]
    yield from (f"Changed: {words}." for words in changed_words(rest, count_versions=True))


def _is_shown(part: str) -> bool:
    found = OF_VERSION.fullmatch(part)
    return found is not None and found[1] in ("html", "text", "subject")


def _head(proof: Proof) -> dict[str, str]:
    """What an inbox and the post office see of it, and when it may go: what it is called → its value."""
    sender = proof.sender
    return {
        "Sender's name": sender.name,
        "Sender's address": sender.email,
        "Address for answers": sender.reply_to,
        "Address for bounces": proof.envelope_sender,
        "Newsletter": proof.list_name,
        "List-Id": proof.list_id,
        "Id": proof.issue_id,
        "Kind of message": proof.message_class,
        "Day": str(proof.day),
        "May be sent from": str(proof.send_from or ""),
        "May be sent until": str(proof.send_until or ""),
    }


def _named(proof: Proof) -> dict[str, tuple[str, ...]]:
    translators = (f"{name} ({tag})" for tag, names in proof.translators.items() for name in names)
    return {
        "Groups asked for": proof.segments,
        "Readers besides": proof.also,
        "Readers left out": proof.except_,
        "Authors": proof.authors,
        "Translators": tuple(translators),
        "Kept out of the archive": proof.kept_out,
    }


def _waived(waivers: Iterable[Waiver]) -> tuple[str, ...]:
    return tuple(
        f"{one.rule}{f' of {one.item}' if one.item else ''}{f' ({one.words})' if one.words else ''}"
        f" by {one.by}: {one.because}"
        for one in waivers
    )


def _facts(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name, value in new.items():
        if old[name] != value:
            yield f"{name}: {value or 'none'}, was {old[name] or 'none'}."


def _lists(old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for name, values in new.items():
        came = [value for value in values if value not in old[name]]
        went = [value for value in old[name] if value not in values]
        if came:
            yield f"{name}: now also {', '.join(came)}."
        if went:
            yield f"{name}: no longer {', '.join(went)}."
