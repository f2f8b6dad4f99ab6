"""Words in a text that were of their time: what was to come when it was written, and has come since."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date as Date  # noqa: N812
from functools import cache

from mailer.check.calendar_names import CalendarNames, one_of, written_day
from mailer.model.base import primary

_SHORT = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9}
_SHORT |= {"oct": 10, "nov": 11, "dec": 12}
_STEMS = {"январ": 1, "феврал": 2, "апрел": 4, "ма": 5, "июн": 6, "июл": 7, "сентябр": 9, "октябр": 10}
_STEMS |= {"ноябр": 11, "декабр": 12}
_CASES = {f"{stem}{end}": month for stem, month in _STEMS.items() for end in ("ь", "й", "я", "е", "ю")}
_CASES |= {
    f"{stem}{end}": month for stem, month in (("март", 3), ("август", 8)) for end in ("", "а", "е", "у")
}
NAMES = CalendarNames(("en", "ru", "fr", "de", "es"), more_months={**_SHORT, **_CASES})
"""Months in every form in which a text names them."""

UNTIL: Mapping[str, str] = {
    "en": r"until|till|by|before|from|as\s+of|through",
    "fr": r"jusqu['’](?:en|au|à)|d['’]ici(?:\s+au)?|avant(?:\s+le)?|à\s+partir\s+(?:de|du)|dès(?:\s+le)?",
    "ru": r"до|к|с|начиная\s+с|не\s+позднее",
    "de": r"bis(?:\s+zum)?|ab(?:\s+dem)?|vor(?:\s+dem)?",
    "es": r"hasta(?:\s+el)?|antes\s+del?|desde(?:\s+el)?|a\s+partir\s+del?",
}
"""What stands before a time up to which, or from which on, something is so."""
PASSING: Mapping[str, str] = {
    "en": r"(?:this|next|last|coming|past)\s+"
    r"(?:year|month|week|season|spring|summer|autumn|fall|winter)|end\s+of\s+the\s+year|tomorrow|yesterday",
    "fr": r"cette\s+(?:année|semaine|saison)|ce\s+mois(?:-ci)?|l['’]an(?:née)?\s+(?:prochaine?|dernière?|passée?)|"
    r"(?:le\s+mois|la\s+semaine|l['’]été|l['’]automne|l['’]hiver|le\s+printemps)\s+(?:prochaine?|derni(?:er|ère))|"
    r"cet\s+(?:été|automne|hiver)|ce\s+printemps|fin\s+de\s+l['’]année|demain|hier",
    "ru": r"(?:эт|следующ|прошл|будущ|ближайш|нынешн)(?:[иоеы]м|[ое]го|[ое]й|[уюяа]{1,2}|и[йх]|от)\s+"
    r"(?:год[ау]?|месяц[ае]?|недел[иеюя]|весн(?:ой|ы)|лет(?:ом|а)|осен(?:ью|и)|зим(?:ой|ы))|завтра|вчера",
    "de": r"(?:diese[nms]?|nächste[nms]?|letzte[nms]?|kommende[nms]?)\s+"
    r"(?:Jahre?s?|Monats?|Woche|Sommers?|Herbst|Winter|Frühling)|gestern",
    "es": r"(?:este|próximo|pasado)\s+(?:año|mes|verano|otoño|invierno)|"
    r"(?:esta|próxima|pasada)\s+(?:semana|primavera)|"
    r"(?:año|mes|verano|otoño|invierno)\s+(?:próximo|pasado)|ayer",
}
"""Words that mean another time with every issue."""

_GAP = r"\s{1,9}"
_YEAR = r"(?:19|20)\d\d(?![\d/–-])"


@dataclass(frozen=True, slots=True)
class TimeWords:
    """Words of a text that were of their time, and why they need a look."""

    words: str
    offset: int
    why: str


def passed_words(prose: str, language: str, then: Date, now: Date) -> Iterator[TimeWords]:
    """What of a text written for the day `then` may not be so on the day `now`, in the order in which it stands.

    Days, months and years that were to come, or were going on, and have begun or gone by since: what was past already
    is told as past, and stays true, but for "until" one. A month without a year up to which something is so; words
    such as "this year" in English, French, Russian, German and Spanish.
    """
    tag = primary(language)
    for found in _pattern(tag).finditer(prose):
        if why := _why(found, tag, then, now):
            yield TimeWords(" ".join(found[0].split()), found.start(), why)


def _why(found: re.Match[str], language: str, then: Date, now: Date) -> str:
    """Why it needs a look; "" where it does not."""
    if found["passing"]:
        return "means another time now"
    if found["bare"]:
        # Small letters make English verbs of two of them.
        is_month = language != "en" or found["bare"][0].isupper()
        return "names a month without its year" if is_month else ""
    if found["year"]:
        year = int(found["year"])
        return f"{year} is over" if then.year <= year < now.year else ""
    first, last = _times(found)
    if first is None or last is None or first > now or (last < then and not found["until"]):
        return ""
    if first == last:
        return f"{written_day(last)} is over" if last < now else ""
    return f"{first:%B} {first.year} {'is over' if last < now else 'has begun'}"


def _times(found: re.Match[str]) -> tuple[Date | None, Date | None]:
    """The first and the last day of what is named; None where no calendar has it."""
    try:
        if found["iso"]:
            day = Date.fromisoformat(found["iso"])
            return day, day
        for names in (("day", "of_day", "year_of_day"), ("us_day", "of_us", "year_of_us")):
            number, month, year = (found[name] for name in names)
            if number:
                day = Date(int(year), NAMES.months[month.casefold()], int(number))
                return day, day
        month, year = NAMES.months[found["month"].casefold()], int(found["of_month"])
    except (ValueError, KeyError):
        return None, None
    following = Date(year + month // 12, month % 12 + 1, 1)
    return Date(year, month, 1), Date.fromordinal(following.toordinal() - 1)


@cache
def _pattern(language: str) -> re.Pattern[str]:
    month, until = one_of(NAMES.months), UNTIL.get(language, UNTIL["en"])
    passing = PASSING.get(language, r"(?!)")
    of = rf"{_GAP}(?:(?:of|de){_GAP})?"
    article = rf"(?:(?:the|le|el|den){_GAP})?"
    return re.compile(
        rf"\b(?P<until>(?:{until}){_GAP}{article})?(?:"
        r"(?<![\d-])(?P<iso>(?:19|20)\d\d-\d\d-\d\d)(?!\d)"
        rf"|(?<![\d.,/-])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?{of}(?P<of_day>{month})\b\.?,?{of}(?P<year_of_day>{_YEAR})"
        rf"|(?P<of_us>{month})\b\.?{_GAP}(?P<us_day>\d{{1,2}})(?:st|nd|rd|th)?,?{_GAP}(?P<year_of_us>{_YEAR})"
        rf"|(?P<month>{month})\b\.?,?{of}(?P<of_month>{_YEAR})"
        rf"|(?<![\w/.,–-])(?P<year>{_YEAR}))"
        rf"|\b(?:{until}){_GAP}{article}(?P<bare>{month})\b(?!{_GAP}\d)"
        rf"|\b(?P<passing>{passing})\b",
        re.IGNORECASE,
    )
