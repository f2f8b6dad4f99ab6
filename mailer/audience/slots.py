"""What makes one reader's copy theirs: the language, and the values of the personal fields."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from mailer.audience.languages import best_of
from mailer.audience.resolve import roles_on
from mailer.audience.salutations import salutation
from mailer.model.audience import Contact
from mailer.model.register import Registers
from mailer.model.translation import fallback_chain


def slot_values(
    contact: Contact, registers: Registers, language: str, phrases: Mapping[str, str], day: date
) -> dict[str, str]:
    """The text slots of one reader in a language; "" where there is nothing to say.

    `country` is the name with its article, `country_of` and `country_in` its forms for a sentence, all as the
    register has them. `phrases` are a template's fixed strings: `salutation.…` and `role.NAME` for every role
    that readers should see.
    """
    country = registers.countries.get(contact.country or "")
    role = next((phrases.get(f"role.{held.name}", "") for held in roles_on(contact, day)), "")
    return {
        "salutation": salutation(contact, language, phrases),
        "name": contact.name,
        "country": country.name_in_text(language) if country else "",
        "country_of": country.of_it(language) if country else "",
        "country_in": country.in_it(language) if country else "",
        "role": role,
    }


def language_for(
    contact: Contact,
    registers: Registers,
    available: Collection[str],
    source: str,
    fallbacks: Mapping[str, str] | None = None,
) -> str:
    """The available language of a reader: the one they state, else their country's, else `source`.

    Each of the two may be replaced by what it falls back to: somebody who states Kazakh reads Russian where
    `fallbacks` says so, before their country is asked.
    """
    country = registers.countries.get(contact.country or "")
    for wanted in (contact.language, country.language if country else None):
        if wanted and (found := _available(wanted, available, fallbacks or {})):
            return found
    return source


def _available(wanted: str, available: Collection[str], fallbacks: Mapping[str, str]) -> str | None:
    """The wanted language as far as it is available, else the first of those that it falls back to."""
    found = (best_of(tag, available) for tag in fallback_chain(wanted, fallbacks))
    return next(filter(None, found), None)
