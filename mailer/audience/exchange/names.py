"""Addresses and names in strangers' cells: several in one cell, a name before an address, a whole name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.audience.exchange.plainly import UnclearError
from mailer.audience.salutations import formulas

_BETWEEN = re.compile(r"[;,/|\n]|\s(?:or|and|ou|oder|und|et|или|и|o|y)\s|\s+", re.IGNORECASE)
_NAMED = re.compile(r"(?P<name>[\"“][^\"”<>]*[\"”]\s*|[^<>;,@]*)<\s*(?P<address>[^<>\s]+@[^<>\s]+)\s*>")
_TWO_NAMES = re.compile(r"[;/\n&]|\s(?:and|und|et|и)\s", re.IGNORECASE)
_PARTICLES = frozenset(
    "al bin ibn bint da das de del della den der des di do dos du el la le les van von zu zum zur".split()
)
_PATRONYMIC = re.compile(
    r"\w+(?:ович|евич|овна|евна|ична|инична|ovich|evich|ovna|evna|улы|уулу|кызы|қызы|ұлы)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a cell of addresses holds."""

    found: tuple[str, ...] = ()
    named: bool = False
    """A name stood before an address."""


def addresses_in(cell: str) -> Addresses:
    """Every address of a cell, in its order. UnclearError where anything else stands there too."""
    named = False
    rest = cell
    for match in _NAMED.finditer(cell):
        named = named or bool(match["name"].strip(" \"'"))
        rest = rest.replace(match[0], f" {match['address']} ", 1)
    words = [word.removeprefix("mailto:").strip("<>\"'()").rstrip(".:") for word in _BETWEEN.split(rest)]
    given = [word for word in words if word]
    strange = [word for word in given if "@" not in word]
    if strange or not given:
        raise UnclearError(
            f'"{cell}" is not an address' if cell else "has no address", "Mend the cell, or take the row out."
        )
    return Addresses(tuple(dict.fromkeys(given)), named)


def holds_two_people(*names: str) -> bool:
    """Whether any of the names is the names of two."""
    return any(_TWO_NAMES.search(name) for name in names)


@dataclass(frozen=True, slots=True)
class Name:
    """A whole name taken apart."""

    title: str
    given: str
    family: str
    guess: bool
    """Nothing in the name says which part is which."""


def may_be_two(whole: str) -> bool:
    """Whether a whole name has two names or more, with commas between them: "Ivanova Anna, Sidorov Oleg".

    Not "GARCÍA LÓPEZ, Ana María", "van der Berg, Jan Peter" or "Ivanova Petrova, Anna Olegovna".
    """
    parts = [[word for word in part.split() if _is_name(word)] for part in whole.split(",")]
    full = [part for part in parts if len(part) > 1]
    if len(full) < 2:  # noqa: PLR2004
        return False
    loud = all(word.isupper() for word in full[0]) and not all(word.isupper() for word in full[1])
    return not loud and not (len(full[1]) == 2 and _PATRONYMIC.match(full[1][1]))  # noqa: PLR2004


def _is_name(word: str) -> bool:
    bare = word.strip(".")
    return len(bare) > 1 and word[-1] != "." and bare.casefold() not in _PARTICLES


def split_name(whole: str, *, family_first: bool = False) -> Name:
    """Title, given and family name, by capitals, a comma or a patronymic; else the last word is the family name.

    `family_first`: the heading says that the first word is.
    """
    words = whole.split()
    title: list[str] = []
    while len(words) > 1 and _is_title([*title, words[0]]):
        title.append(words.pop(0))
    head = " ".join(title)
    rest = " ".join(words)
    if rest.count(",") == 1 and not rest.endswith(","):
        family, given = (part.strip() for part in rest.split(","))
        return Name(head, given, family, guess=False)
    words = rest.replace(",", " ").split()
    if len(words) == 1:
        return Name(head, "", words[0], guess=True)
    if len(words) == 3 and _PATRONYMIC.match(words[2]):  # noqa: PLR2004
        return Name(head, " ".join(words[1:]), words[0], guess=False)
    if len(words) == 3 and _PATRONYMIC.match(words[1]):  # noqa: PLR2004
        return Name(head, " ".join(words[:2]), words[2], guess=False)
    loud = [word for word in words if len(word) > 1 and word.isupper() and not word.endswith(".")]
    if loud and len(loud) < len(words):
        given = " ".join(word for word in words if word not in loud)
        return Name(head, given, " ".join(lowered(word) for word in loud), guess=False)
    if family_first:
        return Name(head, " ".join(words[1:]), words[0], guess=False)
    start = len(words) - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return Name(head, " ".join(words[:start]), " ".join(words[start:]), guess=True)


def lowered(word: str) -> str:
    """SADYKOVA as Sadykova, AL-SAMARAIE as Al-Samaraie; any other word as it is."""
    return re.sub(r"\w+", lambda part: part[0].capitalize(), word) if word.isupper() else word


def _is_title(words: list[str]) -> bool:
    # An initial ("M. Petrov") is no Monsieur unless the name goes on; it is rather left with the name.
    if len(words[-1].rstrip(".")) == 1 and words[-1] not in ("H.", "M."):
        return False
    text = " ".join(words)
    return text in ("H.", "H.E", "S.E.") or any(True for _ in formulas(text))
