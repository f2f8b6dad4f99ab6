"""A person who stands in a list more than once: joined where the rows agree, refused with every row where not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from itertools import groupby

from mailer.audience.exchange.found import Incoming, People, Refused
from mailer.audience.exchange.grid import Told, rows_in_words

_SEVERAL = ("roles", "subscriptions", "other_emails")
"""Fields of which rows may each say a part."""


def join_doubles(people: People, *, ours: bool = False) -> People:
    """The same people, each once. In a file that is `ours`, shared mailboxes and namesakes are nothing new."""
    found: list[Incoming] = []
    told, refused = list(people.told), list(people.refused)
    in_order = sorted(people.found, key=_email)
    for _, group in groupby(in_order, key=_email):
        rows = list(group)
        parts = _persons(rows)
        if len(parts) > 1 and not ours:
            where = rows_in_words(sorted(row for person in rows for row in person.rows))
            text = (
                f"{rows[0].cells['email']} is in {where} under different names: taken for a shared mailbox."
            )
            told.append(Told(text, guess=True))
        for same in parts:
            one = _joined(same)
            if isinstance(one, Refused):
                refused.append(one)
                continue
            if len(same) > 1:
                text = f"{one.cells['email']} is in {rows_in_words(one.rows)}, which agree: joined."
                told.append(Told(text))
            found.append(one)
    found.sort(key=lambda person: person.rows)
    if not ours:
        told += _namesakes(found)
    return People(found, refused, people.left, told, people.remarks)


def _email(person: Incoming) -> str:
    return person.cells["email"].casefold()


def name_key(cells: dict[str, str]) -> tuple[str, ...]:
    """The words of a name, whatever their order and capitals."""
    name = f"{cells.get('given_name', '')} {cells.get('family_name', '')}"
    return tuple(sorted(unicodedata.normalize("NFKC", name).casefold().split()))


def _persons(rows: Sequence[Incoming]) -> list[list[Incoming]]:
    """Rows of one address, divided by name; a row without a name goes with the one name that there is."""
    named: dict[tuple[str, ...], list[Incoming]] = {}
    for person in rows:
        named.setdefault(name_key(person.cells), []).append(person)
    nameless = named.pop((), [])
    if not named:
        return [nameless]
    parts = list(named.values())
    if nameless and len(parts) == 1:
        return [sorted([*parts[0], *nameless], key=lambda person: person.rows)]
    # Beside several names, who has none cannot be told apart: the comparison refuses such a row.
    return [*parts, nameless] if nameless else parts


def _joined(same: Sequence[Incoming]) -> Incoming | Refused:
    cells = dict(same[0].cells)
    rows = tuple(sorted(row for person in same for row in person.rows))
    for person in same[1:]:
        for name, text in person.cells.items():
            before = cells.get(name, "")
            if name in _SEVERAL and before and text:
                parts = (
                    [part.strip() for part in f"{before};{text}".split(";")]
                    if name == "other_emails"
                    else [before, text]
                )
                cells[name] = "; ".join(dict.fromkeys(part for part in parts if part))
            elif before and text and before.casefold() != text.casefold():
                reason = f'{cells["email"]} stands in {rows_in_words(rows)}, with "{before}" and "{text}"'
                return Refused(
                    rows, name, reason, "Keep one row, or let both say the same.", email=cells["email"]
                )
            elif text:
                cells[name] = before or text
    return Incoming(rows, cells)


def _namesakes(people: Iterable[Incoming]) -> list[Told]:
    seen: dict[tuple[object, ...], Incoming] = {}
    told = []
    for person in people:
        name, country = name_key(person.cells), person.cells.get("country", "")
        if len(name) < 2 or not country:  # noqa: PLR2004
            continue
        first = seen.setdefault((name, country), person)
        if first is not person:
            where = rows_in_words((*first.rows, *person.rows))
            text = f"{where} have one name and country, and two addresses: taken as two people."
            told.append(Told(text, guess=True))
    return told
