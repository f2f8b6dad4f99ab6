"""Whom a group leaves out, or cannot reach, for a reason that somebody may want to mend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from mailer.audience.crowd import Crowd
from mailer.audience.reach import address_for
from mailer.audience.resolve import Scene, belongs
from mailer.model.audience import Contact, Role, Rule, Subscription
from mailer.model.suppression import Suppression


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Some people, and the one reason that holds for all of them."""

    why: str
    people: tuple[Contact, ...]
    days: tuple[date | None, ...] = ()
    """For each of them the day that decides, where one does."""


def out_by_date(name: str, crowd: Crowd) -> Iterator[LeftOut]:
    """Those who would be in the group if a role, or a subscription, of theirs held on the day."""
    scene = crowd.scene
    rule = scene.segment(name).rule
    outside = crowd.everybody & ~crowd.group(name)
    lapsed = crowd.matching(lambda contact: any(not _holds(entry, scene.day) for entry in _entries(contact)))
    found: dict[str, list[tuple[Contact, date | None]]] = {}
    for contact in crowd.members(outside & lapsed):
        if entry := _decisive(contact, rule, scene):
            has_ended = entry.end is not None and entry.end < scene.day
            why = f"whose {_what(entry)} {'has ended' if has_ended else 'has not begun'}"
            found.setdefault(why, []).append((contact, entry.end if has_ended else entry.start))
    for why, pairs in sorted(found.items()):
        people, days = zip(*pairs, strict=True)
        yield LeftOut(why, people, days)


def unwritable(
    members: Iterable[Contact], suppressed: Mapping[str, Suppression], day: date, newsletter: str = ""
) -> Iterator[LeftOut]:
    """Those of a group who get nothing, and those who get no newsletter, by reason."""
    nothing: dict[str, list[Contact]] = {}
    no_newsletter: dict[str, list[Contact]] = {}
    for contact in members:
        notice, why_no_notice = address_for(contact, "notice", suppressed)
        news, why_no_news = address_for(contact, "newsletter", suppressed)
        if news and newsletter and not contact.subscribes_to(newsletter, day):
            news, why_no_news = "", f"not subscribed to {newsletter}"
        if not notice and not news:
            nothing.setdefault(f"cannot be written to ({why_no_notice})", []).append(contact)
        elif not news:
            no_newsletter.setdefault(f"without the newsletter ({why_no_news})", []).append(contact)
        elif not notice:
            no_newsletter.setdefault(f"without official messages ({why_no_notice})", []).append(contact)
    for why, people in (*nothing.items(), *no_newsletter.items()):
        yield LeftOut(why, tuple(people))


Entry = Role | Subscription


def _entries(contact: Contact) -> tuple[Entry, ...]:
    return (*contact.roles, *contact.subscriptions)


def _holds(entry: Entry, day: date) -> bool:
    return entry.held_on(day) if isinstance(entry, Role) else entry.holds_on(day)


def _what(entry: Entry) -> str:
    return f"role {entry.name}" if isinstance(entry, Role) else f"subscription to {entry.list}"


def _decisive(contact: Contact, rule: Rule | None, scene: Scene) -> Entry | None:
    """The first entry that would bring the contact in if it held; None where none would."""
    for entry in _entries(contact):
        if not _holds(entry, scene.day) and belongs(_as_if(contact, entry), rule, scene):
            return entry
    return None


def _as_if(contact: Contact, entry: Entry) -> Contact:
    """The contact with that entry holding on every day."""
    if isinstance(entry, Role):
        role = entry.model_copy(update={"start": None, "end": None})
        return replace(contact, roles=tuple(role if one is entry else one for one in contact.roles))
    always = entry.model_copy(update={"start": None, "end": None})
    held = tuple(always if one is entry else one for one in contact.subscriptions)
    return replace(contact, subscriptions=held)
