"""Who would miss something: readers whose version has nothing in it, States from which an item is hidden."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mailer.audience import Scene, belongs
from mailer.flow.people import People
from mailer.flow.versions import Division
from mailer.model.audience import (
    AllOf,
    AnyOf,
    Contact,
    FieldTest,
    InCountry,
    InRegion,
    InSegment,
    NoneOf,
    PartyTo,
    RangeStateOf,
    Reads,
    Rule,
)
from mailer.model.issue import Deadline, Issue, Item
from mailer.model.rendition import Variant

WITHOUT_NEWS = frozenset({"heading", "greeting", "contact", "about", "social"})
"""Kinds that are no reason to write to somebody."""
MOST_COMPARED = 3
"""States that see an item, those with most of its readers, against which one that does not is held."""


ByState = dict[tuple[str, Variant], list[Contact]]
"""State and version → its readers there."""


def empty_versions(issue: Issue, division: Division) -> tuple[tuple[str, int], ...]:
    """Words and head-count of each version that has nothing in it but what stands around the news."""
    news = {item.id for item in issue.items if item.kind not in WITHOUT_NEWS}
    return tuple(
        (division.words[key], division.heads[key])
        for key, variant in division.variants.items()
        if not news.intersection(variant.items)
    )


def hidden_states(issue: Issue, division: Division, people: People, day: date) -> dict[str, tuple[str, ...]]:
    """Item → names of the States from which it is hidden: others see it, nobody of theirs does, because of the State.

    Somebody who would not see the item wherever they came from, such as one who is no focal point, does not
    count. A deadline is for those who owe it, and hidden from nobody.
    """
    scene, known = people.scene(day), people.registers.countries
    hidden: dict[str, tuple[str, ...]] = {}
    readers = _by_state(division)
    for item in issue.items:
        segment = people.recipients.segments.get(item.show_to or "")
        if segment is None or isinstance(item, Deadline) or not _asks_where(segment.rule, scene):
            continue
        codes = _hidden_from(item, segment.rule, readers, scene)
        names = (known[code].name_in_text("en") if code in known else code for code in codes)
        if codes:
            hidden[item.id] = tuple(sorted(names, key=lambda name: name.removeprefix("the ")))
    return hidden


def _by_state(division: Division) -> ByState:
    found: ByState = defaultdict(list)
    for share in division.shares:
        if share.contact.country:
            found[share.contact.country, share.variant].append(share.contact)
    return found


def _hidden_from(item: Item, rule: Rule | None, readers: ByState, scene: Scene) -> Sequence[str]:
    """Codes of the States."""
    seeing: Counter[str] = Counter()
    others: dict[str, list[Contact]] = defaultdict(list)
    for (code, variant), contacts in readers.items():
        if item.id in variant.items:
            seeing[code] += len(contacts)
        else:
            others[code] += contacts
    compared = [code for code, _ in seeing.most_common(MOST_COMPARED)]

    def would_see(contact: Contact) -> bool:
        return any(belongs(replace(contact, country=code), rule, scene) for code in compared)

    unseeing = (code for code in others if not seeing[code])
    return [code for code in unseeing if any(would_see(contact) for contact in others[code])]


def _asks_where(rule: Rule | None, scene: Scene) -> bool:
    """Whether a rule looks at the country that somebody is from."""
    match rule:
        case InCountry() | InRegion() | RangeStateOf() | PartyTo() | Reads():
            return True
        case FieldTest():
            return rule.field == "country"
        case AllOf():
            return any(_asks_where(part, scene) for part in rule.all)
        case AnyOf():
            return any(_asks_where(part, scene) for part in rule.any)
        case NoneOf():
            return any(_asks_where(part, scene) for part in rule.none)
        case InSegment():
            return _asks_where(scene.segment(rule.segment).rule, scene)
        case _:
            return False
