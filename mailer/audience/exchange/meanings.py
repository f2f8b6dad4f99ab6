"""What a stranger's cell means: a country by any of its names, a language, a day, a role by its readable name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from mailer.audience.entries import is_slug
from mailer.audience.exchange.days import read_day
from mailer.audience.exchange.plainly import UnclearError, plain
from mailer.audience.roles import RolesError, parse_roles, write_roles
from mailer.errors import nearest
from mailer.model.audience import Role
from mailer.model.register import Registers
from mailer.source import is_language

NAMED_IN = ("en", "fr", "es", "ru", "de", "ar", "zh", "pt", "it")
"""Languages in which names of countries, languages and months are known."""

_ALIASES: Mapping[str, str] = {
    "nfp": "national-focal-point",
    "national focal point": "national-focal-point",
    "focal point": "national-focal-point",
    "point focal national": "national-focal-point",
    "punto focal nacional": "national-focal-point",
    "национальный координатор": "national-focal-point",
    "национальный координационный центр": "national-focal-point",
    "nationale kontaktstelle": "national-focal-point",
    "sfp": "species-focal-point",
    "scientific councillor": "scientific-councillor",
    "scientific councilor": "scientific-councillor",
    "conseiller scientifique": "scientific-councillor",
    "consejero científico": "scientific-councillor",
    "научный советник": "scientific-councillor",
    "presse": "press",
    "prensa": "press",
    "пресса": "press",
    "media": "press",
}
_ALTERNATE = re.compile(
    r"^(?:alternate|deputy|suppléant|suplente|заместитель|stellvertretend\w*)\s+", re.IGNORECASE
)
_ACRONYMS = frozenset("aewa cami cbd cites cms cop gef iucn mou ngo sc un undp unep".split())
_NAMED_ROLE = re.compile(r"(?P<name>[^()]+?)\s*(?:\((?P<subject>[^()]+)\))?")


@dataclass(frozen=True)
class Meanings:
    """All that cells are understood by. `day_first` settles 03/04/2016: True for 3 April, False for 4 March."""

    registers: Registers
    roles: frozenset[str] = frozenset()
    """Role names that are in use."""
    newsletter: str = ""
    """The workspace's own list: what a yes or a no is about."""
    newsletters: frozenset[str] = frozenset()
    """All lists that are known, this one among them."""
    day_first: bool | None = None
    _countries: dict[str, frozenset[str]] = field(default_factory=dict)

    def country(self, text: str) -> str:
        """The code of a country given by code or name. UnclearError where none, or more than one, is so called."""
        text = text.strip()
        code = re.match(r"([A-Z]{2})(?:\s*[–—-]\s*\S.*)?$", text)
        known = self.registers.countries
        if code and (code[1] in known or not known):
            return code[1]
        found = self._names().get(plain(text), frozenset())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise UnclearError(
                f'"{text}" may be {" or ".join(sorted(found))}', "Write the code of two letters."
            )
        close = get_close_matches(plain(text), self._names(), n=1, cutoff=0.8)
        codes = self._names()[close[0]] if close else frozenset()
        near = " or ".join(sorted(f"{code} ({known[code].name('en') or code})" for code in codes))
        hint = f"Did you mean {near}?" if near else "Write a code such as KZ."
        raise UnclearError(f'"{text}" is no country of the register', hint)

    def _names(self) -> dict[str, frozenset[str]]:
        if not self._countries:
            self._countries.update(_country_names(self.registers))
        return self._countries

    def language(self, text: str) -> str:
        """The tag of a language given by tag or name. UnclearError where it is none."""
        text = text.strip()
        tag = re.match(r"([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)(?:\s+[–—-]\s+\S.*)?$", text)
        if tag and is_language(tag[1]):
            return tag[1]
        named = _language_names()
        found = named.get(plain(text), "")
        if not found and tag and is_language(tag[1].lower()):
            found = tag[1].lower()
        if found:
            return found
        close = nearest(plain(text), named)
        raise UnclearError(
            f'"{text}" is no language', close if close.startswith("Did") else "Write a tag such as ru."
        )

    def day(self, text: str) -> date:
        """The day that a text names. UnclearError where it is none, or may be two."""
        return read_day(text, self.day_first)

    def role_cell(self, text: str) -> str:
        """The roles cell for roles in our own writing, or by readable name: "National Focal Point (CMS); Press"."""
        try:
            given = parse_roles(text)
        except RolesError:
            given = ()
        if given and all(role.name in self.roles for role in given):
            return write_roles(given)
        return write_roles(self.role(part) for part in re.split(r"[;\n]", text) if part.strip())

    def role(self, text: str) -> Role:
        """One role by its readable name, with its subject in brackets. UnclearError where no role is so called."""
        words = " ".join(text.split())
        bare = _ALTERNATE.sub("", words)
        found = _NAMED_ROLE.fullmatch(bare)
        name = found["name"] if found else bare
        slug = _ALIASES.get(name.casefold()) or slug_of(name)
        if slug not in self.roles:
            raise UnclearError(f'"{words}" is no role in use here', nearest(slug, self.roles))
        subject = slug_of(found["subject"]) if found and found["subject"] else ""
        return Role(name=slug, subject=subject, alternate=bare != words)


def slug_of(words: str) -> str:
    """ "National Focal Point" as national-focal-point; the words themselves where they make no such name."""
    made = re.sub(r"[^a-z0-9]+", "-", words.strip().casefold()).strip("-")
    return made if is_slug(made) else words.strip()


def readable(slug: str) -> str:
    """national-focal-point as "National Focal Point", cami-focal-point as "CAMI Focal Point"."""
    return " ".join(_readable(word) for word in slug.split("-"))


def _readable(word: str) -> str:
    if word in ("of", "for", "the"):
        return word
    return word.upper() if word in _ACRONYMS else word.capitalize()


def _country_names(registers: Registers) -> Iterable[tuple[str, frozenset[str]]]:
    from babel import Locale

    found: dict[str, set[str]] = {}
    territories = [Locale(language).territories for language in NAMED_IN]
    for code, country in registers.countries.items():
        names = [
            country.iso3,
            code,
            *country.names.values(),
            *country.formal.values(),
            *country.in_text.values(),
        ]
        names += [str(table[code]) for table in territories if code in table]
        for name in names:
            # "Iran (Islamic Republic of)" is also "Islamic Republic of Iran".
            turned = re.sub(r"^(.*?)\s*\((.*)\)$", r"\2 \1", name)
            for form in (name, turned):
                if key := plain(form):
                    found.setdefault(key, set()).add(code)
    return {key: frozenset(codes) for key, codes in found.items()}.items()


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    from babel import Locale

    found: dict[str, str] = {}
    for speaker in NAMED_IN:
        for tag, name in Locale(speaker).languages.items():
            if is_language(tag.replace("_", "-")):
                found.setdefault(plain(str(name)), tag.replace("_", "-"))
    for tag in (
        "en",
        "fr",
        "es",
        "ru",
        "de",
        "ar",
        "zh",
        "kk",
        "ky",
        "mn",
        "tg",
        "tk",
        "uz",
        "fa",
        "pt",
        "it",
    ):
        found.setdefault(plain(Locale(tag).get_language_name(tag) or tag), tag)
    return found
