"""Taking a person out of other people's rows and of texts that quote them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Text, and_, cast, or_, select, update

from mailer.ledger.headings import dump_heading, load_heading
from mailer.ledger.schema import attempts, deliveries, dispatches, events, lapsed, suppressions
from mailer.model.dispatch import Heading, Mailbox

TEXTS = (
    attempts.c.text,
    attempts.c.detail,
    deliveries.c.detail,
    dispatches.c.why,
    events.c.by,
    events.c.why,
    lapsed.c.why,
    suppressions.c.note,
)
"""Columns in which a server or a person may have written anything."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to be erased: the address, its hash, every way it was spelled, and what they were called."""

    address: str
    hash: str
    spellings: frozenset[str]
    names: frozenset[str]
    quoted: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "quoted", quoting(self.spellings))

    @property
    def in_json(self) -> str:
        """The address as it stands in a column of JSON."""
        return json.dumps(self.address)[1:-1]

    def out_of(self, text: str) -> str:
        """The text with the hash wherever it quotes the address."""
        return self.quoted.sub(self.hash, text)

    def is_at(self, mailbox: Mailbox) -> bool:
        """Whether it is the person's mailbox."""
        return self.quoted.fullmatch(mailbox.email.strip()) is not None


def quoting(spellings: Iterable[str]) -> re.Pattern[str]:
    """What finds an address in a text, however it is spelled."""
    # Not within a longer address: anna@example.org is not named by joanna@example.org.
    listed = "|".join(sorted(map(re.escape, spellings), key=len, reverse=True))
    edge = r"[\w.!#$%&'*+/=?^`{|}~-]"
    return re.compile(rf"(?<!{edge})(?:{listed})(?![\w-]|\.\w)", re.IGNORECASE)


def is_quoted(connection: Connection, spellings: frozenset[str]) -> bool:
    """Whether any text, head or personal field may quote the address."""
    person = Person("", "", spellings, frozenset())
    places: list[Select[Any]] = [select(column).where(_quotes(column, person)) for column in TEXTS]
    for column in (deliveries.c.heading, deliveries.c.slots):
        places.append(select(column).where(_quotes(cast(column, Text), person, as_json=True)))
    return any(_names(row[0], person) for place in places for row in connection.execute(place))


def erase_from_others(connection: Connection, person: Person) -> int:
    """Take the person out of the heads and personal fields of other people's messages; of how many."""
    kept = [cast(column, Text) for column in (deliveries.c.heading, deliveries.c.slots)]
    named = or_(*(_quotes(column, person, as_json=True) for column in kept))
    columns = select(deliveries.c.id, deliveries.c.heading, deliveries.c.slots).where(named)
    changed = 0
    for row in connection.execute(columns).all():
        heading = load_heading(row.heading)
        shown = [one for one in (*heading.to, *heading.cc) if person.is_at(one)]
        names = person.names | {one.name for one in shown if one.name}
        slots = {name: _without(value, person, names if shown else ()) for name, value in row.slots.items()}
        values: dict[str, Any] = {"slots": slots, "heading": dump_heading(_shown_without(heading, person))}
        if values != {"slots": row.slots, "heading": row.heading}:
            connection.execute(update(deliveries).where(deliveries.c.id == row.id).values(**values))
            changed += 1
    return changed


def erase_from_texts(connection: Connection, person: Person) -> int:
    """Put the hash where a text quotes the person's address; in how many texts."""
    changed = 0
    for column in TEXTS:
        keys = list(column.table.primary_key)
        found = select(*keys, column.label("quoting")).where(_quotes(column, person))
        for row in connection.execute(found).all():
            text = person.out_of(row.quoting)
            if text != row.quoting:
                this = and_(*(key == row._mapping[key.name] for key in keys))
                connection.execute(update(column.table).where(this).values({column.name: text}))
                changed += 1
    return changed


def _quotes(column: ColumnElement[str], person: Person, *, as_json: bool = False) -> ColumnElement[bool]:
    # A database may know capital letters in ASCII only, and JSON writes others as numbers: so what is in ASCII of a
    # spelling is looked for, and `quoted` decides.
    telling = {max(re.split(r"[^\x00-\x7f]+", one), key=len) for one in person.spellings}
    written = (json.dumps(one)[1:-1] if as_json else one for one in telling)
    return or_(*(column.icontains(one, autoescape=True) for one in written))


def _names(value: Any, person: Person) -> bool:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return person.quoted.search(text) is not None


def _without(value: str, person: Person, names: Iterable[str]) -> str:
    listed = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    text = person.out_of(value)
    return re.sub(rf"(?<!\w)(?:{listed})(?!\w)", "…", text) if listed else text


def _shown_without(heading: Heading, person: Person) -> Heading:
    to, cc = (tuple(one for one in some if not person.is_at(one)) for some in (heading.to, heading.cc))
    return replace(heading, to=to, cc=cc)
