"""What is due on a day, for whom and in which words: planned, and nothing sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from mailer.audience import DeadlineFile
from mailer.config import Workspace
from mailer.content import read_receipts
from mailer.errors import MailerError, UsageError
from mailer.flow.deadlines import deadline_file, read_deadline_files
from mailer.flow.dispatches import dispatch_of
from mailer.flow.homes import records_folder
from mailer.flow.ladder_proof import Ladder, draft_ladder, require_ladder_approved, version_of
from mailer.flow.ladders import day_plan
from mailer.flow.letter_slots import slots_for
from mailer.flow.messages import compile_proof
from mailer.flow.people import People, read_people
from mailer.flow.records import require_record
from mailer.flow.relays import is_practice
from mailer.flow.signing import signer_of
from mailer.flow.still_true import utc_now
from mailer.ledger import Ledger
from mailer.message import Recipient
from mailer.model.audience import Contact
from mailer.model.deadline import parts_of
from mailer.model.dispatch import REAL, Dispatch, Heading, Mailbox, Plan, PlannedDelivery
from mailer.model.reminder import DayPlan, Reminder
from mailer.remind.ladder import today_in

Clock = Callable[[], datetime]
Threads = Mapping[str, Mapping[date, str]]


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
    """What is due today, or `on` a day, for those deadlines, or for all; and who would get it. Writes nothing.

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
    if not (due.reminders or due.lapsed):
        return found
    ladder = draft_ladder(workspace, people, file)
    if not due.reminders:
        if is_practice(workspace, relay) or _not_approved(workspace, ladder, day) is None:
            return found
        # What nobody has approved was never going to be sent, so it does not lapse either.
        return replace(found, due=replace(due, lapsed=()))
    dispatch = _dispatch(workspace, ladder, day, relay, now)
    threads = _threads(ledger, file, due)
    secret = ledger.secret("answers")
    deliveries = tuple(
        _delivery(workspace, people, ladder, reminder, day=day, secret=secret, threads=threads)
        for reminder in due.reminders
    )
    plan = Plan(dispatch, deliveries)
    _try_out(ladder, plan, now)
    trouble = _trouble(workspace, ledger, ladder, dispatch, day)
    return replace(found, ladder=ladder, plan=plan, trouble=trouble)


def _dispatch(workspace: Workspace, ladder: Ladder, day: date, relay: str, now: datetime) -> Dispatch:
    proof, occasion = ladder.proof, f"{ladder.proof.issue_id}/{day}"
    dispatch = dispatch_of(workspace, proof, relay, occasion=occasion, segments=proof.segments, now=now)
    # A ladder's proof is of the due date; its mails are of the day on which they are due.
    return replace(dispatch, day=day)


def _trouble(
    workspace: Workspace, ledger: Ledger, ladder: Ladder, dispatch: Dispatch, day: date
) -> MailerError | None:
    if dispatch.is_rehearsal:
        return None
    try:
        require_record(workspace, ledger, read_receipts(records_folder(workspace, dispatch.slug)))
        # A key that cannot be used is found here, and not first by whoever sends.
        signer_of(workspace, dispatch.relay, dispatch.sender)
    except MailerError as error:
        return error
    return _not_approved(workspace, ladder, day)


def _not_approved(workspace: Workspace, ladder: Ladder, day: date) -> MailerError | None:
    try:
        require_ladder_approved(workspace, ladder, day)
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
    threads: Threads,
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


def _threads(ledger: Ledger, file: DeadlineFile, due: DayPlan) -> Threads:
    """Address → due date → the first reminder of it that they had."""
    found: dict[str, dict[date, str]] = defaultdict(dict)
    among = [one.address for one in due.reminders]
    for (address, day), message_id in ledger.first_message_ids(REAL, file.deadline.id, among).items():
        found[address][day] = message_id
    return found


def _thread(reminder: Reminder, threads: Threads) -> tuple[str, ...]:
    """The first reminder that the address had of this due date, after those of former ones."""
    mine, known = reminder.obligations[0].due, threads.get(reminder.address, {})
    return tuple(known[due] for due in sorted(known, key=lambda due: (due == mine, due)))


def _try_out(ladder: Ladder, plan: Plan, now: datetime) -> None:
    """HeaderError where a message cannot be written, before anybody is written to."""
    tried = {each.variant: each for each in plan.deliveries}
    templates = compile_proof(ladder.proof, only=tried)
    for planned in tried.values():
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
