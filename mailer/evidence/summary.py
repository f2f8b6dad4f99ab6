"""What a record of notice comes to, a line a country: those first where nobody was reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from mailer.evidence.record import FORM, Row

HEAD = ("Country", "Mails", "Taken over", "Bounced", "Answered", "Handed in", "Who, and when (UTC)")
NOWHERE = "No country"
MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Reached:
    """One country's mails, counted."""

    country: str
    mails: int
    taken_over: int
    bounced: int
    answered: int
    handed_in: int
    reached: int
    """Taken over, and not known to have bounced."""
    who: str
    """Who was reached and when; where nobody was, what became of each mail."""

    @property
    def cells(self) -> tuple[str, ...]:
        """As text, in the order of `HEAD`."""
        figures = (self.mails, self.taken_over, self.bounced, self.answered, self.handed_in)
        return (self.country, *map(str, figures), self.who)


def by_country(rows: Iterable[Row]) -> list[Reached]:
    """A line a country, those with nobody reached first, then by name."""
    inorder = sorted(rows, key=lambda row: row.country)
    made = [_reached(country or NOWHERE, list(some)) for country, some in groupby(inorder, _country)]
    return sorted(made, key=lambda one: (one.reached > 0, one.country == NOWHERE, one.country))


def summary_of(rows: Sequence[Row], notes: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """The lines of a workbook's first sheet."""
    lines = [HEAD, *(one.cells for one in by_country(rows))]
    lines += [(), (FORM,), *((note,) for note in notes)]
    return tuple(lines)


def _country(row: Row) -> str:
    return row.country


def _reached(country: str, rows: list[Row]) -> Reached:
    reached = [row for row in rows if row.was_reached]
    if reached:
        told = [f"{row.person or row.address} {row.when[:16]}" for row in reached]
    else:
        told = [f"nobody: {row.person or row.address} {_trouble(row)}" for row in rows]
    more = f"; and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
    return Reached(
        country,
        len(rows),
        sum(row.was_taken_over for row in rows),
        sum(bool(row.bounced) for row in rows),
        sum(bool(row.answered) for row in rows),
        sum(bool(row.handed_in) for row in rows),
        len(reached),
        "; ".join(told[:MOST_NAMED]) + more,
    )


def _trouble(row: Row) -> str:
    return f"bounced {row.bounced[:10]}" if row.bounced else row.later or row.became
