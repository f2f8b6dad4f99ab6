"""Who gets what a proof shows: the audience in words, heads by group, country and language, and who is left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from mailer.audience import belongs, words
from mailer.flow.compose import Composed
from mailer.flow.versions import asked_groups
from mailer.model.dispatch import Plan
from mailer.source import language_name

MOST_NAMED = 100
"""Addresses of people left out for the same reason that the page lists."""


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A reason, and whom it keeps out."""

    why: str
    number: int
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """Who gets an issue: sums over its readers, largest first."""

    readers: int
    would_get_it: int
    audience: tuple[tuple[str, str], ...]
    """Each group, or person, and what that means."""
    groups: tuple[tuple[str, int], ...]
    countries: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]
    left_out: tuple[LeftOutRow, ...]


def who_gets_it(composed: Composed, plan: Plan) -> Who:
    """Sums over everybody in the audience; of those left out, why and who."""
    names = composed.people.registers.countries
    countries: Counter[str] = Counter()
    for reader in composed.readers:
        country = names.get(reader.contact.country or "")
        countries[country.names.get("en", country.iso2) if country else reader.contact.country or "none"] += 1
    languages = Counter(language_name(reader.language) for reader in composed.readers)
    return Who(
        readers=len(composed.readers),
        would_get_it=len(plan.deliveries),
        audience=audience_in_words(composed),
        groups=_by_group(composed),
        countries=tuple(countries.most_common()),
        languages=tuple(languages.most_common()),
        left_out=_left_out(plan),
    )


def audience_in_words(composed: Composed) -> tuple[tuple[str, str], ...]:
    """Each group by its title with its rule in words, and people named one by one."""
    segments = composed.people.recipients.segments
    rows = []
    for name in composed.segments:
        segment = segments.get(name)
        means = f"whoever {words(segment.rule)}" if segment and segment.rule else "everybody on file"
        rows.append((segment.title or name if segment else name, means))
    rows += [(address, "named besides") for address in composed.also]
    rows += [(address, "left out by name") for address in composed.except_]
    return tuple(rows) or (("Everybody on file", "no group is named"),)


def _by_group(composed: Composed) -> tuple[tuple[str, int], ...]:
    """Readers in each group that decides who gets the issue and what of it; somebody in two counts in both."""
    scene, segments = composed.people.scene(composed.day), composed.people.recipients.segments
    rows = []
    for name in asked_groups(composed.issue, composed.segments):
        if name in segments:
            rule = segments[name].rule
            number = sum(belongs(reader.contact, rule, scene) for reader in composed.readers)
            rows.append((segments[name].title or name, number))
    return tuple(sorted(rows, key=lambda row: -row[1]))


def _left_out(plan: Plan) -> tuple[LeftOutRow, ...]:
    reasons: dict[str, list[str]] = {}
    for left in plan.left_out:
        reasons.setdefault(left.why, []).append(left.address)
    return tuple(
        LeftOutRow(why, len(addresses), tuple(addresses[:MOST_NAMED]))
        for why, addresses in sorted(reasons.items(), key=lambda row: -len(row[1]))
    )
