"""A person's history with the keys that programs may rely on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailer.flow.person import History, Mail
    from mailer.ledger import Event
    from mailer.model.audience import Contact


def person_json(found: History, day: date) -> dict[str, object]:
    """All that is known of them."""
    return {
        "address": found.address,
        "country": found.country,
        "name": found.title,
        "on": day,
        "contacts": [_contact_json(one) for one in found.contacts],
        "former_addresses": list(found.former),
        "do_not_mail": [asdict(entry) for entry in found.suppressions],
        "owed": [
            {"deadline": owed.deadline.id, "due": owed.obligation.due, "who": owed.obligation.who}
            | {"handed_in": owed.obligation.done_on, "held": owed.obligation.held}
            for owed in found.owed
        ],
        "mails": [_mail_json(mail) for mail in found.mails],
        "events": [_event_json(one) for one in found.events],
        "notes": [_event_json(one) for one in found.notes],
    }


def _contact_json(contact: Contact) -> dict[str, object]:
    values = {name: value for name, value in asdict(contact).items() if name != "row"}
    roles = [role.model_dump(mode="json") for role in contact.roles]
    return values | {
        "roles": roles,
        "subscriptions": [entry.model_dump(mode="json") for entry in contact.subscriptions],
    }


def _event_json(one: Event) -> dict[str, object]:
    return {"at": one.at, "address": one.address, "kind": one.kind, "by": one.by, "why": one.why}


_TOLD_OTHERWISE = ("dispatch", "clock", "tries", "delivery_id", "address")


def _mail_json(mail: Mail) -> dict[str, object]:
    values = {name: getattr(mail, name) for name in mail.__dataclass_fields__ if name not in _TOLD_OTHERWISE}
    clock = mail.clock
    return values | {
        "sending": mail.dispatch.id,
        "slug": mail.dispatch.slug,
        "relay": mail.dispatch.relay,
        "at": mail.at.isoformat(),
        "local_at": clock.at.isoformat() if clock else None,
        "local_is_capitals": clock.is_capital if clock else None,
        "tries": [
            {"at": one.at.isoformat(), "outcome": one.verdict.value, "answer": str(one.reply or one.detail)}
            for one in mail.tries
        ],
    }
