"""Sending somebody the same issue once more: the very proof that they were planned from, under a name of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from mailer.audience import AddressError, normalise
from mailer.config import Workspace
from mailer.content import read_receipts
from mailer.dispatch import plan_dispatch
from mailer.errors import UsageError, nearest
from mailer.flow.approving import approvals_of
from mailer.flow.dispatches import dispatch_of
from mailer.flow.homes import DEADLINES, is_deadline, records_folder
from mailer.flow.messages import compile_proof, recipient_of
from mailer.flow.people import read_people
from mailer.flow.person import History, Mail
from mailer.flow.records import require_record, unsubscribe_secret
from mailer.flow.relays import is_practice
from mailer.flow.signing import signer_of
from mailer.flow.under_correction import require_not_wrong
from mailer.ledger import Ledger
from mailer.message import unsubscribe_token, unsubscribe_urls
from mailer.model.audience import Contact, Reader
from mailer.model.dispatch import REAL, Plan, State
from mailer.model.proof import Proof
from mailer.proof import load_proof, require_approved

REPEAT = "again"
NOT_YET = (State.PLANNED, State.CLAIMED, State.HANDED, State.DEFERRED)


def plan_again(
    workspace: Workspace, ledger: Ledger, found: History, mail: Mail | None, to: str = ""
) -> tuple[Plan, Proof]:
    """The same issue to the same person, or to another address that is on file, as a named repeat; and its proof.

    What holds for a real sending holds here: an approved proof that is not noted as wrong, the ledger of record,
    the do-not-mail list, a key that signs. MailerError, in words, where it must not go; then nothing has been
    written.
    """
    mail = _require_repeatable(workspace, found, mail)
    contact, address = _addressee(workspace, mail, to)
    require_not_wrong(workspace, mail.dispatch.slug, mail.dispatch.digest)
    proof = load_proof(mail.dispatch.digest, workspace.proofs)
    now = datetime.now(UTC)
    office, rules = workspace.config.office, workspace.config.approval_rules
    require_approved(proof, approvals_of(workspace, proof), rules, office.day_of(now), office.timezone)
    require_record(workspace, ledger, read_receipts(records_folder(workspace, proof.slug)))
    dispatch = dispatch_of(
        workspace,
        proof,
        mail.dispatch.relay,
        occasion=f"{proof.issue_id}/{_name(ledger, proof.issue_id, (address, mail.address))}",
        segments=mail.dispatch.segments,
        now=now,
    )
    reader = Reader(contact, mail.language, mail.variant, _slots(workspace, ledger, mail, address))
    plan = plan_dispatch(
        proof,
        [reader],
        dispatch,
        newsletter=workspace.config.newsletter.list,
        suppressed=ledger.suppressed(contact.addresses, dispatch.message_class),
    )
    went = plan.deliveries[0].address if plan.deliveries else ""
    if went != address:
        why = plan.left_out[0].why if plan.left_out else f"{address} is on the do-not-mail list"
        raise UsageError(
            f"It must not go to {address}: {why}.",
            "See `mailer suppressions`; or give another address on file with --to.",
        )
    signer = signer_of(workspace, dispatch.relay, proof.sender)
    compile_proof(proof, signer, only={reader.variant})[reader.variant].message_for(recipient_of(reader))
    return plan, proof


def _require_repeatable(workspace: Workspace, found: History, mail: Mail | None) -> Mail:
    who = found.address or found.title
    if mail is None:
        raise UsageError(
            f"Nothing was really sent to {who}, so nothing can go again.",
            "Send them an issue with `mailer send SLUG --also EMAIL`.",
        )
    one = mail.dispatch
    if is_deadline(one.slug):
        name = one.slug.removeprefix(f"{DEADLINES}/")
        raise UsageError(
            f"{one.id} was a reminder: what it says may no longer be true, so it does not go again.",
            f"`mailer remind {name}` sends what is due now; `--of ID` names another sending.",
        )
    if mail.state in NOT_YET:
        raise UsageError(f"The mail of {one.id} has not gone yet.", f"Go on with `mailer resume {one.id}`.")
    if mail.state is State.UNKNOWN:
        raise UsageError(
            f"The mail of {one.id} is in doubt: they may have it.",
            f"Decide it first: `mailer settle {one.id} {mail.email} --accepted`, or --resend.",
        )
    if is_practice(workspace, one.relay):
        raise UsageError(
            f'"{one.relay}" in mailer.toml is a practice tray now.', "Give it its settings back."
        )
    return mail


def _addressee(workspace: Workspace, mail: Mail, to: str) -> tuple[Contact, str]:
    """Whom it goes to, with the address that is meant first; and that address."""
    contacts = read_people(workspace).recipients.contacts
    try:
        address = normalise(to.strip()) if to else mail.address
    except AddressError as error:
        raise UsageError(f'"{to[:80]}" is not an address: {error}.') from error
    on_file = [one for one in contacts if address in one.addresses]
    if not on_file:
        known = [each for one in contacts for each in one.addresses]
        close = nearest(address, known)
        raise UsageError(
            f"{address} is not on file.",
            close
            if close.startswith("Did")
            else "Put it into contacts.csv first (`other_emails` of the person).",
        )
    theirs = [one for one in contacts if mail.address in one.addresses]
    if not theirs:
        raise UsageError(
            f"The mail was written to {mail.person or mail.email}, who is not in contacts.csv any more.",
            f"Send {address} their own: `mailer send {mail.dispatch.slug} --also {address}`.",
        )
    person = next((one for one in theirs if one.name == mail.person), theirs[0])
    others = tuple(one for one in person.addresses if one != address)
    email = on_file[0].email if address == on_file[0].address else address
    return replace(person, email=email, address=address, other_emails=others), address


def _name(ledger: Ledger, issue_id: str, addresses: tuple[str, ...]) -> str:
    """again-1, or the next that neither address has had."""
    names = (f"{REPEAT}-{number}" for number in count(1))
    return next(name for name in names if not ledger.claimed_addresses(REAL, f"{issue_id}/{name}", addresses))


def _slots(workspace: Workspace, ledger: Ledger, mail: Mail, address: str) -> Mapping[str, str]:
    """The personal fields as they were; at another address the way to unsubscribe is that address's own."""
    slots = dict(ledger.slots(mail.delivery_id))
    if address == mail.address or "list_unsubscribe" not in slots:
        return slots
    config = workspace.config
    token = unsubscribe_token(unsubscribe_secret(ledger), config.newsletter.list, address)
    urls = unsubscribe_urls(
        token, config.newsletter.list, config.newsletter.unsubscribe, config.public, config.public_url
    )
    return slots | {"unsubscribe": urls[0], "list_unsubscribe": " ".join(urls)}
