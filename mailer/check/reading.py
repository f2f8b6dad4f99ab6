"""What rules read: every text and every address of an issue, each with its place.

`texts()` and `links()` are the only parsing that rules share; rules do not import one another.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeVar

from markdown_it import MarkdownIt
from markdown_it.token import Token
from pydantic import BaseModel

from mailer.check.literal import code_spans
from mailer.model.issue import Contact, Deadline, Issue, ItemBase, Person, Press, StaffChange
from mailer.model.kinds import FieldType, OwnItem

NOT_TEXT = frozenset(
    {
        "id",
        "kind",
        "layout",
        "show_to",
        "lead_for",
        "for_",
        "ratio",
        "src",
        "url",
        "email",
        "reply_to",
        "website",
        "country",
        "time",
        "timezone",
        "language",
        "template",
        "theme",
        "images",
        "message_class",
        "items",
    }
)
"""Fields that hold a name, a path or an address, not words for readers."""

BLANK = "\N{OBJECT REPLACEMENT CHARACTER}"

# Bounded repeats, and starts in few places, keep these linear on hostile text.
_NOT_PROSE = re.compile(r"\]\([^)\]]{0,500}+\)|https?://\S+|www\.(?<!\w....)\S+|<[^<>\s]{1,500}>")
_NOT_PROSE_WITH_MAIL = re.compile(rf"{_NOT_PROSE.pattern}|(?<![^\s@<(])[^\s@<(]++@[^\s>)]+")
_NOT_A_BREAK = re.compile(r"[^\n]")
_LINE_END = re.compile(r"\n")
_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
_UNMADE_LINK = re.compile(r"\[([^\[\]]{0,200})\]\(([^()]{0,500})\)")


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in the issue's file: item (None: the head), field, and lines below the field's own line."""

    item: str | None
    field: str | None
    below: int = 0


@dataclass(frozen=True, slots=True)
class TextPlace:
    """One text field as its author wrote it."""

    item: str | None
    field: str
    text: str

    @property
    def prose(self) -> str:
        """The text with addresses and code blanked out; every offset stays what it was."""
        return _prose(self.text)

    def at(self, offset: int = 0) -> Place:
        """The place of the character at `offset`."""
        ends = _line_ends(self.text)
        return Place(self.item, self.field, bisect_left(ends, offset) + 1 if ends else 0)


class Form(StrEnum):
    """How an address came into the issue."""

    MARKDOWN = "markdown"
    ENTRY = "entry"
    """An entry of `links`."""
    FIELD = "field"
    """A mail address or web site of a person or office."""
    BARE = "bare"
    """An address standing in the text, which mail programs make a link of by themselves."""
    UNMADE = "unmade"
    """Meant as a Markdown link, but not one: readers see the brackets."""


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """One address with the words that carry it, as the author wrote both."""

    item: str | None
    field: str
    url: str
    text: str
    form: Form
    below: int = 0

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.item, self.field, self.below)


Read = TypeVar("Read")


def lines_below(text: str, line: int) -> int:
    """How far below its field's line a text's line stands: a YAML block starts one below. `line` from 0."""
    return line + 1 if "\n" in text else 0


@lru_cache(maxsize=64)
def _line_ends(text: str) -> tuple[int, ...]:
    """Where its lines end: a text may be asked for the places of many findings."""
    return tuple(found.start() for found in _LINE_END.finditer(text))


def texts(issue: Issue) -> tuple[TextPlace, ...]:
    """Every text of the issue, the head's first, then the items' in reading order."""
    return _once(issue, _texts, _LATELY_READ)


def links(issue: Issue) -> tuple[LinkPlace, ...]:
    """Every address of the items: in the Markdown, under `links`, and of people and offices."""
    return _once(issue, _links, _LATELY_FOLLOWED)


def by_item(issue: Issue) -> Mapping[str | None, Mapping[str, TextPlace]]:
    """Item (None: the head) → field → its text."""
    return dict(_once(issue, _by_item, _LATELY_SORTED))


def _by_item(issue: Issue) -> Iterator[tuple[str | None, Mapping[str, TextPlace]]]:
    for item, places in groupby(texts(issue), lambda place: place.item):
        yield item, {place.field: place for place in places}


_LATELY_READ: deque[tuple[Issue, tuple[TextPlace, ...]]] = deque(maxlen=8)
_LATELY_FOLLOWED: deque[tuple[Issue, tuple[LinkPlace, ...]]] = deque(maxlen=8)
_LATELY_SORTED: deque[tuple[Issue, tuple[tuple[str | None, Mapping[str, TextPlace]], ...]]] = deque(maxlen=8)


def _once(
    issue: Issue, read: Callable[[Issue], Iterator[Read]], lately: deque[tuple[Issue, tuple[Read, ...]]]
) -> tuple[Read, ...]:
    """What is read in the issue. Thirty rules ask for the same one after another; an issue never changes."""
    for known, found in tuple(lately):
        if known is issue:
            return found
    found = tuple(read(issue))
    lately.append((issue, found))
    return found


def _texts(issue: Issue) -> Iterator[TextPlace]:
    yield from _texts_in(issue, None, "")
    for item in issue.items:
        yield from _texts_in(item, item.id, "")


def _links(issue: Issue) -> Iterator[LinkPlace]:
    for item in issue.items:
        for field, words in _bodies(item):
            for found in _links_in(words):
                yield LinkPlace(item.id, field, found.url, found.text, found.form, found.below)
        for index, link in enumerate(item.links):
            yield LinkPlace(item.id, f"links[{index}].url", link.url, link.text, Form.ENTRY)
        yield from _addresses_of(item)


def _bodies(item: ItemBase) -> Iterator[tuple[str, str]]:
    yield "body", item.body
    for index, wording in enumerate(item.wording):
        yield f"wording[{index}].body", wording.body or ""
    for name, words in _declared(item, "markdown"):
        yield name, words or ""


@lru_cache(maxsize=1024)
def _prose(text: str) -> str:
    pattern = _NOT_PROSE_WITH_MAIL if "@" in text else _NOT_PROSE
    return pattern.sub(lambda found: _blank(found[0]), blanked(text, code_spans(text)))


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with those stretches blanked out; its lines, and every offset, stay what they were."""
    parts, reached = [], 0
    for start, end in spans:
        if end > reached:
            parts += [text[reached:start], _blank(text[max(start, reached) : end])]
            reached = end
    return "".join([*parts, text[reached:]])


def _blank(words: str) -> str:
    return _NOT_A_BREAK.sub(BLANK, words) if "\n" in words else BLANK * len(words)


def _texts_in(noun: BaseModel, item: str | None, path: str) -> Iterator[TextPlace]:
    for name in type(noun).model_fields:
        if name not in NOT_TEXT and not _is_choice(noun, name):
            yield from _texts_of(getattr(noun, name), item, f"{path}.{name}" if path else name)


def _is_choice(noun: BaseModel, name: str) -> bool:
    """Whether a declared field holds one of its choices, not words."""
    field = noun.declaration.fields.get(name) if isinstance(noun, OwnItem) else None
    return field is not None and field.type == "choice"


def _texts_of(value: object, item: str | None, path: str) -> Iterator[TextPlace]:
    if isinstance(value, str):
        if value.strip():
            yield TextPlace(item, path, value)
    elif isinstance(value, BaseModel):
        yield from _texts_in(value, item, path)
    elif isinstance(value, tuple):
        for index, each in enumerate(value):
            yield from _texts_of(each, item, f"{path}[{index}]")


def _declared(item: ItemBase, kind: FieldType) -> Iterator[tuple[str, Any]]:
    """Name and value of an own kind's fields of that type."""
    if isinstance(item, OwnItem):
        found = (name for name, field in item.declaration.fields.items() if field.type == kind)
        yield from ((name, item.value(name)) for name in found)


def _addresses_of(item: ItemBase) -> Iterator[LinkPlace]:
    people: list[tuple[str, Person | None]] = list(_declared(item, "person"))
    for name, link in _declared(item, "link"):
        if link is not None:
            yield LinkPlace(item.id, f"{name}.url", link.url, link.text, Form.ENTRY)
    if isinstance(item, Contact):
        people.append(("person", item.person))
        if item.email.strip():
            yield _mail_field(item.id, "email", item.email)
        if site := item.website.strip():
            url = site if "://" in site else f"https://{site}"
            yield LinkPlace(item.id, "website", url, site, Form.FIELD)
    if isinstance(item, Deadline | StaffChange):
        people.append(("contact", item.contact))
    if isinstance(item, Press):
        people += [(f"people[{index}]", person) for index, person in enumerate(item.people)]
    for path, person in people:
        if person is not None and person.email.strip():
            yield _mail_field(item.id, f"{path}.email", person.email)


def _mail_field(item: str, path: str, email: str) -> LinkPlace:
    shown = re.sub(r"^\s*mailto:\s*", "", email, flags=re.IGNORECASE).strip()
    url = email if email.strip().casefold().startswith("mailto:") else f"mailto:{email}"
    return LinkPlace(item, path, url, shown, Form.FIELD)


def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["image"])
    # Rules judge addresses themselves, so they must see them as written: nothing encoded, nothing refused.
    setattr(reader, "normalizeLink", lambda url: url)  # noqa: B010
    setattr(reader, "validateLink", lambda _: True)  # noqa: B010
    return reader


_MARKDOWN = _reader()


@lru_cache(maxsize=512)
def _links_in(body: str) -> tuple[LinkPlace, ...]:
    found: list[LinkPlace] = []
    for block in _MARKDOWN.parse(body):
        if block.type == "inline" and block.map:
            found += _links_of_block(block, body)
    return tuple(found)


def _links_of_block(block: Token, body: str) -> Iterator[LinkPlace]:
    line = block.map[0] if block.map else 0
    open_url: str | None = None
    opened_at, words = line, ""
    for token in block.children or []:
        match token.type:
            case "link_open":
                open_url, opened_at, words = str(token.attrs.get("href", "")), line, ""
            case "link_close" if open_url is not None:
                yield LinkPlace(None, "body", open_url, words, Form.MARKDOWN, lines_below(body, opened_at))
                open_url = None
            case "softbreak" | "hardbreak":
                line += 1
                words += " "
            case "text" if open_url is None:
                yield from _links_in_plain(token.content, lines_below(body, line))
            case _:
                words += token.content


def _links_in_plain(text: str, below: int) -> Iterator[LinkPlace]:
    for found in _UNMADE_LINK.finditer(text):
        if re.search(r"[:/@]|www\.", found[2]):
            yield LinkPlace(None, "body", found[2], found[1], Form.UNMADE, below)
    for found in _BARE_ADDRESS.finditer(_UNMADE_LINK.sub("", text)):
        url = found[0].rstrip(".,;:!?")
        yield LinkPlace(None, "body", url, url, Form.BARE, below)
