"""What makes one reader's copy theirs: the language, and the values of the personal fields."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from mailer.audience.languages import best_of, primary
from mailer.audience.resolve import roles_on
from mailer.model.audience import Contact
from mailer.model.register import Country, Registers

_PLACEHOLDER = re.compile(r"\{(title|given_name|family_name)\}")


def slot_values(
    contact: Contact, registers: Registers, language: str, phrases: Mapping[str, str], day: date
) -> dict[str, str]:
    """The text slots of one reader: salutation, name, country and role; "" where there is nothing to say.

    `phrases` are a template's fixed strings: `salutation.known` with {title} and {family_name},
    `salutation.neutral`, and `role.NAME` for every role that readers should see.
    """
    country = registers.countries.get(contact.country or "")
    role = next((phrases.get(f"role.{held.name}", "") for held in roles_on(contact, day)), "")
    return {
        "salutation": _salutation(contact, phrases),
        "name": contact.name,
        "country": _country_name(country, language) if country else "",
        "role": role,
    }


def language_for(contact: Contact, registers: Registers, available: Collection[str], source: str) -> str:
    """The available language the contact states, else the one for their country; else `source`.

    Somebody who states a language that is not available gets `source`, not what their country speaks.
    """
    country = registers.countries.get(contact.country or "")
    wanted = contact.language or (country.language if country else None)
    return (best_of(wanted, available) if wanted else None) or source


def _salutation(contact: Contact, phrases: Mapping[str, str]) -> str:
    if contact.salutation:
        return contact.salutation
    if not (contact.title and contact.family_name):
        return phrases.get("salutation.neutral", "")

    def value(found: re.Match[str]) -> str:
        return str(getattr(contact, found[1]))

    # In one pass, because a name may itself contain what looks like a placeholder.
    return _PLACEHOLDER.sub(value, phrases.get("salutation.known", ""))


def _country_name(country: Country, language: str) -> str:
    known = language in country.in_text or language in country.names
    return country.name_in_text(language if known else primary(language))
