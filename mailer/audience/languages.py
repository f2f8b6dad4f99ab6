"""Language tags (BCP 47): whether one is well formed, and which of some fits it best."""

from __future__ import annotations

import re
from collections.abc import Iterable
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


def primary(tag: str) -> str:
    """The language of a tag, without script and region: `zh` of `zh-Hant`."""
    return tag.split("-", 1)[0].lower()


def covers(wanted: str, tag: str) -> bool:
    """Whether a tag is the wanted language or a kind of it: `ru` covers `ru-KZ`, not the other way round."""
    return tag.lower() == wanted.lower() or tag.lower().startswith(f"{wanted.lower()}-")


def best_of(tag: str, available: Iterable[str]) -> str | None:
    """The available tag that is the same, else the first of the same language, else None."""
    choices = list(available)
    if tag in choices:
        return tag
    return next((choice for choice in choices if primary(choice) == primary(tag)), None)
