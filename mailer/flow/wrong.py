"""Which sendings of an issue were wrong, and who has something of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count

from mailer.config import Workspace
from mailer.errors import MailerError, UsageError
from mailer.flow.erratum import Told
from mailer.flow.people import People
from mailer.ledger import Ledger
from mailer.model.audience import Contact, Subscription
from mailer.model.deadline import FORGOTTEN
from mailer.model.dispatch import Delivery, Dispatch, DispatchState, State
from mailer.model.message import Verdict
from mailer.proof import load_proof

GOT = (State.ACCEPTED, State.UNKNOWN)
"""Ends at which the reader has it, or may have it."""
LEFT = (State.PLANNED, State.CLAIMED, State.DEFERRED, State.CANCELLED, State.EXPIRED)
"""Where the reader has nothing yet, and was to get it."""
STOPPABLE = (DispatchState.OPEN, DispatchState.PAUSED)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Sendings of one issue that were wrong: all of them real, or all of them rehearsals."""

    slug: str
    sendings: tuple[Dispatch, ...]
    """Oldest first."""
    own: tuple[Dispatch, ...]
    """Those of them that are no repeats."""
    has_rest: bool
    """Whether some of their readers have nothing yet."""

    @property
    def digests(self) -> tuple[str, ...]:
        """What was wrong."""
        return tuple(sorted({one.digest for one in self.sendings}))

    @property
    def is_rehearsal(self) -> bool:
        """Whether nobody has really got anything."""
        return self.sendings[0].is_rehearsal

    @property
    def segments(self) -> tuple[str, ...]:
        """The groups that it went to."""
        return tuple(dict.fromkeys(name for one in self.sendings for name in one.segments))

    def audience(self, workspace: Workspace) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        """Groups, further readers, and those left out, of all of them together. ProofError where a proof is gone."""
        proofs = [load_proof(one.digest, workspace.proofs) for one in self.own]
        return (
            tuple(dict.fromkeys(name for proof in proofs for name in proof.segments)),
            tuple(dict.fromkeys(name for proof in proofs for name in proof.also)),
            tuple(dict.fromkeys(name for proof in proofs for name in proof.except_)),
        )

    def got_it(self, ledger: Ledger) -> dict[str, Delivery]:
        """Address → the last mail that they got, or may have got."""
        rows: dict[str, Delivery] = {}
        for dispatch in self.sendings:
            for row in ledger.deliveries(dispatch.id):
                if row.state in GOT or _was_in_doubt(ledger, row):
                    rows[row.address] = row
        return rows

    def still_waiting(self, ledger: Ledger) -> set[str]:
        """Addresses for which nothing has gone, though the wrong sending still holds them."""
        return {
            row.address
            for dispatch in self.own
            if dispatch.state in STOPPABLE
            for row in ledger.deliveries(dispatch.id, (State.PLANNED, State.CLAIMED, State.DEFERRED))
            if not _was_in_doubt(ledger, row)
        }


def _was_in_doubt(ledger: Ledger, row: Delivery) -> bool:
    """Whether it may have got there before somebody decided that it goes again."""
    if row.state is State.UNKNOWN:
        return True
    return bool(row.attempts) and any(one.verdict is Verdict.UNKNOWN for one in ledger.attempts(row.id))


def sendings_of(ledger: Ledger, slug: str, named: tuple[str, ...] = ()) -> tuple[Dispatch, ...]:
    """Those named; else every real sending of the issue, else its last rehearsal. Oldest first.

    UsageError where one named is of another issue, or where a rehearsal is named beside a real one; MailerError
    where the issue was never sent.
    """
    if named:
        found = [ledger.find_dispatch(name) for name in named]
        for one in found:
            if one.slug != slug:
                raise UsageError(f"{one.id} is a sending of {one.slug}, not of {slug}.")
        if len({one.is_rehearsal for one in found}) > 1:
            raise UsageError("A rehearsal cannot be corrected together with a real sending.")
    else:
        every = [one for one in ledger.dispatches() if one.slug == slug]
        found = [one for one in every if not one.is_rehearsal] or every[:1]
    if not found:
        raise MailerError(f"{slug} was never sent: there is nothing to correct.", "See `mailer dispatches`.")
    return tuple(sorted(found, key=lambda one: (one.created_at, one.id)))


def wrong_among(ledger: Ledger, found: tuple[Dispatch, ...], slug: str, digests: set[str]) -> Wrong:
    """Those of the sendings that sent one of the digests. MailerError where there is none."""
    wrong = tuple(one for one in found if one.digest in digests)
    if not wrong:
        raise MailerError(
            f"No sending of {slug} sent what erratum.yaml calls wrong.",
            "Name the sending: --of ID. See `mailer dispatches`.",
        )
    own = tuple(one for one in wrong if "/" not in one.occasion)
    rest = any(ledger.progress(one.id).counts.get(state, 0) for one in own for state in LEFT)
    return Wrong(slug, wrong, own, rest)


def everybody_told(workspace: Workspace, ledger: Ledger, wrong: Wrong, people: People) -> Iterator[Told]:
    """Everybody who got one of the wrong mails or may have got it, with the address and the language of then.

    Those who were erased from the send record are known to nobody. Who is on file no more is written to by what
    the send record has of them.
    """
    newsletter, today = workspace.config.newsletter.list, datetime.now(UTC).date()
    on_file: dict[str, list[Contact]] = {}
    for contact in people.recipients.contacts:
        for address in contact.addresses:
            on_file.setdefault(address, []).append(contact)
    versions = {
        (digest, rendition.variant.key): rendition.variant
        for digest in wrong.digests
        for rendition in load_proof(digest, workspace.proofs).renditions
    }
    digest_of = {one.id: one.digest for one in wrong.sendings}
    for address, row in wrong.got_it(ledger).items():
        if address.startswith(FORGOTTEN):
            continue
        here = on_file.get(address, [])
        known = next((one for one in here if one.name == row.name), here[0] if here else None)
        doubt, had = row.state is not State.ACCEPTED, None
        if known is None:
            had = versions.get((digest_of[row.dispatch_id], row.variant))
            known = _from_record(row)
            subscribed = True
        else:
            subscribed = known.subscribes_to(newsletter, today)
        contact = replace(
            known,
            email=row.email,
            address=address,
            other_emails=tuple(other for other in known.addresses if other != address),
            language=row.language,
            subscriptions=(Subscription(list=newsletter),) if subscribed else (),
        )
        yield Told(contact, row.message_id, doubt, had)


def _from_record(row: Delivery) -> Contact:
    return Contact(email=row.email, address=row.address, given_name=row.name, country=row.country or None)


def free_name(ledger: Ledger, slug: str) -> str:
    """The first of erratum-1, erratum-2, … under which nothing of the issue was sent."""
    taken = {one.occasion.rpartition("/")[2] for one in ledger.dispatches() if one.slug == slug}
    return next(name for number in count(1) if (name := f"erratum-{number}") not in taken)
