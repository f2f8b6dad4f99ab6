"""Two people at one address get one mail; one person with two addresses is reached at the one that works."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.audience import address_for
from mailer.dispatch import plan_dispatch
from mailer.model.audience import Contact, Reader, Subscription
from mailer.model.dispatch import REAL, Dispatch, Plan
from mailer.model.issue import MessageClass, Sender
from mailer.model.proof import Proof
from mailer.model.rendition import Rendition, Variant
from mailer.model.suppression import Because, Suppression

NOW = datetime(2016, 12, 19, 9, tzinfo=UTC)
SENDER = Sender(name="Office", email="news@example.org")
VARIANT = Variant(language="en", items=("a",))
OFFICE = "office@example.org"


def person(
    name: str, *addresses: str, messages: tuple[MessageClass, ...] = ("newsletter", "notice")
) -> Contact:
    main, *others = addresses or (f"{name.lower()}@example.org",)
    return Contact(
        email=main.capitalize(),
        address=main,
        other_emails=tuple(others),
        given_name=name,
        subscriptions=(Subscription(list="news"),),
        messages=messages,
    )


def listed(reasons: Mapping[str, Because]) -> dict[str, Suppression]:
    return {
        f"{name}@example.org": Suppression(f"{name}@example.org", why, "", NOW)
        for name, why in reasons.items()
    }


def plan(
    *people: Contact,
    message_class: MessageClass = "newsletter",
    variants: dict[str, str] | None = None,
    already: frozenset[str] = frozenset(),
    suppressed: Mapping[str, Because] = MappingProxyType({}),
) -> Plan:
    rendition = Rendition(variant=VARIANT, subject="S", preheader="", html="h", text="t")
    proof = Proof(
        digest="0" * 64,
        parts={},
        slug="one",
        issue_id="one",
        message_class=message_class,
        segments=("everyone",),
        day=date(2016, 12, 19),
        sender=SENDER,
        envelope_sender="b@example.org",
        renditions=(rendition,),
        made_at=NOW,
    )
    dispatch = Dispatch(
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
    readers = [Reader(who, "en", (variants or {}).get(who.given_name, VARIANT.key)) for who in people]
    return plan_dispatch(
        proof, readers, dispatch, newsletter="news", suppressed=listed(suppressed), already=already
    )


def reasons(made: Plan) -> list[str]:
    return [left.why for left in made.left_out]


def test_two_people_at_one_address_get_one_mail_and_the_second_is_told_who_has_it() -> None:
    made = plan(person("Aigerim", OFFICE), person("Yerlan", OFFICE), person("Saule"))
    assert [(each.name, each.address) for each in made] == [
        ("Aigerim", OFFICE),
        ("Saule", "saule@example.org"),
    ]
    assert reasons(made) == ["shares the address with Aigerim, who gets it"]


def test_where_the_first_of_two_does_not_get_it_the_second_does() -> None:
    first = person("Aigerim", OFFICE, messages=("notice",))
    made = plan(first, person("Yerlan", OFFICE))
    assert [each.name for each in made] == ["Yerlan"]
    assert reasons(made) == ["may not get newsletters"]
    made = plan(person("Aigerim", OFFICE), person("Yerlan", OFFICE), variants={"Aigerim": "en-ffffff"})
    assert [each.name for each in made] == ["Yerlan"]


def test_a_shared_address_on_the_do_not_mail_list_reaches_neither() -> None:
    made = plan(person("Aigerim", OFFICE), person("Yerlan", OFFICE), suppressed={"office": Because.BOUNCED})
    assert not made.deliveries
    assert reasons(made) == ["do-not-mail list: bounced"] * 2


@pytest.mark.parametrize("why", [Because.BOUNCED, Because.MANUAL])
def test_the_next_address_is_used_where_the_main_one_does_not_work(why: Because) -> None:
    made = plan(person("Aigerim", "main@example.org", "second@example.org"), suppressed={"main": why})
    assert [(each.address, each.email) for each in made] == [("second@example.org", "second@example.org")]


def test_the_main_address_goes_out_as_it_was_given() -> None:
    (delivery,) = plan(
        person("Aigerim", "main@example.org", "second@example.org"), suppressed={"second": Because.BOUNCED}
    )
    assert (delivery.address, delivery.email) == ("main@example.org", "Main@example.org")


@pytest.mark.parametrize("where", ["main", "second"])
def test_who_unsubscribed_under_one_address_gets_no_newsletter_under_another(where: str) -> None:
    both = person("Aigerim", "main@example.org", "second@example.org")
    made = plan(both, suppressed={where: Because.UNSUBSCRIBED})
    assert not made.deliveries
    assert reasons(made)[0].startswith("do-not-mail list: unsubscribed")
    assert [
        each.address for each in plan(both, message_class="notice", suppressed={where: Because.UNSUBSCRIBED})
    ] == ["main@example.org"]


def test_a_complaint_holds_for_every_address_and_every_message() -> None:
    made = plan(
        person("A", "main@example.org", "second@example.org"),
        message_class="notice",
        suppressed={"main": Because.COMPLAINED},
    )
    assert reasons(made) == ["do-not-mail list: complained"]


def test_who_has_no_address_that_works_is_left_out_with_every_reason() -> None:
    made = plan(
        person("A", "main@example.org", "second@example.org"),
        suppressed={"main": Because.BOUNCED, "second": Because.MANUAL},
    )
    assert reasons(made) == ["do-not-mail list: bounced, manual"]


def test_who_has_it_under_one_address_does_not_get_it_again_under_another() -> None:
    made = plan(
        person("A", "main@example.org", "second@example.org"),
        already=frozenset({"main@example.org"}),
        suppressed={"main": Because.BOUNCED},
    )
    assert reasons(made) == ["in the send record for this issue already"]


def test_a_second_address_that_somebody_else_uses_gets_one_mail() -> None:
    made = plan(
        person("A", "main@example.org", OFFICE), person("B", OFFICE), suppressed={"main": Because.BOUNCED}
    )
    assert [(each.name, each.address) for each in made] == [("A", OFFICE)]
    assert reasons(made) == ["shares the address with A, who gets it"]


@pytest.mark.parametrize(
    ("messages", "newsletter", "notice"),
    [
        (("notice",), "may not get newsletters", ""),
        ((), "may not get newsletters", "may not get official messages"),
    ],
)
def test_only_the_classes_of_message_that_somebody_may_get_reach_them(
    messages: tuple[MessageClass, ...], newsletter: str, notice: str
) -> None:
    who = person("A", messages=messages)
    assert address_for(who, "newsletter", {})[1] == newsletter
    assert address_for(who, "notice", {})[1] == notice


some_address = st.sampled_from(["a@example.org", "b@example.org", "c@example.org"])
some_person = st.builds(
    lambda name, addresses, messages: person(name, *addresses, messages=tuple(messages)),
    st.sampled_from("ABCDE"),
    st.lists(some_address, min_size=1, max_size=3, unique=True),
    st.sets(st.sampled_from(["newsletter", "notice"])),
)
some_list = st.dictionaries(st.sampled_from("abc"), st.sampled_from(list(Because)))


@given(
    st.lists(some_person, max_size=6),
    some_list,
    st.sets(some_address),
    st.sampled_from(["newsletter", "notice"]),
)
@settings(max_examples=150, deadline=None)
def test_nobody_is_written_to_twice_nor_against_their_word_and_everybody_is_accounted_for(
    people: list[Contact], suppressed: dict[str, Because], already: set[str], message_class: MessageClass
) -> None:
    made = plan(*people, message_class=message_class, already=frozenset(already), suppressed=suppressed)
    used = [each.address for each in made]
    assert len(set(used)) == len(used)
    assert not set(used) & already
    assert not any(
        entry.applies_to(message_class) for entry in (listed(suppressed).get(a) for a in used) if entry
    )
    assert len(made.deliveries) + len(made.left_out) == len(people)
    assert all(left.why for left in made.left_out)
