"""Who gets an issue: sums over its readers, and finding one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.flow import Composed
from mailer.model.audience import Contact, Reader
from mailer.model.register import Country


@dataclass(frozen=True, slots=True)
class Who:
    """Who gets an issue: sums over its readers, largest first."""

    readers: int
    subscribed: int | None
    """None where the message needs no subscription."""
    countries: tuple[tuple[str, int], ...]
    roles: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]


def who_gets_it(composed: Composed, newsletter: str) -> Who:
    """Sums over the readers by country, role and language on the issue's day."""
    readers, names = composed.readers, composed.people.registers.countries
    needs = composed.issue.message_class == "newsletter"
    countries = Counter(_country(r.contact.country, names) for r in readers)
    roles = Counter(
        name.replace("-", " ")
        for r in readers
        for name in sorted({role.name for role in r.contact.roles if role.held_on(composed.day)})
    )
    return Who(
        readers=len(readers),
        subscribed=sum(r.contact.subscribes_to(newsletter, composed.day) for r in readers) if needs else None,
        countries=tuple(countries.most_common()),
        roles=tuple(roles.most_common()),
        languages=tuple(Counter(r.language for r in readers).most_common()),
    )


def find_readers(composed: Composed, words: str, most: int = 8) -> tuple[Reader, ...]:
    """Readers whose name, address, organisation or country has every word; best first."""
    wanted = words.casefold().split()
    names = composed.people.registers.countries
    found = []
    for reader in composed.readers:
        contact = reader.contact
        text = " ".join(
            (contact.name, contact.email, contact.organization, _country(contact.country, names))
        ).casefold()
        if all(word in text for word in wanted):
            found.append(
                (not contact.name.casefold().startswith(tuple(wanted) or ("",)), contact.name, reader)
            )
    return tuple(reader for _, _, reader in sorted(found, key=lambda hit: hit[:2])[:most])


def reader_words(contact: Contact, country: str) -> str:
    """Where a contact belongs, in one line."""
    return ", ".join(part for part in (contact.organization, country) if part)


def _country(code: str | None, names: Mapping[str, Country]) -> str:
    if not code:
        return "no country"
    country = names.get(code)
    return country.names.get("en", code) if country else code
