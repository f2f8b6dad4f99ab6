"""A piece's words beside its source's: links, personal fields, days and numbers must be the same."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from mailer.check.calendar_names import CalendarNames, one_of
from mailer.check.link_reading import Form, links_in
from mailer.content.exchange import Piece, Trouble, is_optional
from mailer.model.base import Language
from mailer.model.finding import Severity
from mailer.model.rendition import SLOT_NAMES
from mailer.model.slots import FIELD

Day = tuple[int, int, int]
"""Day, month and year; 0 where the text does not say one."""

_BLANKS = " \u00a0\u202f\u2009"
_NUMBER = re.compile(rf"\d+(?:[.,'’\u066b\u066c{_BLANKS}]\d+)*")
_MADE = re.compile(r"\]\([^()\n]*\)")
_WORD = re.compile(r"[^\W\d_]+")


def word_troubles(piece: Piece, words: str, source: Language, language: Language) -> Iterator[Trouble]:
    """What is wrong with the words that came back for a piece; a stop keeps them out."""
    yield from _links(piece.source, words)
    yield from _fields(piece.source, words, source, language)
    yield from _markers(piece.source, words)
    prose = [_prose(piece.source), _prose(words)]
    days = [_days(prose[0], source), _days(prose[1], language)]
    yield from _day_troubles(days[0][0], days[1][0])
    yield from _number_troubles(_numbers(days[0][1], source), _numbers(days[1][1], language))
    if words.strip() == piece.source.strip() and _WORD.search(words) and not is_optional(piece.field):
        yield Trouble(
            "translation.untranslated",
            Severity.NOTE,
            "Is the same as the source.",
            "Leave it empty, or translate it.",
        )
    if re.search(r"\S {2,}\S", words) and not re.search(r"\S {2,}\S", piece.source):
        yield Trouble(
            "translation.double-space",
            Severity.NOTE,
            "Has two blanks in a row.",
            "`mailer check --fix` mends it.",
        )


def _links(source: str, words: str) -> Iterator[Trouble]:
    there = Counter(link.url.strip() for link in links_in(source) if link.form is not Form.UNMADE)
    here = Counter(link.url.strip() for link in links_in(words) if link.form is not Form.UNMADE)
    made = {link.url for link in links_in(source) if link.form is Form.UNMADE}
    for link in links_in(words):
        if link.form is Form.UNMADE and link.url not in made:
            message = f"“[{link.text}]({link.url})” is not a link: readers would see the brackets."
            hint = "Write [words](https://…), without blanks in the address."
            yield Trouble("translation.link-broken", Severity.STOP, message, hint, link.url)
    if "](" in _MADE.sub("", words) and "](" not in _MADE.sub("", source):
        message, hint = "A link is not closed: “](” without its address and “)”.", "Write [words](https://…)."
        yield Trouble("translation.link-broken", Severity.STOP, message, hint)
    lost, added = list((there - here).elements()), list((here - there).elements())
    for url in lost:
        same = next((each for each in added if _host(each) == _host(url)), None)
        if same is None:
            hint = f"Put it in, as [words]({url})."
            message = f"The source links {url} here; the translation has no link in its place."
            yield Trouble("translation.link-lost", Severity.STOP, message, hint, url)
            continue
        added.remove(same)
        message, hint = (
            f"Links {same} in place of {url}.",
            "See that it is the same page in the other language.",
        )
        yield Trouble("translation.link-changed", Severity.WARN, message, hint, same)
    for url in added:
        message = f"Links {url}, which the source does not."
        yield Trouble("translation.link-added", Severity.WARN, message, "See where it leads.", url)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.scheme}:{parts.netloc.casefold()}"


def _fields(source: str, words: str, from_: Language, to: Language) -> Iterator[Trouble]:
    there = {_base(found[1]): found for found in FIELD.finditer(source)}
    here = {_base(found[1]): found for found in FIELD.finditer(words)}
    left = FIELD.sub("", words)
    if ("{{" in left or "}}" in left) and "{{" not in FIELD.sub("", source):
        part = re.search(r"[^\s]{0,30}(?:\{\{|\}\})[^\s]{0,30}", left)
        shown = part[0] if part else "{{"
        message = f"A personal field is broken: “{shown}”."
        yield Trouble(
            "translation.field-broken", Severity.STOP, message, "Write it as the source has it.", shown
        )
    for found in FIELD.finditer(words):
        if found[1] not in SLOT_NAMES:
            message = f"“{found[0]}” is not a personal field."
            yield Trouble(
                "translation.field-unknown",
                Severity.STOP,
                message,
                "Write it as the source has it.",
                found[0],
            )
    for name, found in there.items():
        if name not in here:
            message = f"The source has the personal field “{found[0]}” here; the translation has not."
            yield Trouble(
                "translation.field-lost", Severity.STOP, message, "Put it where it belongs.", found[0]
            )
        elif (found[2] or "").strip() and not (here[name][2] or "").strip():
            message = (
                f"“{here[name][0]}” has lost the words for readers of whom nothing is known: “{found[2]}”."
            )
            hint = "Write them after the bar: {{" + here[name][1] + "|…}}."
            yield Trouble("translation.field-default", Severity.STOP, message, hint, here[name][0])
        elif found[2] and found[2] == here[name][2] and from_ != to:
            message = f"The words in “{here[name][0]}” are the source's still."
            yield Trouble(
                "translation.field-default", Severity.NOTE, message, "Translate those after the bar."
            )
    for name, found in here.items():
        if name not in there and found[1] in SLOT_NAMES:
            message = f"Has the personal field “{found[0]}”, which the source has not."
            yield Trouble(
                "translation.field-added", Severity.WARN, message, "See that it is meant.", found[0]
            )


def _base(name: str) -> str:
    """The forms of a field, such as country_in, are one."""
    return name.partition("_")[0]


def _markers(source: str, words: str) -> Iterator[Trouble]:
    if source.count("**") % 2 == 0 and words.count("**") % 2:
        message = "A ** for bold words has no partner."
        yield Trouble("translation.marks", Severity.WARN, message, "Put ** before and behind the bold words.")


def _prose(words: str) -> str:
    """Words without addresses and fields' names; what links and fields show stays."""
    plain = FIELD.sub(lambda found: found[2] or "", words)
    plain = re.sub(r"\]\([^()\s]*\)", "]", plain)
    return re.sub(r"https?://\S+|\S+@\S+", " ", plain)


@lru_cache(maxsize=64)
def _months(language: Language) -> tuple[dict[str, int], re.Pattern[str]]:
    try:
        locale = str(Locale.parse(language, sep="-"))
    except (UnknownLocaleError, ValueError):
        locale = "en"
    months = dict(CalendarNames((locale,)).months)
    months |= {name: number for name, number in _standalone(locale).items() if name not in months}
    day = r"(?<![\d.,])(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?"
    gap = rf"[{_BLANKS}\n]{{1,3}}"
    month = rf"(?P<month>{one_of(months)})(?!\w)"
    year = rf"(?:,?{gap}(?:de{gap})?(?P<year>(?:19|20)\d\d)(?!\d))"
    first = rf"(?:{day}{gap}(?:(?:of|de){gap})?)?(?<!\w){month}{year}?"
    after = rf"(?<!\w){month.replace('month', 'month_')}{gap}{day.replace('<day>', '<day_>')}(?!\d)"
    return months, re.compile(f"{after}{year.replace('<year>', '<year_>')}?|{first}", re.IGNORECASE)


def _standalone(locale: str) -> dict[str, int]:
    from babel.dates import get_month_names

    names = get_month_names("wide", "stand-alone", locale)
    listed = {name.casefold(): number for number, name in names.items()}
    if locale == "ru":
        # "in November", which calendars do not list.
        listed |= {f"{name.rstrip('ьй')}е": number for name, number in listed.items()}
    return listed


def _days(text: str, language: Language) -> tuple[Counter[Day], str]:
    """The days that a text names in words, and the text without them.

    A month without a day or a year beside it, such as `May`, may be another word: it is let be.
    """
    months, pattern = _months(language)
    plain = _ascii_digits(text)
    found: Counter[Day] = Counter()
    left, at = [], 0
    for match in pattern.finditer(plain):
        day = match["day"] or match["day_"]
        year = match["year"] or match["year_"]
        if not day and not year:
            continue
        month = months[(match["month"] or match["month_"]).casefold()]
        found[int(day or 0), month, int(year or 0)] += 1
        left.append(plain[at : match.start()])
        at = match.end()
    return found, " ".join([*left, plain[at:]])


def _day_troubles(there: Counter[Day], here: Counter[Day]) -> Iterator[Trouble]:
    lost, added = list(there - here), list(here - there)
    if not lost and not added:
        return
    said = [
        f"the source says {_dates(lost)}" if lost else "",
        f"the translation {_dates(added)}" if added else "",
    ]
    message = f"Dates differ: {', '.join(part for part in said if part)}."
    yield Trouble("translation.dates", Severity.WARN, message, "See which is right.", _dates(added or lost))


def _dates(days: list[Day]) -> str:
    return ", ".join(
        ".".join(str(part) for part in day if part) for day in sorted(days, key=lambda day: day[::-1])
    )


def _numbers(text: str, language: Language) -> Counter[str]:
    """Numbers in one form, whatever signs a language groups and divides them by."""
    decimal = _decimal(language)
    return Counter(_plain_number(found[0], decimal) for found in _NUMBER.finditer(_ascii_digits(text)))


def _plain_number(written: str, decimal: str) -> str:
    parts = re.split(r"([^\d])", written)
    whole, rest = parts[0], parts[1:]
    signs, groups = rest[::2], rest[1::2]
    if not signs:
        return whole.lstrip("0") or "0"
    if all(len(group) == 3 for group in groups) and len(whole) <= 3 and decimal not in signs:  # noqa: PLR2004
        return "".join([whole, *groups]).lstrip("0")
    last = signs[-1]
    if last in ".,\u066b" and signs.count(last) == 1 and (last == decimal or len(groups[-1]) != 3):  # noqa: PLR2004
        before = "".join([whole, *groups[:-1]]).lstrip("0") or "0"
        fraction = groups[-1].rstrip("0")
        return f"{before}.{fraction}" if fraction else before
    return " ".join([whole, *groups])


@lru_cache(maxsize=64)
def _decimal(language: Language) -> str:
    from babel.numbers import get_decimal_symbol

    try:
        return str(get_decimal_symbol(Locale.parse(language, sep="-")))
    except (UnknownLocaleError, ValueError):
        return "."


def _number_troubles(there: Counter[str], here: Counter[str]) -> Iterator[Trouble]:
    lost, added = sorted((there - here).elements()), sorted((here - there).elements())
    if not lost and not added:
        return
    said = [
        f"the source has {', '.join(lost)}" if lost else "",
        f"the translation {', '.join(added)}" if added else "",
    ]
    message = f"Numbers differ: {'; '.join(part for part in said if part)}."
    yield Trouble(
        "translation.numbers", Severity.WARN, message, "See that none is wrong; words for numbers are right."
    )


def _ascii_digits(text: str) -> str:
    """Digits of every script as 0 to 9."""
    if text.isascii():
        return text
    return "".join(
        sign if (digit := unicodedata.decimal(sign, None)) is None else str(digit) for sign in text
    )
