"""States, treaties and species in a text, as the registers name them in its language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from mailer.check.reading import TextPlace, texts
from mailer.check.subject import CheckedIssue
from mailer.model.base import primary
from mailer.model.issue import Issue
from mailer.model.register import Country, Registers, Species, Treaty

SHORT_NAMES = {
    "IR": ("Iran", "Иран"),
    "RU": ("Russia", "Russie", "Россия", "России"),
    "US": ("United States", "États-Unis", "США"),
    "GB": ("United Kingdom", "Royaume-Uni", "Великобритания"),
    "KG": ("Kyrgyz Republic",),
}
"""What texts call States besides their UN names."""

OTHER_TREATIES = re.compile(
    r"\b(?:CITES|СИТЕС|CBD|КБР|UNFCCC|UNCCD|Ramsar|AEWA|EUROBATS|ASCOBANS|ACCOBAMS|IWC|UNESCO|World\s+Heritage"
    r"|European\s+Union|EU|UN|United\s+Nations|ООН|ЕС|ONU|UE|Montreal|Stockholm|Basel|Rotterdam|Minamata|Espoo|Bern)\b"
)
"""Bodies with Parties or Member States of their own."""

REACH = 90
"""Signs before or after, in which a name is looked for."""

LONGEST = 1000
"""Signs before or after, in which a sentence begins or ends."""

_SENTENCE_END = re.compile(r"[.!?]\s|\n\s{0,20}\n")
_JOINT = re.compile(
    r"(?:\s{0,3},\s{1,3}(?:(?:and|et|и)\s{1,3})?|\s{1,3}(?:and|et|и)\s{1,3})(?:the\s|la\s|le\s|les\s|l['’])?"
)
_JOINT_BEFORE = re.compile(rf"{_JOINT.pattern}$")


@dataclass(frozen=True, slots=True)
class Calling:
    """How texts call States something, by language: "Kenya, a Party to AEWA"."""

    sign: Mapping[str, str]
    """What a text has that says so: the patterns are for those that have it."""
    words: Mapping[str, re.Pattern[str]]
    """What they are called; `many` is its ending."""
    lead: Mapping[str, re.Pattern[str]]
    """What stands between a State's name and these words."""
    one: frozenset[str]
    """Endings where a single State is called so."""
    listing: re.Pattern[str]
    """English words that States follow: "AEWA Parties such as Kenya"."""


def states_called(
    checked: CheckedIssue,
    calling: Calling,
    named: Callable[[TextPlace, str, int], str | None],
    listed: Callable[[str, re.Match[str]], Iterable[str]],
) -> Iterator[tuple[TextPlace, int, str, str]]:
    """The text, where in it a State is called so, of what (a treaty, a species), and the State's code.

    `named` tells of what from the words that follow, and from where it is said; `listed` from where States follow.
    """
    registers, tag = checked.registers, primary(checked.issue.language)
    if registers is None or tag not in calling.words:
        return
    saying = [text for text in texts(checked.issue) if calling.sign[tag] in text.text]
    names = _StateNames(_state_names(registers, tag) if saying else {})
    for text in saying:
        prose = text.prose
        for lead, found in said_of(prose, calling.words[tag], calling.lead[tag]):
            at = lead.start()
            what = named(text, prose[found.end() : found.end() + REACH], at)
            if what is not None:
                many = found["many"] not in calling.one
                yield from ((text, at, what, code) for code in _states_before(prose, at, names, many=many))
        for found in calling.listing.finditer(prose) if tag == "en" else ():
            for what in listed(prose, found):
                yield from (
                    (text, found.start(), what, code) for code in _states_after(prose, found.end(), names)
                )


def said_of(
    prose: str, what: re.Pattern[str], lead: re.Pattern[str]
) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """Each place where `what` stands with `lead` right before it.

    One pattern for both would try the lead at every blank of a long text.
    """
    for found in what.finditer(prose):
        before = lead.search(prose, max(0, found.start() - REACH), found.start())
        if before is not None:
            yield before, found


def treaties_named(words: str, registers: Registers) -> frozenset[str]:
    """Slugs of the treaties (not of what stands under one) that the words name, in any language."""
    return frozenset(
        treaty.slug
        for treaty in registers.treaties.values()
        if treaty.kind == "treaty" and any(_stands_in(name, words) for name in _names_of(treaty))
    )


class Meant:
    """Which treaty a text means that does not name it where it speaks of its Parties."""

    def __init__(self, issue: Issue, registers: Registers) -> None:
        self._issue, self._registers = issue, registers
        self._in_items: dict[str | None, frozenset[str]] = {}
        self._in_sentence = lru_cache(maxsize=256)(self._named)

    def at(self, text: TextPlace, start: int, end: int) -> str | None:
        """The one treaty that the sentence names, or else the item; None where it may be another."""
        before = _SENTENCE_END.split(text.text[max(0, start - LONGEST) : start])[-1]
        after = _SENTENCE_END.split(text.text[end : end + LONGEST], maxsplit=1)[0]
        named = self._in_sentence(before + text.text[start:end] + after) or self._in_item(text.item)
        return next(iter(named)) if len(named) == 1 and named <= self._registers.treaties.keys() else None

    def _in_item(self, item: str | None) -> frozenset[str]:
        if item not in self._in_items:
            words = "\n".join(each.text for each in texts(self._issue) if each.item == item)
            self._in_items[item] = self._named(words)
        return self._in_items[item]

    def _named(self, words: str) -> frozenset[str]:
        """Every treaty that is named: of those that the register does not have the words."""
        others = {found[0] for found in OTHER_TREATIES.finditer(words)}
        return treaties_named(words, self._registers).union(
            *(treaties_named(other, self._registers) or {other} for other in others)
        )


def _names_of(treaty: Treaty) -> tuple[str, ...]:
    return (*treaty.short.values(), *treaty.titles.values())


def _stands_in(name: str, words: str) -> bool:
    # Most names are not there at all; the pattern is for those that are.
    return name in words and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words) is not None


def _states_before(text: str, end: int, names: _StateNames, *, many: bool) -> Iterator[str]:
    """Code of the State whose name ends at `end`; where `many`, of those joined to it by "," or "and" as well."""
    while True:
        before = text[max(0, end - REACH) : end].rstrip()
        name = next((name for name in names.ending[before[-2:]] if _ends_in(before, name)), None)
        if name is None:
            return
        yield names.codes[name]
        end = text.rfind(name, 0, end)
        joint = _JOINT_BEFORE.search(text, max(0, end - 20), end)
        if not many or joint is None:
            return
        end = joint.start()


def _states_after(text: str, start: int, names: _StateNames) -> Iterator[str]:
    """Codes of the States whose names begin at `start`, joined by "," or "and"."""
    while True:
        after = text[start : start + REACH]
        name = next((name for name in names.beginning[after[:2]] if _begins(after, name)), None)
        if name is None:
            return
        yield names.codes[name]
        joint = _JOINT.match(text, start + len(name))
        if joint is None:
            return
        start = joint.end()


def _begins(after: str, name: str) -> bool:
    return after.startswith(name) and not after[len(name) : len(name) + 1].isalnum()


def _ends_in(before: str, name: str) -> bool:
    return before.endswith(name) and not before[: -len(name)][-1:].isalnum()


class _StateNames:
    """Name → code, longest first; and by their first and last letters, as few of them fit a place."""

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.codes = codes
        self.beginning: dict[str, list[str]] = defaultdict(list)
        self.ending: dict[str, list[str]] = defaultdict(list)
        for name in codes:
            self.beginning[name[:2]].append(name)
            self.ending[name[-2:]].append(name)


def _state_names(registers: Registers, language: str) -> Mapping[str, str]:
    """Name in that language → code, longest first."""
    tag = primary(language)
    found: dict[str, str] = {}
    for code, country in registers.countries.items():
        for name in (country.name(tag), country.in_text.get(tag, ""), *SHORT_NAMES.get(code, ())):
            if name:
                found[name] = code
    return dict(sorted(found.items(), key=lambda pair: -len(pair[0])))


def is_described(country: Country) -> bool:
    """Whether the office's own register says anything of a State: of others it does not know if they joined."""
    return bool(country.parties or country.sources or country.timezone)


def species_at(words: str, registers: Registers, language: str) -> str | None:
    """The tag or slug of the species with whose name the words begin."""
    return _longest(words, registers, language, at_start=True)


def species_before(words: str, registers: Registers, language: str) -> str | None:
    """The tag or slug of the species with whose name the words end."""
    return _longest(words, registers, language, at_start=False)


def _longest(words: str, registers: Registers, language: str, *, at_start: bool) -> str | None:
    found: dict[int, str] = {}
    for species in registers.species.values():
        for name in _species_names(species, language):
            pattern = r"\s{1,9}".join(_with_ending(word) for word in name.split())
            pattern = rf"{pattern}s?(?!\w)" if at_start else rf"(?<!\w){pattern}s?\s{{0,3}}$"
            seek = re.match if at_start else re.search
            if seek(pattern, words[:REACH] if at_start else words[-REACH:], re.IGNORECASE):
                found[len(name)] = species.tag or species.slug
    return found[max(found)] if found else None


def _species_names(species: Species, language: str) -> Iterator[str]:
    name = species.names.get(primary(language), "")
    if name:
        yield name
    # "Saiga antelope" is "saiga" to most.
    if species.tag and primary(language) == "en":
        yield species.tag


def _with_ending(word: str) -> str:
    """A pattern for the word; a Russian one may end as its case asks for."""
    if re.search(r"[\u0400-\u04ff]", word) and len(word) > 3:  # noqa: PLR2004
        return rf"{re.escape(word[:-2] if word[-1] in 'ыйиойаяь' else word)}\w{{0,3}}"
    return re.escape(word)
