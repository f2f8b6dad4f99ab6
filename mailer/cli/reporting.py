"""Printing what the ledger says of a dispatch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.markup import escape

from mailer.cli.output import cell, command, console, table
from mailer.cli.reasons_shown import show_because
from mailer.dispatch.account import grouped
from mailer.dispatch.report import ON_SCREEN, counts_in_words
from mailer.flow import Sent
from mailer.flow.homes import is_deadline
from mailer.flow.under_correction import is_paused_for_it
from mailer.model.dispatch import Dispatch, DispatchState, Report

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.ledger import Progress

MOST_DOUBTS = 20


def badge(dispatch: Dispatch) -> str:
    """Whether it counts, for a table."""
    return "rehearsal" if dispatch.is_rehearsal else "real"


def server_of(workspace: Workspace, relay: str) -> str:
    """The mail service's host and port; "" where mailer.toml no longer names it, or it is the practice tray."""
    from mailer.config import SmtpRelay

    settings = workspace.config.relays.get(relay)
    return f"{settings.host}:{settings.port}" if isinstance(settings, SmtpRelay) else ""


def show_report(report: Report, *, goes_on: bool = False) -> None:
    """Print counts, doubts and refusals of one dispatch; `goes_on`: somebody else says who sees to what is left."""
    dispatch = report.dispatch
    console.print(
        f"Sending [bold]{dispatch.id}[/bold] ({badge(dispatch)}) of {escape(dispatch.slug)}, "
        f"proof {dispatch.digest[:6]}, through {dispatch.relay}: [bold]{dispatch.state}[/bold]"
    )
    if dispatch.why:
        console.print(cell(f"because {dispatch.why}"))
    listing = table(">mails", "")
    for words, count in counts_in_words(report):
        listing.add_row(str(count), words)
    console.print(listing)
    show_because(grouped(report.refused), dispatch.id, everything=False)
    if report.doubts:
        console.print("\n[bold]In doubt[/bold]")
        for delivery in report.doubts[:MOST_DOUBTS]:
            console.print(cell(f"  {delivery.email}  {delivery.reply or delivery.detail}"))
        if len(report.doubts) > MOST_DOUBTS:
            console.print(f"  … and {len(report.doubts) - MOST_DOUBTS:,} more")
        console.print(f"See what is known, and decide: [bold]mailer settle {dispatch.id}[/bold]")
    if report.refused or report.doubts:
        console.print(f"\nAll of it: [bold]mailer report {dispatch.id}[/bold]")
    if report.next_try_at and not goes_on:
        console.print(f"Next try at {report.next_try_at:%Y-%m-%d %H:%M} UTC:")
        command(f"mailer resume {dispatch.id}")


def show_sent(sent: Sent, *, goes_on: bool = False) -> None:
    """Print how a sending ended and what is left to do; `goes_on`: a worker still sees to it."""
    dispatch = sent.report.dispatch
    stopped = sent.ended.stopped and not sent.report.is_finished
    paused = dispatch.state is DispatchState.PAUSED
    # What is said below names the command; once is enough.
    show_report(sent.report, goes_on=goes_on or stopped or paused)
    if paused:
        console.print("Paused.")
        for words, what in ways_on(dispatch):
            console.print(words)
            command(what)
    elif stopped:
        due = sent.report.next_try_at
        later = f" The next try is due at {due:%Y-%m-%d %H:%M} UTC." if due else ""
        console.print(f"Stopped as asked; nothing is lost.{later} Go on with")
        command(f"mailer resume {dispatch.id}")


def ways_on(dispatch: Dispatch) -> Iterator[tuple[str, str]]:
    """What can be done with a paused sending: in words, and the command."""
    correct = f"mailer correct {dispatch.slug}"
    if is_paused_for_it(dispatch):
        yield "The correction goes on with", correct
        return
    yield "Once what stopped it is put right, this sends the same proof on:", f"mailer resume {dispatch.id}"
    if not is_deadline(dispatch.slug):
        yield "Where the issue itself must be changed:", correct


def progress_json(progress: Progress) -> dict[str, object]:
    """How far a sending has come, with the keys that programs may rely on."""
    dispatch, at = progress.dispatch, progress.next_try_at
    return _head(dispatch) | {
        "not_before": dispatch.not_before.isoformat() if dispatch.not_before else None,
        "total": progress.total,
        "counts": {state.value: count for state, count in progress.counts.items() if count},
        "next_try_at": at.isoformat() if at else None,
        "words": {state.value: words for state, words in ON_SCREEN.items()},
    }


def report_json(report: Report) -> dict[str, object]:
    """A report with the keys that programs may rely on."""
    return _head(report.dispatch) | {
        "total": report.total,
        "counts": {state.value: count for state, count in report.counts.items() if count},
        "by_country": dict(report.by_country),
        "by_language": dict(report.by_language),
        "by_variant": dict(report.by_variant),
        "in_doubt": [delivery.email for delivery in report.doubts],
        "refused": [
            {"address": d.email, "answer": str(d.reply) if d.reply else d.detail} for d in report.refused
        ],
        "next_try_at": report.next_try_at.isoformat() if report.next_try_at else None,
        "words": {state.value: words for state, words in ON_SCREEN.items()},
    }


def _head(dispatch: Dispatch) -> dict[str, object]:
    return {
        "id": dispatch.id,
        "slug": dispatch.slug,
        "digest": dispatch.digest,
        "rehearsal": dispatch.is_rehearsal,
        "relay": dispatch.relay,
        "state": dispatch.state.value,
        "why": dispatch.why,
        "created_at": dispatch.created_at.isoformat(),
    }
