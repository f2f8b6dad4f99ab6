"""Printing what the ledger says of a dispatch."""

from __future__ import annotations

from rich.markup import escape

from mailer.cli.output import cell, console, table
from mailer.dispatch.report import ON_SCREEN, counts_in_words
from mailer.flow import Sent
from mailer.model.dispatch import Dispatch, DispatchState, Report


def badge(dispatch: Dispatch) -> str:
    """Whether it counts, for a table."""
    return "rehearsal" if dispatch.is_rehearsal else "real"


def show_report(report: Report) -> None:
    """Print counts, doubts and refusals of one dispatch."""
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
    for title, deliveries in (("In doubt", report.doubts), ("Refused", report.refused)):
        if deliveries:
            console.print(f"[bold]{title}[/bold]")
        for delivery in deliveries:
            console.print(cell(f"  {delivery.email}  {delivery.reply or delivery.detail}"))
    if report.doubts:
        console.print(
            f"Decide each: [bold]mailer settle {dispatch.id} EMAIL --accepted[/bold] or [bold]--resend[/bold]"
        )
    if report.next_try_at:
        console.print(
            f"Next try at {report.next_try_at:%Y-%m-%d %H:%M} UTC: [bold]mailer resume {dispatch.id}[/bold]"
        )


def show_sent(sent: Sent) -> None:
    """Print how a sending ended and what is left to do."""
    show_report(sent.report)
    dispatch = sent.report.dispatch
    if sent.ended.stopped and not sent.report.is_finished:
        console.print(
            f"Stopped as asked; nothing is lost. Go on with [bold]mailer resume {dispatch.id}[/bold]"
        )
    elif dispatch.state is DispatchState.PAUSED:
        console.print(f"Paused. When it is mended: [bold]mailer resume {dispatch.id}[/bold]")


def report_json(report: Report) -> dict[str, object]:
    """A report with the keys that programs may rely on."""
    dispatch = report.dispatch
    return {
        "id": dispatch.id,
        "slug": dispatch.slug,
        "digest": dispatch.digest,
        "rehearsal": dispatch.is_rehearsal,
        "relay": dispatch.relay,
        "state": dispatch.state.value,
        "why": dispatch.why,
        "created_at": dispatch.created_at.isoformat(),
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
