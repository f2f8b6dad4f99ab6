"""Groups: who belongs to each today, how many, and where they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from nicegui import run, ui

from mailer.audience import resolve
from mailer.errors import MailerError
from mailer.studio.context import Studio
from mailer.studio.desk import Desk, problems_in
from mailer.studio.kit import command_line, el, empty, heading
from mailer.studio.shell import page_frame
from mailer.studio.views_proofs import many

KINDS = frozenset({"people", "settings"})
MOST_COUNTRIES = 12


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group with its heads."""

    name: str
    title: str
    heads: int
    countries: tuple[str, ...]


def group_rows(desk: Desk) -> tuple[GroupRow, ...]:
    """Every group as it is today, the largest first. ProblemsError where the files cannot be used."""
    people = desk.people()
    scene = people.scene(datetime.now(UTC).date())
    names = people.registers.countries
    rows = []
    for name, segment in people.recipients.segments.items():
        contacts = resolve((name,), people.recipients, scene)
        codes = sorted({contact.country for contact in contacts if contact.country})
        countries = tuple(names[code].names.get("en", code) if code in names else code for code in codes)
        rows.append(GroupRow(name, segment.title or name, len(contacts), countries))
    return tuple(sorted(rows, key=lambda row: (-row.heads, row.title)))


def add_pages(studio: Studio) -> None:
    """Register the page."""

    @ui.page("/groups", response_timeout=60)
    async def groups_page() -> None:
        with page_frame(studio, "groups", "Groups", "narrow"):
            with el("header", "page-head"):
                heading(1, "Groups")
                el("p", "lead", "Who belongs to each today, as segments.yaml and contacts.csv say.")
            holder = el("div", "")

        async def show() -> None:
            found = await run.io_bound(_read, studio.desk)
            holder.clear()
            with holder:
                _list(found or ((), ()))

        await show()
        studio.on_change(KINDS, show)


def _read(desk: Desk) -> tuple[tuple[GroupRow, ...], tuple[str, ...]]:
    try:
        return group_rows(desk), ()
    except (MailerError, OSError) as error:
        return (), tuple(str(problem) for problem in problems_in(error))


def _list(found: tuple[tuple[GroupRow, ...], tuple[str, ...]]) -> None:
    rows, problems = found
    for problem in problems:
        el("p", "banner bad", problem, role="alert")
    if not rows and not problems:
        empty(
            "No groups yet",
            "A group is a named rule in recipients/segments.yaml.",
            "mailer audience",
            "groups",
        )
        return
    most = max((row.heads for row in rows), default=0) or 1
    with el("div", "groups"):
        for row in rows:
            with el("details", "group"):
                with el("summary", ""):
                    el("span", "group-title", row.title)
                    el("span", "head-count", many(row.heads, "contact"))
                    with el("span", "bar-track", aria_hidden="true"):
                        el("i", "").style(f"width: {100 * row.heads / most:.1f}%")
                countries = ", ".join(row.countries[:MOST_COUNTRIES])
                more = len(row.countries) - MOST_COUNTRIES
                el("p", "quiet", (countries or "Nobody yet") + (f" and {more} more" if more > 0 else ""))
                command_line(f"mailer audience {row.name}")
