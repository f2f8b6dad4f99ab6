"""Showing who is about to get what, before anybody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.markup import escape

from mailer.cli.output import cell, console, table
from mailer.config import Workspace
from mailer.flow.outlook import limits_in_words, span_in_words, time_needed
from mailer.flow.ready import place_of
from mailer.flow.relays import pace_of
from mailer.flow.when import Schedule, in_words
from mailer.ledger import utc_now
from mailer.model.dispatch import Plan
from mailer.model.proof import Proof

FEW = 5
"""So many people are named; of more, only the number is shown."""


def show_plan(workspace: Workspace, plan: Plan, proof: Proof, schedule: Schedule | None = None) -> None:
    """Print who gets what, through what, how fast, and who is left out."""
    dispatch = plan.dispatch
    realm = "[cyan]rehearsal[/cyan]" if dispatch.is_rehearsal else "[bold red]FOR REAL[/bold red]"
    place = place_of(workspace, dispatch.relay)
    console.print(
        f"{realm}: {escape(dispatch.slug)}, proof [bold]{proof.seal}[/bold], through {dispatch.relay} ({place})"
    )
    console.print(cell(f"from {dispatch.sender.name} <{dispatch.sender.email}>, planned for {dispatch.day}"))
    listing = table(">readers", "version")
    for key, count in Counter(d.variant for d in plan.deliveries).most_common():
        listing.add_row(str(count), cell(proof.words.get(key, key)))
    console.print(listing)
    for why, count in Counter(left.why for left in plan.left_out).most_common():
        names = [left.address for left in plan.left_out if left.why == why]
        shown = f": {', '.join(names)}" if count <= FEW else ""
        console.print(cell(f"left out: {count} ({why}){shown}"))
    console.print(f"[bold]{len(plan.deliveries)}[/bold] to send, {len(plan.left_out)} left out")
    for line in [*_when(schedule), *_how_fast(workspace, plan, schedule)]:
        console.print(cell(line))


def _when(schedule: Schedule | None) -> Iterator[str]:
    if schedule:
        yield f"begins {in_words(schedule.begin)}"
        yield f"where it has not begun by {in_words(schedule.begin_by)}, it asks first"


def _how_fast(workspace: Workspace, plan: Plan, schedule: Schedule | None) -> Iterator[str]:
    """The pace that mailer.toml sets, and how long it makes this sending."""
    pace, mails = pace_of(workspace, plan.dispatch.relay), len(plan.deliveries)
    if pace is None or not mails:
        return
    if not (words := limits_in_words(pace.limits)):
        yield "as fast as the mail service takes them: mailer.toml sets no pace"
    else:
        needed = time_needed(mails, pace.limits)
        begin = schedule.begin if schedule else utc_now().astimezone()
        yield f"at most {words}: about {span_in_words(needed)}, until {in_words(begin + needed)} at the soonest"
        quotas = [quota for quota in (pace.limits.per_hour, pace.limits.per_day) if quota and mails > quota]
        if quotas:
            yield f"only {min(quotas):,} may go at a time: the rest waits, and goes by itself"
    if pace.domains:
        yield "some recipient domains have a slower pace of their own: mails to them may take longer"


def plan_json(plan: Plan) -> dict[str, object]:
    """A plan with the keys that programs may rely on."""
    return {
        "rehearsal": plan.dispatch.is_rehearsal,
        "digest": plan.dispatch.digest,
        "relay": plan.dispatch.relay,
        "deliveries": [
            {"address": d.email, "language": d.language, "country": d.country, "variant": d.variant}
            for d in plan.deliveries
        ],
        "left_out": [{"address": left.address, "why": left.why} for left in plan.left_out],
    }
