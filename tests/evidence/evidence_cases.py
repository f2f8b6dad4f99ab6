"""Sendings made up for the record of notice, and a record of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from mailer.evidence.making import Made, Sending, make_record
from mailer.evidence.rows import Around
from mailer.ledger import Event, EventKind, Notice
from mailer.model.deadline import Deadline, Submission, What
from mailer.model.dispatch import Answer, Delivery, Dispatch, DispatchState, State
from mailer.model.issue import Sender
from mailer.model.message import Reply
from mailer.model.suppression import Because, Suppression

SEED = bytes(range(32))
OTHER_SEED = bytes(range(1, 33))
AT = datetime(2017, 1, 24, 9, 14, 5, tzinfo=UTC)
YEAR_LATER = AT + timedelta(days=365)

DEADLINE = Deadline(
    id="national-report-cop12",
    title={"en": "National report to COP12"},
    owed={"en": "the national report"},
    reference="2016/035",
    due=date(2017, 4, 24),
    obliged="cms-parties",
    ladder=("-90d",),
)

DISPATCH = Dispatch(
    id="7f3c1a2b",
    realm="real",
    occasion="national-report-cop12/2017-04-24/-90d",
    slug="deadlines/national-report-cop12",
    digest="ab" * 32,
    message_class="notice",
    relay="office",
    segments=("cms-parties",),
    sender=Sender(name="Secretariat", email="office@example.org"),
    day=date(2017, 1, 24),
    created_at=AT,
    expires_at=AT + timedelta(days=3),
    state=DispatchState.FINISHED,
)

PEOPLE = (
    ("KZ", "Aigerim Sadykova", "ru", State.ACCEPTED, Reply(250, "kept by mx.example.org", "2.0.0")),
    ("KZ", "=HYPERLINK(1)", "en", State.ACCEPTED, Reply(250, "kept", "2.0.0")),
    ("MN", "Bat-Erdene \u041e\u044e\u0443\u043d", "en", State.REFUSED, Reply(550, "no such user", "5.1.1")),
    ("TJ", "Rustam Davlatov", "ru", State.UNKNOWN, None),
    ("UZ", 'Nodira "Nora", Yusupova', "ru", State.SKIPPED, None),
)
COUNTRIES = {"KZ": "Kazakhstan", "MN": "Mongolia", "TJ": "Tajikistan", "UZ": "Uzbekistan"}


Person = tuple[str, str, str, State, Reply | None]


def notice(number: int, person: Person) -> Notice:
    country, name, language, state, reply = person
    address = f"person{number}@example.org"
    answered = Event(
        AT + timedelta(days=2),
        EventKind.ACKNOWLEDGED,
        DISPATCH.id,
        number,
        address,
        "Ann",
        "in May",
        Answer.LATER,
    )
    delivery = Delivery(
        id=number,
        dispatch_id=DISPATCH.id,
        address=address,
        email=address,
        name=name,
        language=language,
        country=country,
        variant="en-000000",
        state=state,
        attempts=1,
        message_id=f"<{number:032x}@example.org>",
        reply=reply,
        detail="",
        due_at=None,
        updated_at=AT,
        occasions=(f"national-report-cop12/2017-04-24/-90d/{country}",),
    )
    words = str(reply) if reply else "The link broke before the answer came."
    return Notice(
        delivery, state, AT + timedelta(seconds=number), words, "", (), (answered,) if number == 1 else ()
    )


def notices() -> tuple[Notice, ...]:
    return tuple(notice(number, person) for number, person in enumerate(PEOPLE, 1))


def around() -> Around:
    bounce = Suppression("person2@example.org", Because.BOUNCED, "550 5.1.1", AT + timedelta(days=1))
    return Around(
        countries=COUNTRIES,
        suppressions={"person2@example.org": (bounce,)},
        deadlines={DEADLINE.id: DEADLINE},
        submissions={DEADLINE.id: (Submission(who="KZ", what=What.SUBMITTED, on=date(2017, 2, 1)),)},
    )


def record(seed: bytes = SEED, at: datetime = YEAR_LATER) -> Made:
    sending = Sending(DISPATCH, notices())
    return make_record([sending], around(), seed=seed, ledger_id="l1", office="An office", at=at)
