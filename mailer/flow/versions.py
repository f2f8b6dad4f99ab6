"""Which versions an issue has, and who gets each: decided before anything is rendered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property

from mailer.audience import Scene, belongs, language_for, resolve
from mailer.config import Config, Workspace
from mailer.content import IssueFile, find_issue, read_issue
from mailer.errors import Problem, ProblemsError
from mailer.flow.people import People, read_people
from mailer.flow.version_words import Groups, version_words
from mailer.model.audience import Contact, Segment
from mailer.model.issue import Issue
from mailer.model.rendition import Variant
from mailer.render import edition_of, variant_for
from mailer.source import language_name

TOO_MANY = "audience.too-many-versions"
SAME_KEY = "audience.same-key"


@dataclass(frozen=True, slots=True)
class Share:
    """One reader, and the version they get."""

    contact: Contact
    variant: Variant
    groups: Groups
    """Those groups of the issue's items that they belong to."""


@dataclass(frozen=True)
class Division:
    """An audience divided among the versions of an issue."""

    issue: Issue
    segments: Mapping[str, Segment]
    """Every group, by name."""
    shares: tuple[Share, ...]
    variants: Mapping[str, Variant]
    """By key, in the order of their keys."""
    heads: Mapping[str, int]
    """Variant key → readers."""
    members: Mapping[Variant, frozenset[Groups]]
    """What each version's readers belong to."""

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Variant key → what to call it; worked out when first asked for."""
        return version_words(self.issue, self.members, self.segments)


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it is listed. Items are named by their ids, in the issue's order."""

    variant: Variant
    words: str
    readers: int
    hidden: tuple[str, ...]
    """Items that readers of other versions see."""
    leading: tuple[str, ...]
    """Items that stand further up than in the issue."""
    worded: Mapping[str, int]
    """Item → number of the wording it has here, from 0."""
    fallen_back: Mapping[str, str]
    """Item → the language it stands in, where that is not the version's."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Every version of an issue for an audience on a day, those with most readers first."""

    slug: str
    day: date
    readers: int
    listed: tuple[Version, ...]


def list_versions(
    workspace: Workspace, slug: str, segments: tuple[str, ...] = (), *, on: date | None = None
) -> Versions:
    """The versions that an issue would be sent in, with head-counts. Nothing is rendered and nothing written.

    ProblemsError where files cannot be used, or where there would be more than `max_versions`.
    """
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    day = on or file.issue.date
    people = read_people(workspace).as_of(day, asked_groups(file.issue, segments))
    contacts = contacts_of(people, people.scene(day), segments)
    division = divide(file, people, contacts, day, workspace.config)
    order = sorted(division.variants, key=lambda key: (-division.heads[key], division.words[key]))
    listed = tuple(_version(key, division, file, workspace.config) for key in order)
    return Versions(file.slug, day, len(contacts), listed)


def asked_groups(issue: Issue, segments: Iterable[str]) -> tuple[str, ...]:
    """The groups that decide who gets an issue, and what of it."""
    return tuple(dict.fromkeys([*segments, *(group for item in issue.items for group in item.groups)]))


def contacts_of(
    people: People,
    scene: Scene,
    segments: tuple[str, ...],
    also: tuple[str, ...] = (),
    except_: tuple[str, ...] = (),
) -> tuple[Contact, ...]:
    """Those in the groups; every contact where no group and nobody is named."""
    if segments or also:
        return resolve(segments, people.recipients, scene, also=also, except_=except_)
    left_out = set(resolve((), people.recipients, scene, also=except_)) if except_ else set()
    return tuple(contact for contact in people.recipients.contacts if contact not in left_out)


def divide(
    file: IssueFile,
    people: People,
    contacts: Iterable[Contact],
    day: date,
    config: Config,
    *,
    besides: Mapping[str, Groups] | None = None,
) -> Division:
    """Give each contact their version. `besides`: address → groups that they belong to, whatever the rules say.

    ProblemsError where there would be more than `max_versions`, or where two would have one key.
    """
    issue, scene = file.issue, people.scene(day)
    # A translation that is only begun makes no version: not an item of it would be in its language.
    languages = (issue.language, *file.begun)
    segments = people.recipients.segments
    rules = {name: segments[name].rule for item in issue.items for name in item.groups if name in segments}

    @cache
    def version(language: str, groups: Groups) -> Variant:
        variant = variant_for(issue, language, groups.__contains__, day)
        known = variants.setdefault(variant.key, variant)
        if known != variant:
            raise ProblemsError([_same_key(file, variant)])
        return known

    @cache
    def language(stated: str | None, country: str | None) -> str:
        asked = Contact(email="", address="", language=stated, country=country)
        return language_for(asked, people.registers, languages, issue.language, config.fallbacks)

    def share(contact: Contact) -> Share:
        groups = frozenset(name for name, rule in rules.items() if belongs(contact, rule, scene))
        groups |= (besides or {}).get(contact.address, frozenset())
        return Share(contact, version(language(contact.language, contact.country), groups), groups)

    variants: dict[str, Variant] = {}
    shares = tuple(share(contact) for contact in contacts)
    # Readers of one version share its object, so that a hundred thousand are soon counted.
    alike = Counter((id(each.variant), each.groups) for each in shares)
    members = {
        variant: frozenset(groups for same, groups in alike if same == id(variant))
        for variant in variants.values()
    }
    if len(members) > config.max_versions:
        raise ProblemsError([_too_many(file, members, len(shares), config.max_versions)])
    heads = {
        key: sum(count for (same, _), count in alike.items() if same == id(variant))
        for key, variant in sorted(variants.items())
    }
    ordered = {key: variants[key] for key in heads}
    return Division(issue, segments, shares, ordered, heads, members)


def _same_key(file: IssueFile, variant: Variant) -> Problem:
    """By chance, as about one issue of 60 versions in ten thousand has it."""
    return Problem(
        f"two versions in {language_name(variant.language)} would go by the same key, {variant.key}.",
        "Change the `id` of any item: keys are made of them. Nothing was rendered.",
        file.document.file,
        file.document.line(("items",)),
        "items",
        SAME_KEY,
    )


def _too_many(
    file: IssueFile, members: Mapping[Variant, Iterable[Groups]], readers: int, most: int
) -> Problem:
    by_language = Counter(variant.language for variant in members)
    languages = ", ".join(f"{language_name(code)} {count}" for code, count in by_language.most_common())
    items = {
        group: [item.id for item in file.issue.items if group in item.groups]
        for item in file.issue.items
        for group in item.groups
    }
    groups = "; ".join(f"{group} ({', '.join(ids)})" for group, ids in items.items())
    return Problem(
        f"its {readers:,} readers would get {len(members):,} versions, more than {most:,}. "
        f"They come from the languages ({languages}) times the groups that items name: {groups}.",
        "Hide less and use fewer groups, or raise `max_versions` in mailer.toml. Nothing was rendered.",
        file.document.file,
        file.document.line(("items",)),
        "items",
        TOO_MANY,
    )


def _version(key: str, division: Division, file: IssueFile, config: Config) -> Version:
    variant, issue = division.variants[key], file.issue
    seen = {item for other in division.variants.values() for item in other.items}
    edition = edition_of(issue, variant, file.translations, config.fallbacks)
    return Version(
        variant=variant,
        words=division.words[key],
        readers=division.heads[key],
        hidden=tuple(item.id for item in issue.items if item.id in seen.difference(variant.items)),
        leading=_leading(issue, variant),
        worded=dict(variant.wordings),
        fallen_back=edition.fallen_back,
    )


def _leading(issue: Issue, variant: Variant) -> tuple[str, ...]:
    """Items that come before one that precedes them in the issue."""
    place = {item.id: number for number, item in enumerate(issue.items)}
    return tuple(
        item
        for number, item in enumerate(variant.items)
        if any(place[later] < place[item] for later in variant.items[number + 1 :])
    )
