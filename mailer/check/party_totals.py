"""Where a text says how many Parties a treaty has in all: "CMS has 124 Parties", "All 124 Parties to CMS agreed"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from mailer.check.naming import Meant, said_of
from mailer.check.reading import TextPlace, texts
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.register import Registers

MORE, LEAST, ABOUT = "more", "least", "about"
_QUALIFIED = {
    MORE: r"more\s{1,3}than|over|above|in\s{1,3}excess\s{1,3}of|plus\s{1,3}de|более(?:\s{1,3}чем)?|свыше|больше",
    LEAST: r"at\s{1,3}least|au\s{1,3}moins|не\s{1,3}менее",
    ABOUT: r"about|around|some|nearly|almost|close\s{1,3}to|up\s{1,3}to|environ|près\s{1,3}de|quelque"
    r"|около|почти|порядка",
}
_HOW_MANY = "".join(rf"(?:(?P<{name}>{words})\s{{1,9}})?" for name, words in _QUALIFIED.items())
MEMBERS = {
    "en": r"member\s{1,9}(?:states?|countries|nations|parties)",
    "fr": r"(?:états|pays|etats)\s{1,9}membres",
    "ru": r"(?:государств\w{0,3}|стран\w{0,3})\s?[-–]\s?член\w{0,3}",
}
_PARTIES = {
    "en": r"(?:(?:contracting|states?)\s{1,9})?parties",
    "fr": r"(?:états\s{1,9})?parties(?:\s{1,9}contractantes)?",
    "ru": r"(?:договаривающ\w{0,4}\s{1,9})?сторон[аыу]?",
}
_HAS = {
    "en": r"\b(?:has|have|counts|comprises|numbers|unites)\s{1,9}(?:(?:now|currently|today|meanwhile)\s{1,9})?",
    "fr": r"\b(?:compte|regroupe|réunit|rassemble|(?<!y\s)a)\s{1,9}"
    r"(?:(?:désormais|actuellement|aujourd['’]hui)\s{1,9})?",
    "ru": r"\b(?:в\s{1,3}н(?:ей|ём|ем)|насчитывает|объединяет|имеет|участвуют)\s{1,9}"
    r"(?:(?:сейчас|сегодня|теперь|уже)\s{1,9})?",
}
LANGUAGES = tuple(_HAS)
_NUMBER = r"\d(?<!\d\d)\d{1,2}\s{1,9}"
_TOTAL_END = r"(?=\s{0,9}(?:[.,;:!?)]|$)|\s{1,9}(?:to|today|worldwide|now|and|à|dans|по|на|и)\b)"
_TOTAL = {
    tag: re.compile(
        rf"(?P<claim>{_NUMBER}(?:[A-Z]{{2,6}}\s)?(?i:(?:(?P<members>{MEMBERS[tag]})|{_PARTIES[tag]})\b)){_TOTAL_END}"
    )
    for tag in _HAS
}
_LEAD = {tag: re.compile(rf"(?i:{words}(?P<how>{_HOW_MANY})$)") for tag, words in _HAS.items()}

# "All 45 Parties" of a region, or of those who were asked, are not the treaty's: such words must begin a sentence,
# name the treaty, and go on with a verb or not at all.
_BEGIN = r"(?:\A|(?<=\n)|(?<=[.!?]\s))"
_END = r"(?=\s{0,9}(?:[.;!?]|\Z|\n\s{0,9}\n))"
_VERB = {
    "en": r"(?:have|has|are|were|will|must|should|shall|may|can|could|would"
    r"|came|met|agreed?|adopted|voted|attended|took|need)",
    "fr": r"(?:ont|sont|seront|doivent|devraient|peuvent|étaient|ne|se)",
    "ru": r"(?:[а-яё]{2,20}(?:ли|лись|ют|ут|ат|ят|ются|утся)|должны|согласны)",
}
_ALL_LEAD = {
    "en": re.compile(rf"{_BEGIN}All\s{{1,9}}(?P<how>{_HOW_MANY})$"),
    "fr": re.compile(
        rf"{_BEGIN}(?:Toutes\s{{1,9}}les|L['’]ensemble\s{{1,9}}des)\s{{1,9}}(?P<how>{_HOW_MANY})$"
    ),
    "ru": re.compile(rf"{_BEGIN}Все\s{{1,9}}(?P<how>{_HOW_MANY})$"),
}
_THERE_LEAD = {
    "en": re.compile(
        rf"{_BEGIN}(?:Today\s|Now\s)?[Tt]here\s{{1,9}}are\s{{1,9}}"
        rf"(?:(?:now|currently|today|meanwhile)\s{{1,9}})?(?P<how>{_HOW_MANY})$"
    ),
    "fr": re.compile(
        rf"{_BEGIN}Il\s{{1,9}}y\s{{1,9}}a\s{{1,9}}"
        rf"(?:(?:désormais|actuellement|aujourd['’]hui|maintenant)\s{{1,9}})?(?P<how>{_HOW_MANY})$"
    ),
    "ru": re.compile(
        rf"{_BEGIN}(?:(?:Сейчас|Сегодня|Теперь)\s{{1,9}}в|В)\s{{1,9}}(?:КМВ|Конвенции)\s{{1,9}}"
        rf"(?:(?:сейчас|сегодня|теперь|уже)\s{{1,9}})?(?P<how>{_HOW_MANY})$"
    ),
}
_OF = {
    "en": r"\s{1,9}(?:to|of)\s{1,9}(?:the\s{1,9})?",
    "fr": r"\s{1,9}à\s{1,9}(?:la\s{1,9}|l['’])?",
    "ru": r"\s{1,9}",
}
_BARE = {"en": "Convention", "fr": "Convention", "ru": "Конвенции"}


@dataclass(frozen=True, slots=True)
class PartyTotal:
    """One place where a text gives a treaty so many Parties."""

    text: TextPlace
    start: int
    end: int
    number: int
    treaty: str
    """Its slug."""
    how: str = ""
    """MORE, LEAST or ABOUT, where the text says so."""
    members: tuple[int, str] | None = None
    """Where they are called members, and how."""
    is_near_only: bool = False
    """Whether a number far off is that of some Parties, of whom the text spoke before."""

    @property
    def claim(self) -> str:
        """The words that say it, such as "more than 124 Parties"."""
        return " ".join(self.text.prose[self.start : self.end].split())


def party_totals(checked: CheckedIssue) -> Iterator[PartyTotal]:
    """Every such place, in the languages whose words are known."""
    tag = primary(checked.issue.language)
    if checked.registers is None or tag not in _TOTAL:
        return
    whole = _whole(tag, _names(checked.registers))
    meant = Meant(checked.issue, checked.registers)
    for text in texts(checked.issue):
        for lead, found in said_of(text.prose, _TOTAL[tag], _LEAD[tag]):
            yield from _told(meant, text, lead, found)
        for what, before in ((whole[0], _ALL_LEAD[tag]), (whole[1], _THERE_LEAD[tag])):
            for lead, found in said_of(text.prose, what, before):
                yield from _told(meant, text, lead, found, is_near_only=True)


def _told(
    meant: Meant,
    text: TextPlace,
    lead: re.Match[str],
    found: re.Match[str],
    *,
    is_near_only: bool = False,
) -> Iterator[PartyTotal]:
    treaty = meant.at(text, lead.start(), found.end())
    if treaty is None:
        return
    members = found.groupdict().get("members")
    yield PartyTotal(
        text,
        lead.start("how"),
        found.end("claim"),
        int(found[0].split()[0]),
        treaty,
        next((name for name in _QUALIFIED if lead[name]), ""),
        (found.start("members"), " ".join(members.split())) if members else None,
        is_near_only,
    )


def _names(registers: Registers) -> tuple[str, ...]:
    found = {
        name
        for treaty in registers.treaties.values()
        if treaty.kind == "treaty"
        for name in (*treaty.short.values(), *treaty.titles.values())
    }
    return tuple(sorted(found, key=lambda name: (-len(name), name)))


@lru_cache(maxsize=16)
def _whole(tag: str, names: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns for "124 Parties to CMS" and "124 CMS Parties": before a verb or an end, and before an end only."""
    named = "|".join((*(r"\s{1,9}".join(map(re.escape, name.split())) for name in names), _BARE[tag]))
    noun = rf"(?i:{MEMBERS[tag]}|{_PARTIES[tag]})\b"
    of_it = rf"(?P<claim>{_NUMBER}(?:(?:{named})\s{{1,9}}{noun}|{noun}(?={_OF[tag]}(?:{named})(?!\w))))"
    its = rf"(?:{_OF[tag]}(?:{named})(?!\w)(?:\s{{1,9}}\((?:{named})\))?)?"
    # In Russian it is the lead that names the treaty: "В КМВ 124 Стороны".
    there = of_it if tag != "ru" else rf"(?P<claim>{_NUMBER}{noun})"
    go_on = rf"(?:{_END}|(?=\s{{1,9}}{_VERB[tag]}\b))"
    return re.compile(f"{of_it}{its}{go_on}"), re.compile(f"{there}{its}{_END}")
