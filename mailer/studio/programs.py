"""In which mail programs an issue works: one line, and the list on demand."""

from __future__ import annotations

from dataclasses import dataclass

from nicegui import run
from nicegui.events import GenericEventArguments

from mailer.check.compat import Compatibility, State, support_table
from mailer.config import Workspace
from mailer.flow import Composed
from mailer.flow.compat import compatibility_of, programs_working
from mailer.studio.kit import el, svg


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One program as it is listed."""

    title: str
    native: int
    """Percent of what the mail uses that the program has itself."""
    lost: tuple[str, ...]
    instead: tuple[str, ...]
    """What its readers see where it lacks something."""


def line_words(composed: Composed, workspace: Workspace) -> tuple[str, bool]:
    """Such as `Works in 41 of 41 mail programs`, and whether that is all of them."""
    working, wanted = programs_working(composed.renditions, workspace.config.clients)
    return f"Works in {working} of {wanted} mail programs", working == wanted


def program_rows(found: Compatibility) -> tuple[ProgramRow, ...]:
    """The programs: those that lose something first, then those that have least."""
    rows = [
        (
            verdict.state is not State.FAILS,
            ProgramRow(
                title=verdict.client.title,
                native=verdict.native,
                lost=tuple(
                    dict.fromkeys(f"{lack.title} {lack.use.trait}".strip() for lack in verdict.failing)
                ),
                instead=tuple(dict.fromkeys(row.instead for row in verdict.fallbacks)),
            ),
        )
        for verdict in found.verdicts
    ]
    return tuple(row for _, row in sorted(rows, key=lambda pair: (pair[0], pair[1].native)))


class Programs:
    """The line, and the list that is only made when somebody opens it; it stays open while the issue changes."""

    def __init__(self) -> None:
        self._is_open = False

    def show(self, composed: Composed, workspace: Workspace) -> None:
        """Put the line where we are."""
        words, is_all = line_words(composed, workspace)
        details = el("details", "programs", open=self._is_open)
        with details:
            with el("summary", "" if is_all else "behind"):
                svg("check" if is_all else "issues")
                el("span", "", words)
                el("span", "quiet", f"data of {support_table().date[:7]}")
            place = el("div", "program-list")

        async def fill() -> None:
            found = await run.io_bound(compatibility_of, composed.renditions, workspace.config.clients)
            if found is not None and not place.is_deleted:
                place.clear()
                with place:
                    for row in program_rows(found):
                        _row(row)

        async def toggled(event: GenericEventArguments) -> None:
            self._is_open = bool(event.args)
            if self._is_open:
                await fill()

        details.on("toggle", toggled, js_handler="(e) => emit(e.target.open)")


def _row(row: ProgramRow) -> None:
    with el("details", "program"):
        with el("summary", ""):
            el("span", "program-name", row.title)
            el("span", "quiet" if not row.lost else "lost", "fails" if row.lost else f"{row.native} %")
        with el("ul", ""):
            for words in row.lost:
                el("li", "lost", f"lost: {words}")
            for words in row.instead:
                el("li", "", words)
            if not row.lost and not row.instead:
                el("li", "", "has everything that this mail uses")
