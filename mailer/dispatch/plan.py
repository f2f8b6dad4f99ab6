"""Who gets a dispatch, and who is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set

from mailer.audience import address_for
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

    `suppressed` and `already` are asked for every address of a reader: the first that can be written to is used,
    and an address gets one mail however many people share it. `already` holds the addresses that the ledger has
    for this occasion: it serves to show the plan, the ledger's unique key is what keeps them out. A reader whose
    variant is not in the proof needs a new proof.
    """
    variants = {rendition.variant.key for rendition in proof.renditions}
    reasons: tuple[tuple[str, Callable[[Reader], bool]], ...] = (
        (
            "not subscribed",
            lambda r: _needs(dispatch) and not r.contact.subscribes_to(newsletter, dispatch.day),
        ),
        ("in the send record for this issue already", lambda r: not already.isdisjoint(r.contact.addresses)),
        ("needs a new proof", lambda r: r.variant not in variants),
    )
    deliveries: dict[str, PlannedDelivery] = {}
    left_out: list[LeftOut] = []
    for reader in readers:
        address, why = address_for(reader.contact, dispatch.message_class, suppressed)
        why = why or next((words for words, holds in reasons if holds(reader)), "")
        if not why and address in deliveries:
            why = f"shares the address with {deliveries[address].name or 'somebody'}, who gets it"
        if why:
            left_out.append(LeftOut(reader.address, why))
        else:
            deliveries[address] = _delivery(reader, address)
    return Plan(dispatch, tuple(deliveries.values()), tuple(left_out))


def _needs(dispatch: Dispatch) -> bool:
    return dispatch.message_class == "newsletter"


def _delivery(reader: Reader, address: str) -> PlannedDelivery:
    contact = reader.contact
    return PlannedDelivery(
        address=address,
        email=contact.email if address == contact.address else address,
        name=contact.name,
        language=reader.language,
        country=contact.country or "",
        variant=reader.variant,
        slots=reader.slots,
    )
