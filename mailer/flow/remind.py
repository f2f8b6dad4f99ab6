"""A day's reminders: what is due, proved and approved, planned, sent; and what has lapsed, written down."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.content import read_receipts
from mailer.dispatch.deliver import UNREACHED
from mailer.errors import MailerError, UsageError
from mailer.flow.deadlines import deadline_file, read_deadline_files
from mailer.flow.homes import is_deadline, records_folder
from mailer.flow.ladder_proof import Ladder, prove_ladder, require_ladder_approved, version_of
from mailer.flow.ladders import day_plan
from mailer.flow.letter_slots import slots_for
from mailer.flow.messages import compile_proof
from mailer.flow.people import People, read_people
from mailer.flow.records import require_record
from mailer.flow.relays import is_practice
from mailer.flow.send import Progress, Sent, send_plan
from mailer.flow.still_true import still_true_for, utc_now
from mailer.ledger import Ledger
from mailer.message import Recipient
from mailer.model.audience import Contact
from mailer.model.deadline import parts_of
from mailer.model.dispatch import (
    REAL,
    Dispatch,
    DispatchState,
    Heading,
    Mailbox,
    Plan,
    PlannedDelivery,
    State,
    rehearsal_realm,
)
from mailer.model.reminder import DayPlan, Reminder
from mailer.remind.ladder import today_in

MOST_ROUNDS = 3
"""How often a ladder is planned within a run: what came in meanwhile may have freed part of a message."""

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class DueLadder:
    """What is due for one deadline on a day, and the plan to send it."""

    file: DeadlineFile
    due: DayPlan
    ladder: Ladder | None = None
    """None where nobody is to be reminded."""
    plan: Plan | None = None
    trouble: MailerError | None = None
    """Why it must not go for real."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Who owes → what to call them: the country's name, or the person's."""


def plan_reminders(
    workspace: Workspace,
    ledger: Ledger,
    slugs: Iterable[str] = (),
    *,
    relay: str,
    on: date | None = None,
    clock: Clock = utc_now,
) -> tuple[DueLadder, ...]:
    """What is due today, or `on` a day, for those deadlines, or for all; and who would get it. Writes nothing but
    the frozen proofs.

    UsageError for another day through a real mail service; ProblemsError with the problems of every file.
    """
    if on is not None and not is_practice(workspace, relay):
        raise UsageError(
            "Another day than today can only be rehearsed.", "Use --relay outbox, or leave --on out."
        )
    people = read_people(workspace)
    named = [deadline_file(workspace, people, slug) for slug in slugs]
    files = named or list(read_deadline_files(workspace, people).values())
    return tuple(
        plan_ladder(workspace, ledger, people, file, relay=relay, on=on, clock=clock) for file in files
    )


def plan_ladder(
    workspace: Workspace,
    ledger: Ledger,
    people: People,
    file: DeadlineFile,
    *,
    relay: str,
    on: date | None,
    clock: Clock,
) -> DueLadder:
    """The same for one deadline; what keeps it from going for real stands in `trouble`."""
    now = clock()
    day = on or today_in(file.deadline, now)
    due = day_plan(workspace, ledger, people, file, day)
    found = DueLadder(file, due, names=_names(people, due))
    if not due.reminders:
        return found
    ladder = prove_ladder(workspace, people, file)
    dispatch = _dispatch(workspace, ladder, day, relay, now)
    threads = ledger.first_message_ids(REAL, file.deadline.id, (one.address for one in due.reminders))
    secret = ledger.secret("answers")
    deliveries = tuple(
        _delivery(workspace, people, ladder, reminder, day=day, secret=secret, threads=threads)
        for reminder in due.reminders
    )
    plan = Plan(dispatch, deliveries)
    _try_out(ladder, plan, now)
    trouble = _trouble(workspace, ledger, ladder, dispatch, day)
    return replace(found, ladder=ladder, plan=plan, trouble=trouble)


def unfinished_reminders(ledger: Ledger) -> tuple[Dispatch, ...]:
    """Real sendings of reminders that have not ended: cut off, waiting for a next try, or paused."""
    return tuple(
        dispatch
        for dispatch in ledger.dispatches(include_rehearsals=False)
        if is_deadline(dispatch.slug) and dispatch.state in (DispatchState.OPEN, DispatchState.PAUSED)
    )


def may_go_on(dispatch: Dispatch) -> bool:
    """Whether it goes on by itself: it was cut off, or paused because the mail service could not be reached."""
    return dispatch.state is DispatchState.OPEN or dispatch.why.startswith(UNREACHED)


def record_lapsed(ledger: Ledger, due: Iterable[DueLadder]) -> None:
    """Write down the steps that will never go, once each; not of a ladder that waits for its approval."""
    for one in due:
        for lapsed in one.due.lapsed if one.trouble is None else ():
            ledger.lapse(REAL, lapsed.occasion, lapsed.why)


async def send_reminders(
    workspace: Workspace,
    ledger: Ledger,
    due: DueLadder,
    *,
    stop: asyncio.Event,
    progress: Progress = lambda _state: None,
    wait: bool = False,
    clock: Clock = utc_now,
) -> tuple[Sent, ...]:
    """Write down what has lapsed, and send what is due; nothing of it twice, however often this runs.

    Where something came in between plan and hand-over, its mails are skipped; what else they were about is planned
    again and sent. MailerError where it must not go for real: then nothing has happened.
    """
    sendings: list[Sent] = []
    for _ in range(MOST_ROUNDS):
        if due.trouble:
            raise due.trouble
        rehearsal = due.plan is not None and due.plan.dispatch.is_rehearsal
        if not rehearsal:
            record_lapsed(ledger, [due])
        if due.plan is None:
            break
        dispatch = due.plan.dispatch
        check = still_true_for(workspace, dispatch, clock)
        sent = await send_plan(
            workspace, ledger, due.plan, stop=stop, progress=progress, wait=wait, still_true=check
        )
        sendings.append(sent)
        if rehearsal or stop.is_set() or sent.ended.why or not sent.report.counts.get(State.SKIPPED):
            break
        people = read_people(workspace)
        file = deadline_file(workspace, people, due.file.slug)
        due = plan_ladder(workspace, ledger, people, file, relay=dispatch.relay, on=None, clock=clock)
    return tuple(sendings)


def _dispatch(workspace: Workspace, ladder: Ladder, day: date, relay: str, now: datetime) -> Dispatch:
    dispatch_id = secrets.token_hex(4)
    proof = ladder.proof
    return Dispatch(
        id=dispatch_id,
        realm=rehearsal_realm(dispatch_id) if is_practice(workspace, relay) else REAL,
        occasion=f"{proof.issue_id}/{day}",
        slug=proof.slug,
        digest=proof.digest,
        message_class=proof.message_class,
        relay=relay,
        segments=proof.segments,
        sender=proof.sender,
        day=day,
        created_at=now,
        expires_at=now + timedelta(hours=workspace.config.lifetime_hours),
    )


def _trouble(
    workspace: Workspace, ledger: Ledger, ladder: Ladder, dispatch: Dispatch, day: date
) -> MailerError | None:
    if dispatch.is_rehearsal:
        return None
    try:
        require_ladder_approved(workspace, ladder, day)
        require_record(workspace, ledger, read_receipts(records_folder(workspace, dispatch.slug)))
    except MailerError as error:
        return error
    return None


def _delivery(
    workspace: Workspace,
    people: People,
    ladder: Ladder,
    reminder: Reminder,
    *,
    day: date,
    secret: bytes,
    threads: Mapping[tuple[str, date], str],
) -> PlannedDelivery:
    contact, letters = reminder.contact, ladder.letters
    language, key = version_of(workspace, people, letters, reminder, day)
    slots = slots_for(letters, reminder, language=language, day=day, people=people, secret=secret)
    return PlannedDelivery(
        address=reminder.address,
        email=contact.email if reminder.address == contact.address else reminder.address,
        name=contact.name,
        language=language,
        country=contact.country or "",
        variant=key,
        slots=slots,
        occasions=reminder.occasions,
        heading=Heading(
            to=tuple(_mailbox(other) for other in reminder.to),
            cc=tuple(_mailbox(other) for other in reminder.cc),
            references=_thread(reminder, threads),
        ),
        code=slots["code"],
    )


def _names(people: People, due: DayPlan) -> dict[str, str]:
    owing = {one.who for reminder in due.reminders for one in reminder.obligations}
    owing |= {one.obligation.who for one in due.unreached}
    owing |= {parts[3] for one in due.lapsed if (parts := parts_of(one.occasion))}
    states = people.registers.countries
    persons = {contact.address: contact.name for contact in people.recipients.contacts}
    return {who: states[who].name("en") if who in states else persons.get(who) or who for who in owing}


def _mailbox(contact: Contact) -> Mailbox:
    return Mailbox(contact.name, contact.email)


def _thread(reminder: Reminder, threads: Mapping[tuple[str, date], str]) -> tuple[str, ...]:
    """The first reminder that the address had of this due date, after those of former ones."""
    mine = reminder.obligations[0].due
    dues = (due for address, due in threads if address == reminder.address)
    in_order = sorted(dues, key=lambda due: (due == mine, due))
    return tuple(threads[reminder.address, due] for due in in_order)


def _try_out(ladder: Ladder, plan: Plan, now: datetime) -> None:
    """HeaderError where a message cannot be written, before anybody is written to."""
    templates = compile_proof(ladder.proof)
    for planned in {each.variant: each for each in plan.deliveries}.values():
        templates[planned.variant].message_for(
            Recipient(
                email=planned.email,
                name=planned.name,
                message_id="<preview@invalid>",
                dated_at=now,
                slots=planned.slots,
                heading=planned.heading,
            )
        )
