"""Who gets a dispatch, and who is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from mailer.model.audience import Reader
from mailer.model.dispatch import Dispatch, LeftOut, Plan, PlannedDelivery
from mailer.model.proof import Proof
from mailer.model.suppression import Suppression


def plan_dispatch(
    proof: Proof,
    readers: Iterable[Reader],
    dispatch: Dispatch,
    *,
    newsletter: str,
    suppressed: Mapping[str, Suppression],
    already: Set[str] = frozenset(),
) -> Plan:
    """Divide the readers into deliveries and those left out, each with the reason.

    `already` holds the addresses that the ledger has for this occasion: it serves to show the plan, the
    ledger's unique key is what keeps them out. A reader whose variant is not in the proof needs a new proof.
    """
    variants = {rendition.variant.key for rendition in proof.renditions}
    reasons: tuple[tuple[str, Callable[[Reader], bool]], ...] = (
        (
            "not subscribed",
            lambda r: _needs(dispatch) and not r.contact.subscribes_to(newsletter, dispatch.day),
        ),
        ("in the send record for this issue already", lambda r: r.address in already),
        ("needs a new proof", lambda r: r.variant not in variants),
    )
    deliveries: list[PlannedDelivery] = []
    left_out: list[LeftOut] = []
    for reader in readers:
        entry = suppressed.get(reader.address)
        if entry is not None and entry.applies_to(dispatch.message_class):
            left_out.append(LeftOut(reader.address, f"do-not-mail list: {entry.because}"))
            continue
        why = next((words for words, holds in reasons if holds(reader)), None)
        if why is not None:
            left_out.append(LeftOut(reader.address, why))
        else:
            deliveries.append(_delivery(reader))
    return Plan(dispatch, tuple(deliveries), tuple(left_out))


def _needs(dispatch: Dispatch) -> bool:
    return dispatch.message_class == "newsletter"


def _delivery(reader: Reader) -> PlannedDelivery:
    contact = reader.contact
    return PlannedDelivery(
        address=reader.address,
        email=contact.email,
        name=contact.name,
        language=reader.language,
        country=contact.country or "",
        variant=reader.variant,
        slots=reader.slots,
    )
