"""The record of a deadline's reminders: what was owed, what was answered, what came in."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from mailer.content import Receipt, add_receipt
from mailer.evidence.making import noted_head
from mailer.evidence.rows import step_words
from mailer.ledger import Ledger
from mailer.model.deadline import occasion_of
from mailer.model.dispatch import REAL, Answer, Dispatch, Plan, PlannedDelivery
from mailer.model.issue import Sender
from mailer.model.message import Outcome, Phase, Reply, Verdict
from tests.evidence.sent_office import SentOffice

SLUG = "national-report-cop12"
DUE = date(2017, 4, 24)
DEADLINE = f"""\
id: {SLUG}
title: {{en: National report to COP12}}
owed: {{en: the national report}}
reference: 2016/035
due: {DUE}
obliged: everyone
ladder: [-90d, -30d]
"""
CAME_IN = """\
who,what,on,until,by,note
KZ,submitted,2017-01-30,,NFP,
MN,submitted,2017-02-01,,,
MN,returned,2017-02-03,,,
"""
ACCEPTED = Outcome(Verdict.ACCEPTED, Phase.DOT, Reply(250, "kept", "2.0.0"))


@pytest.fixture
def reminded(sent: SentOffice) -> SentOffice:
    """The office, after two reminders of a deadline: one person owes for two countries."""
    folder = sent.root / "recipients" / "deadlines"
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    (folder / f"{SLUG}.yaml").write_text(DEADLINE, encoding="utf-8")
    (folder / f"{SLUG}.submissions.csv").write_text(CAME_IN, encoding="utf-8")
    with sent.ledger() as ledger:
        for number, step in enumerate(("-90d", "-30d")):
            remind(sent, ledger, f"{number}bcdef01", step)
    return sent


def remind(office: SentOffice, ledger: Ledger, dispatch_id: str, step: str) -> None:
    now = datetime.now(UTC)
    planned = [
        reader("aigerim", "Aigerim Sadykova", "KZ", step, ("KZ", "MN"), code=f"K{dispatch_id[:1]}7Q"),
        reader("rustam", "Rustam Davlatov", "TJ", step, ("TJ",)),
    ]
    dispatch = Dispatch(
        id=dispatch_id,
        realm=REAL,
        occasion=f"{SLUG}/{DUE}/{step}",
        slug=f"deadlines/{SLUG}",
        digest="ab" * 32,
        message_class="notice",
        relay="office",
        segments=("everyone",),
        sender=Sender(name="Secretariat", email="office@example.org"),
        day=date(2017, 1, 24),
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    ledger.open_dispatch(Plan(dispatch, tuple(planned)))
    with ledger.hold() as holder:
        for claimed in ledger.claim(dispatch_id, 10, holder):
            ledger.hand(claimed)
            ledger.settle(claimed, ACCEPTED)
    ledger.finish_if_done(dispatch_id)
    folder = office.root / "recipients" / "deadlines" / SLUG
    folder.mkdir(exist_ok=True)
    add_receipt(
        folder,
        Receipt(
            id=dispatch_id,
            digest=dispatch.digest,
            ledger=ledger.id,
            finished_at=now.replace(microsecond=0),
            counts={"accepted": 2},
            relay="office",
            segments=("everyone",),
            evidence=noted_head(dispatch, ledger.notices(dispatch_id)),
        ),
    )


def reader(
    name: str, person: str, country: str, step: str, owes: tuple[str, ...], *, code: str = ""
) -> PlannedDelivery:
    return PlannedDelivery(
        address=f"{name}@example.org",
        email=f"{name}@example.org",
        name=person,
        language="en",
        country=country,
        variant="en-000000",
        slots={"role": "National Focal Point"},
        occasions=tuple(occasion_of(SLUG, DUE, step, who) for who in owes),
        code=code,
    )


def test_a_reminder_s_row_tells_what_was_owed_answered_and_handed_in(reminded: SentOffice) -> None:
    with reminded.ledger() as ledger:
        ledger.acknowledge("K07Q", Answer.LATER, "in May", by="Ann")
    rows = json.loads(reminded.run("evidence", "0bcdef01", "--format", "json"))["rows"]
    (first, second) = rows
    assert first["what"] == (
        "National report to COP12 (2016/035), due 2017-04-24, 90 days before: Kazakhstan, Mongolia"
    )
    assert first["answered"].endswith("will hand in later: in May (recorded by Ann)")
    assert first["handed_in"] == "Kazakhstan 2017-01-30; Mongolia not yet"
    assert second["handed_in"] == ""
    assert second["role"] == "press"
    assert "will hand in later: in May (recorded by Ann)" in reminded.run("person", "KZ")


def test_the_role_of_somebody_who_has_left_is_what_the_message_called_it(reminded: SentOffice) -> None:
    lines = reminded.contacts.read_text(encoding="utf-8").splitlines(keepends=True)
    reminded.contacts.write_text("".join(line for line in lines if "rustam" not in line), encoding="utf-8")
    rows = json.loads(reminded.run("evidence", "0bcdef01", "--format", "json"))["rows"]
    assert rows[1]["role"] == "National Focal Point"


def test_all_sendings_of_a_deadline_make_one_record_that_verifies(reminded: SentOffice) -> None:
    path = reminded.root / "all.csv"
    printed = reminded.run("evidence", "--deadline", SLUG, "--csv", str(path))
    assert "Sending 0bcdef01 of deadlines/national-report-cop12" in printed
    assert "Sending 1bcdef01" in printed
    assert "all.csv: 4 rows, signed." in printed
    printed = reminded.run("verify", str(path))
    assert "intact: 4 rows" in printed
    assert "noted in dispatches.yaml on" in printed
    path.write_bytes(path.read_bytes().replace(b"Rustam", b"Rustem", 1))
    assert 'row 3 was changed in "Person"' in reminded.run("verify", str(path), code=1)
    assert 'Did you mean "national-report-cop12"' in reminded.run(
        "evidence", "--deadline", "national-report-cop1", code=2
    )


def test_what_somebody_owes_stands_in_their_history(reminded: SentOffice) -> None:
    printed = reminded.run("person", "KZ", "--on", "2017-02-10")
    assert "Owed: National report to COP12, due 2017-04-24: handed in on 2017-01-30" in printed
    printed = reminded.run("person", "MN", "--on", "2017-02-10")
    assert "Owes: National report to COP12, due 2017-04-24, was sent back" in printed
    assert "Owes: National report to COP12" in reminded.run("person", "rustam@example.org")


@pytest.mark.parametrize(
    ("step", "words"),
    [("-90d", "90 days before"), ("-1d", "1 day before"), ("-0d", "on the day"), ("+3d", "3 days after")],
)
def test_a_step_is_told_in_days(step: str, words: str) -> None:
    assert step_words(step) == words
