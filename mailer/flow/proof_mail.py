"""A proof by mail to reviewers: marked as one, filled for a made-up reader, and in no send record."""

from __future__ import annotations

import re
import secrets
import textwrap
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from mailer.audience import AddressError
from mailer.audience.addresses import in_full
from mailer.config import Workspace
from mailer.errors import MailerError, UsageError
from mailer.flow.compose import Composed
from mailer.flow.proof_page_mails import Specimen, leading, specimens
from mailer.flow.relays import open_relay
from mailer.flow.signing import signer_of
from mailer.message import MessageTemplate, Recipient, Signer, compile_message
from mailer.model.message import Message, Outcome, Verdict
from mailer.model.proof import Proof
from mailer.model.rendition import Rendition
from mailer.relay import ConnectFailure, Connection, Relay

MOST_REVIEWERS = 25
"""Beyond this it is no review any more."""
WIDTH = 72
TOP = re.compile(r"<body[^>]*>(?:\s*<div style=\"display:\s*none[^\"]*\"[^>]*>[^<]*</div>)?", re.IGNORECASE)
"""The beginning of a mail, with its preheader, which is to stay first."""
BAR = (
    '<div role="note" lang="en" dir="ltr" style="background:#5a1f00;color:#ffffff;padding:14px 18px;'
    'font:15px/1.5 Segoe UI,Helvetica,Arial,sans-serif;text-align:left;border-bottom:4px solid #f2bd6a">'
    '<strong style="color:#ffffff">{head}</strong>{rest}</div>'
)
WORDS = {
    Verdict.ACCEPTED: "taken over",
    Verdict.REFUSED: "refused",
    Verdict.DEFERRED: "not taken for now",
    Verdict.RELEASED: "not handed over",
    Verdict.UNKNOWN: "in doubt",
}


@dataclass(frozen=True, slots=True)
class Mailed:
    """What became of one mail to one reviewer."""

    address: str
    """As typed."""
    version: str
    verdict: Verdict
    why: str = ""
    """The server's answer, or what went wrong; "" where it was taken over."""

    @property
    def is_taken(self) -> bool:
        """Whether the mail service has it now."""
        return self.verdict is Verdict.ACCEPTED

    @property
    def words(self) -> str:
        """What became of it, in a word or two."""
        return WORDS[self.verdict]


def require_reviewers(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses as typed, each once. UsageError where one is no address, or where there are too many."""
    kept: dict[str, str] = {}
    for typed in addresses:
        try:
            kept.setdefault(in_full(typed.strip()), typed.strip())
        except AddressError as error:
            raise UsageError(
                f"{typed!r} is not an address to mail a proof to: {error}.", "Write it as name@example.org."
            ) from error
    if len(kept) > MOST_REVIEWERS:
        raise UsageError(
            f"{len(kept)} reviewers are too many; {MOST_REVIEWERS} is the most.",
            "Mail it to those who are to approve.",
        )
    return tuple(kept.values())


async def mail_proof(
    workspace: Workspace,
    composed: Composed,
    proof: Proof,
    addresses: Sequence[str],
    relay: str,
    *,
    every: bool = False,
) -> tuple[Mailed, ...]:
    """Hand the most read version of each language, or every version, to each reviewer; what became of each mail.

    No ledger is asked or told: it is not a dispatch. HeaderError where the mail cannot be made.
    """
    mails = specimens(workspace, composed, proof)
    chosen = mails if every else tuple(leading(mails).values())
    signer = signer_of(workspace, relay, proof.sender)
    made = [
        (address, one.words, template.message_for(reviewer(proof, address)))
        for one in chosen
        for template in (marked(proof, one, signer),)
        for address in addresses
    ]
    async with open_relay(workspace, relay, f"proof-{proof.seal}") as opened:
        return tuple([one async for one in _hand_over(opened, made)])


async def _hand_over(relay: Relay, made: Sequence[tuple[str, str, Message]]) -> AsyncIterator[Mailed]:
    link: Connection | None = None
    try:
        for address, version, message in made:
            try:
                if link is None or not link.is_usable:
                    link = await relay.connect()
                yield _said(address, version, await link.send(message, _at_once))
            except ConnectFailure as failure:
                yield Mailed(address, version, Verdict.RELEASED, failure.message)
            except MailerError as error:
                yield Mailed(address, version, Verdict.REFUSED, error.message)
    finally:
        if link is not None:
            await link.close()


async def _at_once() -> None:
    """Nothing is committed before the dot: no record says whether a proof was mailed."""


def _said(address: str, version: str, outcome: Outcome) -> Mailed:
    if outcome.verdict is Verdict.ACCEPTED:
        return Mailed(address, version, outcome.verdict)
    return Mailed(address, version, outcome.verdict, str(outcome.reply or outcome.detail))


def reviewer(proof: Proof, address: str) -> Recipient:
    """A reviewer: without List-Unsubscribe, for there is nothing to leave."""
    domain = proof.sender.email.rpartition("@")[2]
    return Recipient(
        email=address,
        name="",
        message_id=f"<proof-{proof.seal}-{secrets.token_hex(8)}@{domain}>",
        dated_at=datetime.now(UTC),
        slots={},
    )


def marked(proof: Proof, mail: Specimen, signer: Signer | None = None) -> MessageTemplate:
    """The mail as the made-up reader gets it, with what it is in the subject and above html and text.

    A notice, whatever the issue is: no List-Id, so that no filter and no button takes it for the newsletter.
    """
    return compile_message(
        _marked(proof, mail),
        sender=proof.sender,
        envelope_sender=proof.envelope_sender,
        message_class="notice",
        signer=signer,
    )


def _marked(proof: Proof, mail: Specimen) -> Rendition:
    head, rest = bar_words(proof, mail)
    bar = BAR.format(head=escape(head), rest="".join(f"<br>{escape(line)}" for line in rest))
    top = TOP.search(mail.html)
    at = top.end() if top else 0
    lines = [line for words in (head, *rest) for line in textwrap.wrap(words, WIDTH)]
    rule = "*" * WIDTH
    return mail.rendition.model_copy(
        update={
            "subject": f"[Proof {proof.seal}] {mail.subject}",
            "html": mail.html[:at] + bar + mail.html[at:],
            "text": "\n".join((rule, *lines, rule, "", mail.text)),
            "defaults": mail.rendition.defaults
            | {name: value for name, value in mail.slots.items() if value},
        }
    )


def bar_words(proof: Proof, mail: Specimen) -> tuple[str, tuple[str, ...]]:
    """What the bar says: a head, and lines."""
    readers = f"{mail.readers:,} reader{'s' if mail.readers != 1 else ''}"
    return (
        f"Proof {proof.seal} of {proof.slug}: only for review, not sent to readers",
        (
            f"Version: {mail.words} ({readers}). Personal fields are filled for a reader who does not exist.",
            f"To approve exactly this, answer with the seal {proof.seal} and your name, or run: "
            f"mailer approve {proof.digest[:12]} --by NAME",
        ),
    )
