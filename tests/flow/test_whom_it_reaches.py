"""Whom an issue reaches, from contacts, deadlines and the send record: what the rules about it are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.flow import compose_issue, ledger_of
from mailer.flow.compose import Composed
from mailer.model.dispatch import REAL, Dispatch, Plan, PlannedDelivery
from mailer.model.finding import Finding, Severity
from mailer.model.issue import MessageClass, Sender
from mailer.model.suppression import Because
from tests.flow.office import TODAY, Office

GROUPS = """\
segments:
  everyone: {title: Everyone}
  press: {title: Press, rule: {role: press}}
  owing: {title: Who owes, rule: {role: focal-point}}
  nobody: {title: Nobody, rule: {role: none-such}}
"""
HEAD = "email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions\n"
PEOPLE = (
    "kz@example.org,,Ann,Kazakh,,en,KZ,,focal-point,newsletter",
    "mn@example.org,,Bo,Mongol,,en,MN,,focal-point,newsletter",
    "in@example.org,,Cy,Indian,,en,IN,,focal-point,newsletter",
    "press@example.org,,Di,Writer,,en,DE,,press,newsletter",
    "reader@example.org,,Ed,Reader,,en,DE,,,newsletter",
)
DEADLINE = """\
id: reports
reference: 2026/1
language: en
title: {{en: Reports}}
owed: {{en: the report}}
due: {due}
obliged: owing
per: {per}
ladder: [-7d]
contact: {{name: Office, email: office@example.org}}
body: {{en: By mail.}}
"""
DUTY = f"""\
  - kind: deadline
    id: reports
    title: Reports
    due: {TODAY + timedelta(days=90)}
    time: "12:00"
    timezone: UTC
    reference: 2026/1
    body: The reports are due.
"""


@pytest.fixture
def workplace(office: Office) -> Office:
    (office.root / "recipients" / "segments.yaml").write_text(GROUPS, encoding="utf-8")
    people(office, PEOPLE)
    return office


def people(office: Office, rows: Iterable[str]) -> None:
    (office.root / "recipients" / "contacts.csv").write_text(
        HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8"
    )


def add_item(office: Office, item: str) -> None:
    office.issue.write_text(office.issue.read_text(encoding="utf-8") + item, encoding="utf-8")


def add_deadline(office: Office, per: str = "country", log: str = "") -> Path:
    folder = office.root / "recipients" / "deadlines"
    folder.mkdir(exist_ok=True)
    path = folder / "reports.yaml"
    path.write_text(DEADLINE.format(per=per, due=TODAY + timedelta(days=90)), encoding="utf-8")
    (folder / "reports.submissions.csv").write_text(f"who,what,on,until,by,note\n{log}", encoding="utf-8")
    return path


def composed(office: Office, *groups: str) -> Composed:
    return compose_issue(office.workspace, "test-issue", groups, secret=b"test")


def of(rule: str, office: Office, *groups: str) -> list[Finding]:
    return [finding for finding in composed(office, *groups).findings if finding.rule == rule]


def told(rule: str, office: Office, *groups: str) -> list[str]:
    return [finding.message for finding in of(rule, office, *groups)]


def test_with_nothing_odd_no_rule_about_the_audience_speaks_and_no_record_is_made(workplace: Office) -> None:
    path = workplace.workspace.ledger_path
    path.unlink()
    found = [f.rule for f in composed(workplace).findings if f.rule.startswith("audience.")]
    assert found == []
    assert not path.exists()


def test_an_official_with_a_dead_address_is_told_and_a_reader_without_a_role_is_not(
    workplace: Office,
) -> None:
    with ledger_of(workplace.workspace) as ledger:
        for address in ("kz@example.org", "reader@example.org"):
            ledger.suppress(address, Because.BOUNCED)
        ledger.suppress("mn@example.org", Because.UNSUBSCRIBED)
    warned, noted = of("audience.official-unreached", workplace)
    assert (warned.severity, noted.severity) == (Severity.WARN, Severity.NOTE)
    assert warned.message.endswith(": Ann Kazakh (bounced).")
    assert noted.message.endswith(": Bo Mongol (unsubscribed).")
    with ledger_of(workplace.workspace) as ledger:
        ledger.unsuppress("kz@example.org")
    assert [f.severity for f in of("audience.official-unreached", workplace)] == [Severity.NOTE]


def test_of_somebody_with_another_address_nothing_is_said(workplace: Office) -> None:
    rows = [f"{row}," for row in PEOPLE]
    rows[0] = f"{PEOPLE[0]},ann@example.org"
    (workplace.root / "recipients" / "contacts.csv").write_text(
        "\n".join([HEAD.strip() + ",other_emails", *rows, ""]), encoding="utf-8"
    )
    with ledger_of(workplace.workspace) as ledger:
        ledger.suppress("kz@example.org", Because.BOUNCED)
    assert of("audience.official-unreached", workplace) == []


@pytest.mark.parametrize(
    ("group", "groups", "expected"),
    [
        ("nobody", (), [Severity.WARN]),
        ("press", ("owing",), [Severity.NOTE]),
        ("press", (), []),
        ("press", ("everyone",), []),
    ],
)
def test_an_item_for_a_group_that_is_empty_or_elsewhere(
    workplace: Office, group: str, groups: tuple[str, ...], expected: list[Severity]
) -> None:
    text = workplace.issue.read_text(encoding="utf-8").replace("show_to: press", f"show_to: {group}")
    workplace.issue.write_text(text, encoding="utf-8")
    assert [finding.severity for finding in of("audience.unseen-item", workplace, *groups)] == expected


def test_an_item_whose_last_day_is_over_is_missed_by_nobody(workplace: Office) -> None:
    over = TODAY - timedelta(days=1)
    text = workplace.issue.read_text(encoding="utf-8")
    text = text.replace("show_to: press", f"show_to: nobody\n    expires: {over}")
    workplace.issue.write_text(text, encoding="utf-8")
    assert of("audience.unseen-item", workplace) == []


def test_readers_without_a_value_are_named_at_the_field(workplace: Office) -> None:
    people(workplace, [*PEOPLE, "no@example.org,,Flo,Nowhere,,en,,,,newsletter"])
    (found,) = [finding for finding in of("slot.empty", workplace) if finding.words == "country"]
    assert found.hint.endswith("It is Flo Nowhere.")


def test_states_that_owe_and_get_nothing_are_named(workplace: Office) -> None:
    add_item(workplace, DUTY)
    add_deadline(workplace, log=f"IN,submitted,{TODAY},,,\n")
    assert told("audience.obliged-unreached", workplace) == []
    with ledger_of(workplace.workspace) as ledger:
        ledger.suppress("mn@example.org", Because.BOUNCED)
        ledger.suppress("in@example.org", Because.BOUNCED)
    (found,) = of("audience.obliged-unreached", workplace)
    assert (found.item, found.field, found.words) == ("reports", "due", "Mongolia")
    assert of("audience.obliged-unreached", workplace, "press") == [], "the press owes nothing"


def test_persons_who_owe_are_named_too_and_who_is_on_hold_is_not(workplace: Office) -> None:
    add_item(workplace, DUTY)
    add_deadline(workplace, "person", log=f"in@example.org,held,{TODAY},,,on leave\n")
    people(
        workplace, [row.replace("newsletter", "other") if row[:2] in ("mn", "in") else row for row in PEOPLE]
    )
    (found,) = of("audience.obliged-unreached", workplace)
    assert found.words == "Bo Mongol"


def test_a_deadline_of_another_number_or_day_is_another_one(workplace: Office) -> None:
    add_item(workplace, DUTY.replace("reference: 2026/1", "reference: 2026/2"))
    add_deadline(workplace)
    with ledger_of(workplace.workspace) as ledger:
        ledger.suppress("mn@example.org", Because.BOUNCED)
    assert of("audience.obliged-unreached", workplace) == []


def record(
    office: Office,
    occasion: str,
    readers: int,
    *,
    message_class: MessageClass = "newsletter",
    realm: str = REAL,
) -> None:
    """Write down a sending to the group `everyone`."""
    now = datetime.now(UTC)
    dispatch = Dispatch(
        id=f"{abs(hash((occasion, readers, realm))):08x}"[:8],
        realm=realm,
        occasion=occasion,
        slug=occasion,
        digest="0" * 64,
        message_class=message_class,
        relay="office",
        segments=("everyone",),
        sender=Sender(name="Office", email="office@example.org"),
        day=TODAY,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )
    planned = tuple(
        PlannedDelivery(f"{n}@example.com", f"{n}@example.com", "", "en", "", "en-1", {})
        for n in range(readers)
    )
    with ledger_of(office.workspace) as ledger:
        ledger.open_dispatch(Plan(dispatch, planned, ()))


def test_far_fewer_than_the_last_times_are_told_with_what_they_were(workplace: Office) -> None:
    for number, occasion in ((20, "issue-1"), (18, "issue-2"), (22, "issue-3")):
        record(workplace, occasion, number)
    (found,) = told("audience.unusual-size", workplace, "everyone")
    assert found == "5 would get it; the last 3 times it was 22, 18, 20 of the same groups."
    assert told("audience.unusual-size", workplace, "press") == [], "never sent to these alone"
    assert told("audience.unusual-size", workplace) == []


def test_only_first_real_sendings_of_other_issues_to_the_same_groups_are_a_measure(workplace: Office) -> None:
    record(workplace, "test-issue", 60)
    record(workplace, "issue-1/again", 60)
    record(workplace, "issue-2", 60, message_class="notice")
    record(workplace, "issue-3", 60, realm="rehearsal:x")
    assert told("audience.unusual-size", workplace, "everyone") == []


def test_a_record_that_cannot_be_read_is_told_and_keeps_nobody_from_checking(workplace: Office) -> None:
    path = workplace.workspace.ledger_path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no record at all " * 100)
    (found,) = of("audience.not-checked", workplace)
    assert found.severity is Severity.WARN
    assert "rests on the send record" in found.message
    assert "audience.not-checked" in workplace.run("check", "test-issue")


def test_a_deadline_that_cannot_be_read_is_told(workplace: Office) -> None:
    add_item(workplace, DUTY)
    path = add_deadline(workplace)
    path.write_text(path.read_text(encoding="utf-8").replace("per: country", "per: planet"), encoding="utf-8")
    (found,) = of("audience.not-checked", workplace)
    assert "rests on the deadlines" in found.message
    add_deadline(workplace)
    assert of("audience.not-checked", workplace) == []
