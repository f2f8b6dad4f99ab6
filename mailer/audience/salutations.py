"""How a person is addressed: what their title says of them, and which formula of a language fits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailer.model.audience import Contact
from mailer.model.base import primary

_SAID: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("mr", "mister", "m", "monsieur", "herr", "sr", "señor"), ("Mr",)),
    **dict.fromkeys(("г-н", "господин", "السيد", "his"), ("Mr",)),
    **dict.fromkeys(("ms", "miss", "mme", "madame", "mlle", "frau", "sra", "srta", "señora"), ("Ms",)),
    **dict.fromkeys(("г-жа", "госпожа", "السيدة", "her"), ("Ms",)),
    "mrs": ("Mrs", "Ms"),
    **dict.fromkeys(("dr", "doctor", "docteur", "д-р", "доктор", "د"), ("Dr",)),
    "dra": ("Dr", "Ms"),
    "الدكتور": ("Dr", "Mr"),
    "الدكتورة": ("Dr", "Ms"),
    **dict.fromkeys(("prof", "professor", "professeur", "проф", "профессор"), ("Prof",)),
    "professeure": ("Prof", "Ms"),
    **dict.fromkeys(("he", "excellency", "se", "excellence", "еп"), ("HE",)),
}
"""A word of a title, small and without full stops → what it says."""

_PLACEHOLDER = re.compile(r"\{(title|given_name|family_name)\}")
_SPACED_HE = re.compile(r"\b(h|s|е)\.\s+(e|п)\.", re.IGNORECASE)


def salutation(contact: Contact, language: str, phrases: Mapping[str, str]) -> str:
    """The opening words for a contact: the first formula that fits their title and has all that it needs.

    Formulas are `salutation.KEY` among the phrases of `language`; where none fits, `salutation.neutral`. The
    contact's own salutation wins in the language that they state, and where they state none: it is never
    put at the head of a letter in another language.
    """
    if contact.salutation and primary(contact.language or language) == primary(language):
        return contact.salutation
    for key in formulas(contact.title):
        words = phrases.get(f"salutation.{key}", "")
        if words and all(getattr(contact, name) for name in _PLACEHOLDER.findall(words)):
            # In one pass, because a name may itself contain what looks like a placeholder.
            return _PLACEHOLDER.sub(lambda found: str(getattr(contact, found[1])), words)
    return phrases.get("salutation.neutral", "")


def formulas(title: str) -> Iterator[str]:
    """Keys of the formulas that a title allows, the most respectful first: `HE.Ms`, `HE`, `Dr.Ms`, `Dr`, `Ms`.

    None where a word of the title is not known, or where it names a man and a woman.
    """
    words = [word.replace(".", "") for word in _SPACED_HE.sub(r"\1.\2.", title.casefold()).split()]
    if any(word not in _SAID for word in words):
        return
    said = {meaning for word in words for meaning in _SAID[word]}
    if {"Mr", "Ms"} <= said:
        return
    gender = next((each for each in ("Mr", "Ms") if each in said), "")
    for honour in ("HE", "Prof", "Dr"):
        if honour in said:
            if gender:
                yield f"{honour}.{gender}"
            yield honour
    if "Mrs" in said:
        yield "Mrs"
    if gender:
        yield gender
