"""Variants of an issue, and what each looks like with its personal fields still open."""

from __future__ import annotations

import hashlib
import re
from typing import Literal

from pydantic import Field

from mailer.model.base import Language, Noun, Slug

SLOT_URL = "https://slot.invalid/"
"""A slot in the place of an address is written as this and the slot's name: inliners leave it alone."""

SLOT_TOKEN = re.compile(r"%%slot:([a-z0-9_]+)%%|https://slot\.invalid/([a-z_]+)")
"""Finds a slot in html or text; group 1 or group 2 is its name."""

PERSON_SLOTS = ("salutation", "name", "country", "country_of", "country_in", "role")
"""What any text may say of its reader."""
REMINDER_SLOTS = (
    "date",
    "days_left",
    "due",
    "due_day",
    "due_time",
    "due_before",
    "owed",
    "addressee",
    "holders",
    "code",
)
"""What only a reminder knows: the day it is sent; "in 14 days"; the last day with its hour and zone, and both
apart; the former last day; what is owed and by whom; as what the reader is written to; who holds the office that
they stand in for; and the code to answer with."""
CALENDAR_SLOTS = ("due_utc", "event_uid", "event_sequence", "event_stamp")
"""What a calendar entry is filled with, in the forms of RFC 5545."""
TEXT_SLOTS = PERSON_SLOTS + REMINDER_SLOTS + CALENDAR_SLOTS
ANSWERS = ("answer_done", "answer_later", "answer_not_me")
"""Addresses by which a reminder is answered: it is handed in, it will be, the office is somebody else's."""
URL_SLOTS = ("unsubscribe", "web_view", *ANSWERS)
SLOT_NAMES = TEXT_SLOTS + URL_SLOTS


def slot_in(name: str, language: str) -> str:
    """The name of a personal field in another language than the version's: `country_in__en`."""
    return f"{name}__{language.replace('-', '_').lower()}"


def slot_base(name: str) -> str:
    """The personal field itself, in whatever language: `country_in` of `country_in__en`."""
    return name.partition("__")[0]


def text_slot(name: str) -> str:
    """The token that stands for a personal field in text: ASCII and free of anything to escape."""
    return f"%%slot:{name}%%"


def url_slot(name: str) -> str:
    """The token that stands for a personal address."""
    return f"{SLOT_URL}{name}"


EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif"}


class Variant(Noun):
    """One version of an issue: its language, the items that its readers see, in order, and in which words."""

    language: Language
    items: tuple[Slug, ...]
    wordings: tuple[tuple[Slug, int], ...] = ()
    """Item → which of its wordings, from 0; an item that is not named here has its own words."""

    @property
    def key(self) -> str:
        """A short name, the same for the same content: `en-3f2a91`."""
        worded = (f"{item}={number}" for item, number in self.wordings)
        digest = hashlib.sha256("\n".join((self.language, *self.items, *worded)).encode()).hexdigest()
        return f"{self.language}-{digest[:6]}"


class Frame(Noun):
    """How an item shows a picture: how wide, and what part of it. The same frame is the same made picture."""

    src: str
    """As the issue names it."""
    width: int
    """Pixels of the letter, on a wide screen, that there is room for."""
    ratio: str | None = None
    focus: tuple[float, float] = (0.5, 0.5)


def content_id(sha256: str) -> str:
    """The Content-ID (RFC 2392) of a picture's bytes, without brackets: the same wherever they come from."""
    return f"{sha256[:16]}@picture.invalid"


class Picture(Noun):
    """A picture as it is sent: its bytes are kept beside the proof under `sha256`."""

    src: str
    """As the issue names it."""
    cid: str
    """Content-ID without brackets, where it is embedded."""
    media_type: str
    sha256: str
    width: int
    """Pixels that it has, not those that it is shown at."""
    height: int
    frame: Frame | None = None
    """What it was made for; None where it is shown as it is."""
    origin: str = ""
    """SHA-256 of the file it was made from, where it is not that file itself."""
    notes: tuple[str, ...] = ()
    """animated: only its first frame is here; heavy: over its budget; flattened: its transparency is gone."""
    content: bytes = Field(repr=False, exclude=True, default=b"")

    @property
    def file_name(self) -> str:
        """The name it is served and written under: the same for the same content."""
        return f"{self.sha256[:16]}.{EXTENSIONS.get(self.media_type, 'bin')}"


class CalendarEntry(Noun):
    """Which event or deadline a calendar file is of, and by what it is newer than one that went out before."""

    item: Slug
    language: Language
    sequence: int
    """RFC 5545 3.8.7.4: a file with a greater one moves the entry."""
    counts: str
    """Digest of what makes the number grow: days, hour, zone, place and title."""


class Attachment(Noun):
    """A text that comes with a message, such as a calendar entry; its personal fields stay open."""

    name: str
    """File name: ASCII letters, digits, points and hyphens."""
    media_type: str
    """text/calendar, with its parameters but for charset: `text/calendar; method=PUBLISH`."""
    content: str = Field(repr=False)
    """Logical lines with LF; folded and ended by CRLF when it is sent."""
    entry: CalendarEntry | None = None
    """Of a calendar file of an issue: which it is."""


class Rendition(Noun):
    """A variant as readers get it: subject, preheader, html and text, with slots open."""

    variant: Variant
    subject: str
    preheader: str
    html: str = Field(repr=False)
    text: str = Field(repr=False)
    slots: tuple[str, ...] = ()
    """Names of the slots that occur, sorted."""
    defaults: dict[str, str] = {}
    """Slot name → what stands there for a reader who has no value."""
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    linked: tuple[Attachment, ...] = ()
    """Calendar files that it links to, where `public` answers; they are not in the message."""
    dates: tuple[CalendarEntry, ...] = ()
    """Every event and deadline that its readers see, also those without a calendar file. Not hashed: by them is only
    noted what has gone out."""
    images: Literal["embedded", "hosted"] = "embedded"
    """embedded: html says `cid:…`; hosted: html says https://…"""

    @property
    def html_bytes(self) -> int:
        """Size of the HTML in UTF-8, which Gmail clips near 102 KB."""
        return len(self.html.encode())
