"""What an import would do, as people and programs read it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from rich.padding import Padding
from rich.text import Text

from mailer.audience.contact_cells import contact_cells
from mailer.audience.exchange import Ending, Gone, Told
from mailer.cli.output import cell, console

if TYPE_CHECKING:
    from mailer.flow.contacts_exchange import Proposed
    from mailer.model.audience import Contact

FEW = 15
"""Rows of each kind that are shown; more with --all."""

Entry = TypeVar("Entry")


def show_proposal(file: str, proposed: Proposed, endings: Sequence[Ending], *, every: bool) -> None:
    """Print what was read and how, who is new, what changes, who is gone, and what is refused."""
    comparison, listing = proposed.comparison, proposed.listing
    sheet = f', sheet "{listing.sheet}"' if listing.sheet else ""
    console.print(cell(f"{file}: {listing.kind}{sheet}"))
    if listing.head is not None and not listing.whole:
        pairs = [f"{listing.head.headings[at]} → {name}" for at, name in listing.head.fields.items()]
        _line("columns", "; ".join(" ".join(pair.split()) for pair in pairs))
    if listing.head is not None and listing.head.ignored:
        _line("ignored", "; ".join(listing.head.ignored))
    _part("Not about anybody", comparison.remarks, str, "dim", every=every)
    _part("Not taken", comparison.left, str, "magenta", every=every)
    _part("To know", [told for told in comparison.told if not told.guess], str, "", every=every)
    _part(
        "Guessed: please look", [told for told in comparison.told if told.guess], str, "yellow", every=every
    )
    _part("Added", comparison.added, lambda a: f"{_rows(a.rows)}: {_person(a.contact)}", "green", every=every)
    if comparison.changed:
        _changed(proposed, every=every)
    _gone(comparison.gone, endings, proposed.group, every=every)
    _part("Refused", comparison.refused, str, "red", every=every)
    console.print()
    counts = {
        "added": comparison.added,
        "changed": comparison.changed,
        "unchanged": comparison.unchanged,
        "gone": comparison.gone,
        "refused": comparison.refused,
    }
    console.print(cell(", ".join(f"{len(entries)} {word}" for word, entries in counts.items())))


def _part(
    title: str, entries: Iterable[Entry], words: Callable[[Entry], str], colour: str, *, every: bool
) -> None:
    listed = list(entries)
    if not listed:
        return
    _title(title, colour)
    for entry in listed if every else listed[:FEW]:
        console.print(Padding(cell(words(entry)), (0, 0, 0, 2), expand=False))
    _more(len(listed), every=every)


def _title(title: str, colour: str) -> None:
    console.print(Text(f"\n{title}", f"bold {colour}".strip()))


def _more(count: int, *, every: bool) -> None:
    if count > FEW and not every:
        console.print(cell(f"  and {count - FEW} more: see --all"))


def _line(name: str, text: str) -> None:
    console.print(Padding(cell(f"{name}: {text}"), (0, 0, 0, 2), expand=False))


def _changed(proposed: Proposed, *, every: bool) -> None:
    changed = proposed.comparison.changed
    _title("Changed", "cyan")
    for entry in changed if every else changed[:FEW]:
        guess = f" – taken to be the same by {entry.guess}" if entry.guess else ""
        text = f"{_rows(entry.rows)}: {entry.old.name or entry.old.email} <{entry.old.email}>{guess}"
        console.print(Padding(cell(text), (0, 0, 0, 2), expand=False))
        for change in entry.changes:
            words = f"{change.field}: {change.old or '–'} → {change.new or '–'}"
            console.print(Padding(cell(words), (0, 0, 0, 6), expand=False))
    _more(len(changed), every=every)


def _gone(gone: Sequence[Gone], endings: Sequence[Ending], group: str, *, every: bool) -> None:
    if not gone:
        return
    ended = {id(ending.contact): ending for ending in endings}
    asks = sorted(
        (entry for entry in gone if entry.asks),
        key=lambda entry: not (entry.why or ended.get(id(entry.contact))),
    )

    def words(entry: Gone) -> str:
        why = f" ({entry.why})" if entry.why else ""
        if ending := ended.get(id(entry.contact)):
            stays = "stays" if ending.newsletter else "does not stay"
            letter = f", {ending.letter}" if ending.letter else ""
            why += f": ended on {ending.ended}{letter}; {stays} on the newsletter"
        return f"{entry.contact.name} <{entry.contact.email}>{why}"

    whom = f"of {group}" if group else "in contacts.csv"
    title = f"Gone: {whom}, not in the list. Nothing changes until you say so."
    _part(title, asks, words, "magenta", every=every)
    former = len(gone) - len(asks)
    if former:
        console.print(
            cell(f"  {former} more hold no role and get no newsletter any more: they stay on file.")
        )
    if len(asks) > FEW and not group:
        console.print(cell("  Is the list all of one group? Say which: --within SEGMENT."))


def _person(contact: Contact) -> str:
    cells = contact_cells(contact)
    parts = [
        f"{contact.name} <{contact.email}>".strip(),
        cells["country"],
        cells["roles"],
        cells["subscriptions"],
    ]
    return ", ".join(part for part in parts if part)


def _rows(rows: Sequence[int]) -> str:
    from mailer.audience.exchange.grid import rows_in_words

    return rows_in_words(rows)


def proposal_json(
    file: str, proposed: Proposed, endings: Sequence[Ending], written: int
) -> dict[str, object]:
    """The same with the keys that programs may rely on."""
    comparison, listing = proposed.comparison, proposed.listing
    head = listing.head
    return {
        "file": file,
        "kind": listing.kind,
        "sheet": listing.sheet,
        "columns": {head.headings[at]: name for at, name in head.fields.items()} if head else {},
        "ignored": list(head.ignored) if head else [],
        "added": [{"rows": a.rows, **contact_cells(a.contact)} for a in comparison.added],
        "changed": [
            {
                "rows": entry.rows,
                "email": entry.old.email,
                "guess": entry.guess,
                "changes": [{"field": c.field, "old": c.old, "new": c.new} for c in entry.changes],
            }
            for entry in comparison.changed
        ],
        "unchanged": len(comparison.unchanged),
        "gone": [
            {"email": entry.contact.email, "name": entry.contact.name, "why": entry.why, "asks": entry.asks}
            for entry in comparison.gone
        ],
        "ended": [
            {
                "email": ending.contact.email,
                "ended": ending.ended,
                "letter": ending.letter,
                "newsletter": ending.newsletter,
            }
            for ending in endings
        ],
        "left": [
            {"row": one.row, "how": one.how, "words": one.words, "emails": one.emails}
            for one in comparison.left
        ],
        "refused": [
            {"rows": r.rows, "sheet": r.sheet, "field": r.field, "reason": r.reason, "hint": r.hint}
            for r in comparison.refused
        ],
        "told": [_told(told) for told in comparison.told],
        "remarks": [_told(told) for told in comparison.remarks],
        "written": written,
    }


def _told(told: Told) -> dict[str, object]:
    return {"row": told.row, "sheet": told.sheet, "text": told.text, "guess": told.guess}
