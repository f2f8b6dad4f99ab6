"""Personal fields: one stand-in for each in a version, for only the first that is read counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailer.check.filled import is_filled
from mailer.check.reading import TextPlace, by_item
from mailer.check.rule import WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.base import Language
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import PERSON_SLOTS, Variant
from mailer.model.slots import FIELD
from mailer.model.translation import head_language, item_language, language_chain

_WORDING = re.compile(r"wording\[(\d+)\]\.(\w+)")

Read = tuple[Language, TextPlace]


def two(checked: CheckedIssue) -> Iterator[Finding]:
    """A stand-in that no reader sees, because the same version has another one for that field."""
    told: set[tuple[Read, str]] = set()
    for variant in {rendition.variant: None for rendition in checked.renditions}:
        first: dict[tuple[Language, str], str] = {}
        for language, place in _read(checked, variant):
            for found in FIELD.finditer(place.text):
                name, words = found[1], (found[2] or "").strip()
                if name not in PERSON_SLOTS or not words:
                    continue
                counts = first.setdefault((language, name), words)
                if counts != words and ((language, place), name) not in told:
                    told.add(((language, place), name))
                    yield _in(checked, language).finding(
                        "slot.two-stand-ins",
                        Severity.WARN,
                        f'Readers without a value for the personal field "{name}" see "{counts}" here, not '
                        f'"{words}": one stand-in counts for a whole version, the first.',
                        "Write the same in both places, or word the sentence so that it fits.",
                        at=place.at(found.start()),
                        words=found[0],
                    )


def _read(checked: CheckedIssue, variant: Variant) -> Iterator[Read]:
    """The texts of a version in the order in which their stand-ins count, each with its language."""
    chain = language_chain(variant.language, checked.issue.language, checked.fallbacks)
    wordings = dict(variant.wordings)
    places = {
        language: by_item(_in(checked, language).issue)
        for language in {checked.issue.language, *(set(chain) & checked.local.keys())}
    }

    def head(*names: str) -> Iterator[Read]:
        for name in names:
            language = head_language(name, chain, checked.translations)
            if place := places[language].get(None, {}).get(name):
                yield language, place

    yield from head("subject", "preheader")
    for item in variant.items:
        number = wordings.get(item)
        language = item_language(item, chain, checked.translations, number)
        own = places[language].get(item, {})
        for field, place in own.items():
            if (
                "|" in place.text
                and is_filled(field, checked.issue.item(item))
                and _is_read(field, own, number)
            ):
                yield language, place
    yield from head("series", "title")


def _is_read(field: str, own: Mapping[str, TextPlace], number: int | None) -> bool:
    """Whether readers of that wording see the field."""
    if found := _WORDING.fullmatch(field):
        return int(found[1]) == number
    return f"wording[{number}].{field}" not in own


def _in(checked: CheckedIssue, language: Language) -> CheckedIssue:
    return checked.local.get(language, checked)


RULES = (
    Rule(
        "slot.two-stand-ins",
        "Two stand-ins for one personal field, of which one is never seen",
        WARN,
        "personal fields",
        two,
    ),
)
