"""Whom of ours a row is about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailer.audience.duplicates import person_key
from mailer.model.audience import Contact


@dataclass(frozen=True, slots=True)
class Match:
    """The contact, or that there is none; or why that cannot be said."""

    contact: Contact | None = None
    guess: str = ""
    """What was gone by, where it was not the address."""
    other_script: bool = False
    """The name is the same in other letters, as far as can be seen: ours stays."""
    refuse: str = ""
    hint: str = ""


class Standing:
    """Our contacts, to be found by address, further address, and name with country."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        self._main: dict[str, list[Contact]] = {}
        self._other: dict[str, list[Contact]] = {}
        self._named: dict[tuple[object, ...], list[Contact]] = {}
        for contact in contacts:
            self._main.setdefault(contact.address, []).append(contact)
            for address in contact.other_emails:
                self._other.setdefault(address, []).append(contact)
            if len(person_key(contact)) > 1 and contact.country:
                self._named.setdefault((person_key(contact), contact.country), []).append(contact)

    def match(self, person: Contact, *, whole: bool) -> Match:
        """Whom of ours this is. `whole`: the file is ours, so that a new name at an old address is a correction."""
        if found := self._main.get(person.address):
            return self._at_address(person, found, "", whole)
        if found := _each_once(self._other.get(person.address, ())):
            return self._at_address(person, found, "another address of theirs", whole)
        reached = _each_once(
            c for a in person.other_emails for c in (*self._main.get(a, ()), *self._other.get(a, ()))
        )
        if reached:
            return self._at_address(person, reached, "a further address", whole)
        alike = self._named.get((person_key(person), person.country), [])
        if len(alike) == 1:
            return Match(alike[0], guess="the same name and country")
        if alike:
            return Match(
                refuse=f"{len(alike)} of our contacts have this name and country", hint="Correct the address."
            )
        return Match()

    def _at_address(self, person: Contact, found: Sequence[Contact], guess: str, whole: bool) -> Match:
        key = person_key(person)
        same = [contact for contact in found if person_key(contact) == key]
        if len(same) == 1:
            return Match(same[0], guess)
        if len(found) > 1:
            if key and not guess:
                return Match()
            names = " and ".join(contact.name for contact in found)
            return Match(
                refuse=f"this address is that of {names}", hint="Write the name as it stands in our file."
            )
        ours = found[0]
        if whole or not key or not person_key(ours) or _akin(key, person_key(ours)):
            return Match(ours, guess)
        if _script(person.name) != _script(ours.name):
            return Match(ours, guess, other_script=True)
        hint = "If they followed, end the role of the one before first; if it is a new name, change it in our file."
        where = f"row {ours.row} of our file" if ours.row else "our file"
        return Match(refuse=f"this address is that of {ours.name} ({where}), and the name differs", hint=hint)


def _each_once(contacts: Iterable[Contact]) -> list[Contact]:
    return list({id(contact): contact for contact in contacts}.values())


def _akin(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names share a word, but for accents."""
    return bool({_bare(word) for word in one} & {_bare(word) for word in other})


def _bare(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _script(text: str) -> str:
    """The first word of what Unicode calls its first letter: LATIN, CYRILLIC, ARABIC …"""
    letter = next((sign for sign in text if sign.isalpha()), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""
