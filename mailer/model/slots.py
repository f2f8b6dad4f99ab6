"""Personal fields in finished html and text: a document is split once, and joined once a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import quote

from mailer.model.rendition import SLOT_NAMES, SLOT_TOKEN, TEXT_SLOTS, URL_SLOTS, slot_base

Kind = Literal["html", "text", "calendar"]

FIELD = re.compile(r"\{\{\s*([a-z0-9_]+)\s*(?:\|([^{}|]*))?\}\}")
"""How authors write one: `{{country}}`, or `{{country|your country}}` with words for readers who have none."""

URL_SAFE = "%:/?#[]@!$&'()*+,;=~-._"
"""Signs that stay in an address as they are (RFC 3986); all others are percent-encoded."""
QUOTED = re.compile(f"[A-Za-z0-9{re.escape(URL_SAFE)}]+")
"""An address in which nothing has to be percent-encoded."""
CALENDAR_SAFE = "".join(sign for sign in URL_SAFE if sign not in ";,")
ADDRESS = re.compile(r"^(https?:|mailto:)", re.IGNORECASE)
BREAKS = re.compile("[\\r\\n\\t\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029]+")
CALENDAR_TEXT = re.compile(r"[\\;,]")
"""Signs that RFC 5545 (3.3.11) has escaped in a text; a value has no line breaks left to escape."""
CONTROLS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a personal field in a document."""

    name: str

    @property
    def is_address(self) -> bool:
        """Whether its value is an address, not words."""
        return self.name in URL_SLOTS


Pieces = tuple[str | Slot, ...]


def split_slots(text: str) -> Pieces:
    """Cut a document at its personal fields. Tokens with a name we do not know stay text."""
    pieces: list[str | Slot] = []
    begin = 0
    for match in SLOT_TOKEN.finditer(text):
        name = match[1] or match[2]
        if slot_base(name) not in (TEXT_SLOTS if match[1] else URL_SLOTS):
            continue
        pieces += [text[begin : match.start()], Slot(name)]
        begin = match.end()
    pieces.append(text[begin:])
    return tuple(piece for piece in pieces if piece != "")


def slot_names(*texts: str) -> tuple[str, ...]:
    """Names of the personal fields that occur, sorted."""
    return tuple(
        sorted({piece.name for text in texts for piece in split_slots(text) if isinstance(piece, Slot)})
    )


def fill_slots(
    pieces: Sequence[str | Slot], values: Mapping[str, str], defaults: Mapping[str, str], kind: Kind
) -> str:
    """Join the pieces for one reader: their value, else the default, made harmless for that kind of document.

    A token inside a value stays as it is. ValueError where an address is neither https, http nor mailto.
    """
    ready = {
        name: slot_value(name, values.get(name) or defaults.get(name, ""), kind)
        for name in values.keys() | defaults.keys()
        if slot_base(name) in SLOT_NAMES
    }
    return "".join(
        [piece if isinstance(piece, str) else ready.get(piece.name, "") for piece in pieces],
    )


def slot_value(name: str, value: str, kind: Kind) -> str:
    """One value as it stands in the document: on one line, without control characters, escaped as the kind needs."""
    words = (value if value.isprintable() else CONTROLS.sub("", BREAKS.sub(" ", value))).strip()
    if name in URL_SLOTS and words:
        if not ADDRESS.match(words):
            raise ValueError(f"the address for {name} must begin with https: or mailto:, not {words[:40]!r}")
        words = words if QUOTED.fullmatch(words) else quote(words, safe=URL_SAFE)
    if kind == "calendar":
        # The same address stands in texts, which escape these signs, and in URL properties, which do not.
        return quote(words, safe=CALENDAR_SAFE) if name in URL_SLOTS else CALENDAR_TEXT.sub(r"\\\g<0>", words)
    return escape(words, quote=True) if kind == "html" else words
