"""Under which address somebody is written to, or why not at all: one rule for newsletters and official messages."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.model.audience import Contact
from mailer.model.issue import MessageClass
from mailer.model.suppression import Suppression

CLASS_WORDS: Mapping[MessageClass, str] = {"newsletter": "newsletters", "notice": "official messages"}


def address_for(
    contact: Contact, message_class: MessageClass, suppressed: Mapping[str, Suppression]
) -> tuple[str, str]:
    """The address to write to, and ""; or "" and why there is none, in words.

    `suppressed` holds what the do-not-mail list says of all the contact's addresses. What people said themselves,
    that they unsubscribed or complained, holds for all their addresses, whichever it was said under; that one
    address is not to be used, because mail to it bounced or by hand, holds for that one, and the next is used.
    """
    if message_class not in contact.messages:
        return "", f"may not get {CLASS_WORDS[message_class]}"
    barred = {
        address: suppressed[address]
        for address in contact.addresses
        if address in suppressed and suppressed[address].applies_to(message_class)
    }
    for address, entry in barred.items():
        if entry.because.of_person:
            under = "" if address == contact.address else f" under {address}"
            return "", f"do-not-mail list: {entry.because}{under}"
    free = next((address for address in contact.addresses if address not in barred), "")
    if free:
        return free, ""
    return "", f"do-not-mail list: {', '.join(entry.because for entry in barred.values())}"
