"""The countries of the world by their UN names, in six languages: what every register of countries begins with."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from mailer.model.register import Country

FILE = Path(__file__).parent / "data" / "un-countries.csv"
LANGUAGES = ("en", "fr", "es", "ru", "ar", "zh")

_ARTICLE = re.compile(r" \((?P<article>the|le|la|les|l'|el|los|las)\)$")
_QUALIFIED = re.compile(r" \(.+\)$")
"""Iran (Islamic Republic of): what stands in brackets belongs before the name when it is in a sentence."""


@lru_cache(maxsize=1)
def un_countries() -> Mapping[str, Country]:
    """Every ISO 3166-1 code with its names; UN names where the United Nations has one. Read once.

    Source: the data set datasets/country-codes (Public Domain Dedication and License); facts from UNTERM, ISO
    3166-1, CLDR, the M49 list and GeoNames. See data/NOTICE.md.
    """
    with FILE.open(encoding="utf-8", newline="") as file:
        return MappingProxyType({row["iso2"]: _country(row) for row in csv.DictReader(file)})


def in_sentence(short: str, formal: str) -> str:
    """A short name as UNTERM writes it, as it stands in a sentence: "Niger (the)" → "the Niger".

    A name with a qualification, such as "Iran (Islamic Republic of)", is replaced by the formal name.
    """
    found = _ARTICLE.search(short)
    if found:
        article = found["article"]
        bare = short[: found.start()]
        return f"{article}{bare}" if article.endswith("'") else f"{article} {bare}"
    return formal if formal and _QUALIFIED.search(short) else short


def _country(row: Mapping[str, str]) -> Country:
    un = row["un"]
    names, formal, in_text = {}, {}, {}
    for language, short, full in _given(row):
        names[language] = _ARTICLE.sub("", short)
        if full:
            formal[language] = full
        if un:
            in_text[language] = in_sentence(short, full)
    # The file is ours and tested: validating its 249 rows at every start would cost more than reading them.
    return Country.model_construct(
        iso2=row["iso2"],
        iso3=row["iso3"],
        names=names,
        formal=formal,
        in_text=in_text,
        of={},
        in_={},
        un="member" if un == "member" else "observer" if un == "observer" else None,
        region=row["region"],
        language=row["language"] or None,
    )


def _given(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for language in LANGUAGES:
        if short := row[f"short_{language}"]:
            yield language, short, row[f"formal_{language}"]
