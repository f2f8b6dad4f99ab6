"""Plans say who is left out and why; a deferred reader is tried again later and later."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from mailer.dispatch import next_try, plan_dispatch
from mailer.model.audience import Contact, Reader, Subscription
from mailer.model.dispatch import REAL, TRANSITIONS, Dispatch, State
from mailer.model.issue import MessageClass, Sender
from mailer.model.proof import Proof
from mailer.model.rendition import Rendition, Variant
from mailer.model.suppression import Because, Suppression

NOW = datetime(2016, 12, 19, 9, tzinfo=UTC)
SENDER = Sender(name="Office", email="news@example.org")
VARIANT = Variant(language="en", items=("a",))


def dispatch(message_class: MessageClass = "newsletter") -> Dispatch:
    return Dispatch(
        id="d1",
        realm=REAL,
        occasion="one",
        slug="one",
        digest="0" * 64,
        message_class=message_class,
        relay="office",
        segments=("everyone",),
        sender=SENDER,
        day=date(2016, 12, 19),
        created_at=NOW,
        expires_at=NOW + timedelta(hours=72),
    )


def proof() -> Proof:
    rendition = Rendition(variant=VARIANT, subject="S", preheader="", html="h", text="t")
    return Proof(
        digest="0" * 64,
        parts={},
        slug="one",
        issue_id="one",
        message_class="newsletter",
        segments=("everyone",),
        day=date(2016, 12, 19),
        sender=SENDER,
        envelope_sender="b@example.org",
        renditions=(rendition,),
        made_at=NOW,
    )


def reader(name: str, variant: str = VARIANT.key, subscriptions: tuple[str, ...] = ("news",)) -> Reader:
    address = f"{name}@example.org"
    contact = Contact(
        email=address,
        address=address,
        given_name=name,
        subscriptions=tuple(Subscription(list=name) for name in subscriptions),
    )
    return Reader(contact, "en", variant, {"name": name})


READERS = [
    reader("plain"),
    reader("unsubscribed"),
    reader("bounced"),
    reader("stranger", subscriptions=()),
    reader("served"),
    reader("other", variant="en-ffffff"),
]
SUPPRESSED = {
    f"{name}@example.org": Suppression(f"{name}@example.org", because, "", NOW)
    for name, because in (("unsubscribed", Because.UNSUBSCRIBED), ("bounced", Because.BOUNCED))
}


@pytest.mark.parametrize(
    ("message_class", "planned"),
    [("newsletter", ["plain"]), ("notice", ["plain", "unsubscribed", "stranger"])],
)
def test_everybody_is_planned_or_left_out_with_the_reason(
    message_class: MessageClass, planned: list[str]
) -> None:
    plan = plan_dispatch(
        proof(),
        READERS,
        dispatch(message_class),
        newsletter="news",
        suppressed=SUPPRESSED,
        already={"served@example.org"},
    )
    assert [delivery.name for delivery in plan] == planned
    reasons = {left.address.partition("@")[0]: left.why for left in plan.left_out}
    assert len(plan.deliveries) + len(reasons) == len(READERS)
    assert reasons["bounced"] == "do-not-mail list: bounced"
    assert reasons["served"] == "in the send record for this issue already"
    assert reasons["other"] == "needs a new proof"
    if message_class == "newsletter":
        assert reasons["stranger"] == "not subscribed"


def test_tries_lie_further_and_further_apart_and_never_at_the_same_second_for_all() -> None:
    jitter = random.Random(1)
    waits = [min(next_try(n, NOW, jitter) - NOW for _ in range(50)) for n in range(6)]
    assert all(earlier < later for earlier, later in pairwise(waits))
    assert waits[0] >= timedelta(minutes=4)
    assert len({next_try(0, NOW, jitter) for _ in range(50)}) > 40
    assert next_try(99, NOW, jitter) - NOW <= timedelta(minutes=288)


def test_every_state_has_its_row_in_the_table_and_terminal_ones_lead_nowhere_by_themselves() -> None:
    assert set(TRANSITIONS) == set(State)
    for state, ways in TRANSITIONS.items():
        if state.is_terminal and state is not State.UNKNOWN:
            assert not ways
    assert TRANSITIONS[State.UNKNOWN] == {State.ACCEPTED, State.PLANNED}
    assert State.PLANNED not in TRANSITIONS[State.HANDED], "what may have arrived is never planned by itself"
