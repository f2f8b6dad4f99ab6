"""Every link of an issue, where it stands, and how it was written."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailer.check.reading import Place, declared, lines_below, once
from mailer.model.issue import Contact, Deadline, Issue, ItemBase, Person, Press, StaffChange

_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+", re.IGNORECASE)
_UNMADE_LINK = re.compile(r"\[([^\[\]]{0,200})\]\(([^()]{0,500})\)")
_LATELY_FOLLOWED: deque[tuple[Issue, tuple[LinkPlace, ...]]] = deque(maxlen=8)


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


def links(issue: Issue) -> tuple[LinkPlace, ...]:
    """Every address of the items: in the Markdown, under `links`, and of people and offices."""
    return once(issue, _links, _LATELY_FOLLOWED)


def _links(issue: Issue) -> Iterator[LinkPlace]:
    for item in issue.items:
        for field, words in _bodies(item):
            for found in links_in(words):
                yield LinkPlace(item.id, field, found.url, found.text, found.form, found.below)
        for index, link in enumerate(item.links):
            yield LinkPlace(item.id, f"links[{index}].url", link.url, link.text, Form.ENTRY)
        yield from _addresses_of(item)


def _bodies(item: ItemBase) -> Iterator[tuple[str, str]]:
    yield "body", item.body
    for index, wording in enumerate(item.wording):
        yield f"wording[{index}].body", wording.body or ""
    for name, words in declared(item, "markdown"):
        yield name, words or ""


def _addresses_of(item: ItemBase) -> Iterator[LinkPlace]:
    people: list[tuple[str, Person | None]] = list(declared(item, "person"))
    for name, link in declared(item, "link"):
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
def links_in(body: str) -> tuple[LinkPlace, ...]:
    """Every address of a Markdown text, as if it were an item's body."""
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
