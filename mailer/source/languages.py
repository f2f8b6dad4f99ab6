"""Language tags (BCP 47), as files name them."""

from __future__ import annotations

import re
from functools import lru_cache

_TAG = re.compile(r"([a-z]{2,3})(-[A-Za-z0-9]{2,8})*")

# ISO 639-1. A two-letter word that is not among them is mostly a country: kz for kk, cn for zh.
_TWO_LETTERS = frozenset(
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee "
    "el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io "
    "is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn "
    "mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se "
    "sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi "
    "vo wa wo xh yi yo za zh zu".split()
)


@lru_cache(maxsize=1024)
def is_language(tag: str) -> bool:
    """Whether the tag is well formed and begins with a language."""
    found = _TAG.fullmatch(tag)
    return found is not None and (len(found[1]) > 2 or found[1] in _TWO_LETTERS)  # noqa: PLR2004


@lru_cache(maxsize=1024)
def language_name(tag: str, within: str = "en") -> str:
    """What a language is called in the language `within`, or in English where that is unknown.

    The tag itself where it has no name.
    """
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return tag
    try:
        speaker = Locale.parse(within, sep="-")
    except (UnknownLocaleError, ValueError):
        speaker = Locale("en")
    return locale.get_display_name(speaker) or tag


def nearest_language(tag: str) -> str:
    """A hint for a tag that is none: a country's languages, or how tags are written."""
    from babel.languages import get_official_languages

    spoken = get_official_languages(tag.upper(), de_facto=True)
    if spoken:
        return f"{tag.upper()} is a country; its languages: {', '.join(spoken)}."
    return "Write a language tag such as en, ru or zh-Hant."
