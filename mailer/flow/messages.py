"""The messages of a proof, made ready; and readers to try them on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from mailer.message import MessageTemplate, Recipient, Signer, compile_message
from mailer.model.audience import Contact, Reader
from mailer.model.proof import Proof

ADDRESS_SLOTS = ("unsubscribe", "list_unsubscribe", "web_view")


def compile_proof(
    proof: Proof, signer: Signer | None = None, *, only: Collection[str] | None = None
) -> dict[str, MessageTemplate]:
    """Variant key → its message, ready for any number of readers; `signer` signs them (`mailer.flow.signing`).

    With `only`, the messages of those variants: each takes its time.
    """
    return {
        rendition.variant.key: compile_message(
            rendition,
            sender=proof.sender,
            envelope_sender=proof.envelope_sender,
            message_class=proof.message_class,
            list_name=proof.list_name,
            list_id=proof.list_id,
            signer=signer,
        )
        for rendition in proof.renditions
        if only is None or rendition.variant.key in only
    }


def nobody(readers: Iterable[Reader], variant: str) -> Reader:
    """A reader of that variant of whom nothing personal is known; the addresses are those of a real one."""
    contact = Contact(email="reader@example.org", address="reader@example.org")
    example = next((reader for reader in readers if reader.variant == variant), None)
    slots = {name: example.slots.get(name, "") for name in ADDRESS_SLOTS} if example else {}
    return Reader(contact, example.language if example else "", variant, slots)


def recipient_of(reader: Reader) -> Recipient:
    """The reader as a message needs them; Message-ID and Date belong to a sending and only stand in here."""
    return Recipient(
        email=reader.contact.email,
        name=reader.contact.name,
        message_id="<preview@invalid>",
        dated_at=datetime.now(UTC),
        slots=reader.slots,
        list_unsubscribe=tuple(reader.slots.get("list_unsubscribe", "").split()),
    )
