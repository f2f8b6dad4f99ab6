"""Showing who is about to get what, before anybody is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from rich.markup import escape

from mailer.cli.output import cell, console, table
from mailer.config import Workspace
from mailer.dispatch.timing import DAY, HOUR, Gone, gone_within, time_needed
from mailer.flow.outlook import limits_in_words, span_in_words
from mailer.flow.ready import place_of
from mailer.flow.relays import pace_of
from mailer.flow.when import Schedule, in_words
from mailer.ledger import Ledger, utc_now
from mailer.model.dispatch import Plan
from mailer.model.pace import Limits
from mailer.model.proof import Proof

FEW = 5
"""So many people are named; of more, only the number is shown."""


def show_plan(
    workspace: Workspace, ledger: Ledger, plan: Plan, proof: Proof, schedule: Schedule | None = None
) -> None:
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
    for line in [*_when(schedule), *_how_fast(workspace, ledger, plan, schedule)]:
        console.print(cell(line))


def _when(schedule: Schedule | None) -> Iterator[str]:
    if schedule:
        yield f"begins {in_words(schedule.begin)}"
        yield f"where it has not begun by {in_words(schedule.begin_by)}, it asks first"


def _how_fast(workspace: Workspace, ledger: Ledger, plan: Plan, schedule: Schedule | None) -> Iterator[str]:
    """The pace that mailer.toml sets, and how long it makes this sending, after what has gone today."""
    pace, mails = pace_of(workspace, plan.dispatch.relay), len(plan.deliveries)
    if pace is None or not mails:
        return
    if not (words := limits_in_words(pace.limits)):
        yield "as fast as the mail service takes them: mailer.toml sets no pace"
    else:
        begin = schedule.begin if schedule else utc_now().astimezone()
        gone = ledger.gone_through(pace.key)
        needed = time_needed(mails, pace.limits, gone, begin)
        yield f"at most {words}: about {span_in_words(needed)}, until {in_words(begin + needed)} at the soonest"
        yield from _quotas(mails, pace.limits, gone, begin)
    if pace.domains:
        yield "some recipient domains have a slower pace of their own: mails to them may take longer"


def _quotas(mails: int, limits: Limits, gone: Gone, begin: datetime) -> Iterator[str]:
    """What an hour's and a day's quota does to so many mails."""
    quotas = ((limits.per_hour, HOUR, "60 minutes"), (limits.per_day, DAY, "24 hours"))
    smallest = min((quota for quota, _, _ in quotas if quota and mails > quota), default=None)
    if smallest is not None:
        yield f"only {smallest:,} may go at a time: the rest waits, and goes by itself"
    for quota, span, words in quotas:
        used = gone_within(span, gone, begin)
        if quota and used and mails > quota - used:
            many = f"{used:,} of the {quota:,} in {words} {'has' if used == 1 else 'have'} gone already"
            room = max(0, quota - used)
            yield f"{many}: {f'{room:,} may go at first' if room else 'there is no room yet'}"
    wait = time_needed(1, limits, gone, begin)
    if wait:
        yield f"the first may go from {in_words(begin + wait)} on"


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
