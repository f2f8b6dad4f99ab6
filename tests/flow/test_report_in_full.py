"""What a sending came to: what needs doing first, then figures that add up, reasons in words, times, doubts."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer.cli.output import console
from mailer.dispatch.account import account_of
from mailer.dispatch.report import COLUMNS, report_rows
from mailer.flow import ledger_of
from mailer.ledger import Ledger, open_ledger
from mailer.model.dispatch import Plan, PlannedDelivery, State
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.model.pace import Limits, Pace, Settling, Turn, WorkStatus
from tests.flow.office import Office
from tests.ledger.ledger_cases import ACCEPTED, GREYLISTED, NO_ANSWER, NO_SUCH_USER, a_dispatch, a_plan

UNAUTHENTICATED = Outcome(
    Verdict.REFUSED,
    Phase.DOT,
    Reply(550, "This mail is unauthenticated: SPF and DKIM did not pass", "5.7.26"),
)
COUNTRIES = ("KZ", "MN", "TJ")


def readers(addresses: Iterable[str]) -> tuple[PlannedDelivery, ...]:
    return tuple(
        PlannedDelivery(
            address, address, f"Reader {n}", "en" if n % 2 else "ru", COUNTRIES[n % 3], "en-1", {}
        )
        for n, address in enumerate(addresses)
    )


def sent_to(ledger: Ledger, ends: dict[str, Outcome | None], pace: Pace | None = None) -> None:
    """A real sending d1 to those addresses with those ends; None stays waiting."""
    plan = Plan(a_dispatch(at=datetime.now(UTC)), readers(ends))
    ledger.open_dispatch(plan)
    later = datetime.now(UTC) + timedelta(minutes=5)
    with ledger.hold("d1") as holder:
        claimed = ledger.turn("d1", holder, Turn(claim=len(ends))).claimed
        tried = [(one, outcome) for one in claimed if (outcome := ends[one.address])]
        ledger.turn("d1", holder, Turn(hand=tuple(one for one, out in tried if out.phase is Phase.DOT)), pace)
        settled = tuple(
            Settling(one, out, later if out.verdict is Verdict.DEFERRED else None) for one, out in tried
        )
        ledger.turn("d1", holder, Turn(settle=settled))
        ledger.release(one for one in claimed if not ends[one.address])
    ledger.finish_if_done("d1")


@pytest.fixture
def troubled(office: Office) -> Office:
    """One domain refuses all, one reader is unknown, one is to wait, one is in doubt."""
    ends: dict[str, Outcome | None] = {f"a{n}@gmail.example.com": UNAUTHENTICATED for n in range(6)}
    ends |= {f"b{n}@example.org": ACCEPTED for n in range(9)}
    ends |= {
        "gone@example.org": NO_SUCH_USER,
        "later@example.org": GREYLISTED,
        "doubt@example.org": NO_ANSWER,
    }
    with ledger_of(office.workspace) as ledger:
        sent_to(ledger, ends)
    return office


def test_what_needs_doing_comes_first_and_a_whole_domain_is_seen_at_once(troubled: Office) -> None:
    printed = troubled.run("report", "d1")
    to_do = printed.index("→ gmail.example.com refused 6 of 6")
    assert to_do < printed.index("taken over")
    assert "6 mails refused: They cannot see that the mail is really ours" in printed
    assert "→ 1 mail in doubt" in printed
    assert "→ 1 address to correct" in printed
    (row,) = [line for line in printed.splitlines() if line.startswith("gmail.example.com")]
    assert row.split() == ["gmail.example.com", "6", "–", "–", "6", "–"]


def test_a_refusal_has_words_what_to_do_the_addresses_and_the_answer_as_it_came(troubled: Office) -> None:
    printed = troubled.run("report", "d1")
    assert "There is no such mailbox." in printed
    assert "→ Look for a typing mistake" in printed
    assert "550 5.1.1 no such user" in printed
    assert "550 5.7.26 This mail is unauthenticated" in printed
    assert "… and 3 more: mailer report d1 --all" in printed
    everything = troubled.run("report", "d1", "--all")
    assert all(f"a{n}@gmail.example.com" in everything for n in range(6))
    assert "more:" not in everything


def test_the_tables_add_up_to_the_counts(troubled: Office) -> None:
    told = json.loads(troubled.run("report", "d1", "--format", "json"))
    assert told["counts"] == {"accepted": 9, "deferred": 1, "refused": 7, "unknown": 1}
    assert told["total"] == 18
    for kind, tally in told["by"].items():
        sums: dict[str, int] = {}
        for states in tally.values():
            for state, count in states.items():
                sums[state] = sums.get(state, 0) + count
        assert sums == told["counts"], kind
    assert told["by"]["domain"]["gmail.example.com"] == {"refused": 6}
    assert sum(stretch["tries"] for stretch in told["tries"]["stretches"]) == 18
    assert sum(stretch["taken_over"] for stretch in told["tries"]["stretches"]) == 9
    reasons = {(one["state"], one["reason"]): one["count"] for one in told["reasons"]}
    assert reasons == {
        ("refused", "unauthenticated"): 6,
        ("refused", "no-such-address"): 1,
        ("deferred", "too-fast"): 1,
    }
    assert len(told["reasons"][0]["addresses"]) == 6


def test_every_row_tells_its_domain_code_and_reason_and_runs_in_no_spreadsheet(troubled: Office) -> None:
    rows = list(csv.DictReader(io.StringIO(troubled.run("report", "d1", "--rows"))))
    assert tuple(rows[0]) == COLUMNS
    by_address = {row["address"]: row for row in rows}
    gone = by_address["gone@example.org"]
    assert (gone["code"], gone["enhanced"], gone["domain"]) == ("550", "5.1.1", "example.org")
    assert gone["reason"] == "There is no such mailbox."
    assert by_address["later@example.org"]["due"]
    assert not by_address["b1@example.org"]["reason"]
    full = json.loads(troubled.run("report", "d1", "--rows", "--format", "json"))
    assert [row["address"] for row in full["rows"]] == [row["address"] for row in rows]


def test_a_formula_in_a_name_or_an_answer_is_kept_from_running(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        plan = a_plan(["anna"], at=datetime.now(UTC))
        (one,) = plan.deliveries
        ledger.open_dispatch(replace(plan, deliveries=(replace(one, name="=HYPERLINK(1)"),)))
    (row,) = csv.DictReader(io.StringIO(office.run("report", "d1", "--rows")))
    assert row["name"] == "'=HYPERLINK(1)"


def test_the_time_line_says_who_paused_it_why_and_when_it_went_on(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        sent_to(ledger, {"a@example.org": ACCEPTED, "b@example.org": None})
        ledger.pause("d1", "wrong date in the lead", by="Ann")
        ledger.reopen("d1", by="Bob")
        ledger.pause("d1", "another look", by="Ann")
    printed = office.run("report", "d1")
    lines = [
        line for line in printed.splitlines() if line.startswith(("Planned", "Began", "Paused", "Went on"))
    ]
    assert [line.split()[0] for line in lines] == ["Planned", "Began", "Paused", "Went", "Paused"]
    assert "by Ann: wrong date in the lead" in lines[2]
    assert "by Bob" in lines[3]
    assert "→ It is paused: another look.\n" in printed
    assert "this sends the same proof on:\n    mailer resume d1\n" in printed


def test_a_sound_sending_is_told_on_less_than_a_screen(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        sent_to(ledger, {f"reader{n}@example.org": ACCEPTED for n in range(40)})
    printed = office.run("report", "d1")
    assert "Nothing needs doing." in printed
    assert len(printed.splitlines()) <= 20
    assert "By language  English 20; Russian 20" in printed


def test_at_80_columns_no_line_is_longer(troubled: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_width", 80)
    printed = troubled.run("report", "d1")
    assert max(map(len, printed.splitlines())) <= 80
    assert "  DMARC is missing or wrong." in printed


def test_how_long_it_takes_counts_quotas_and_takes_no_rate_from_what_was_said_long_ago(
    office: Office,
) -> None:
    ends: dict[str, Outcome | None] = {f"a{n}@example.org": ACCEPTED for n in range(5)}
    ends |= {f"b{n}@example.org": None for n in range(10)}
    limits = Limits(per_day=5, per_minute=300)
    with ledger_of(office.workspace) as ledger:
        sent_to(ledger, ends, Pace("outbox", limits))
        assert account_of("d1", ledger, limits=limits).to_finish is None, "nobody is sending"
        with ledger.hold("d1") as holder:
            now = datetime.now(UTC)
            ledger.note_status(holder, WorkStatus(now, measured_rate=2.0))
            assert account_of("d1", ledger).to_finish == timedelta(seconds=5)
            span = account_of("d1", ledger, limits=limits).to_finish
            assert span is not None
            assert timedelta(hours=47, minutes=59) < span < timedelta(hours=48, minutes=2)
            loose = account_of("d1", ledger, limits=Limits(per_day=100))
            assert loose.to_finish == timedelta(seconds=5)
            later = account_of("d1", ledger, clock=lambda: now + timedelta(seconds=11))
            assert (later.measured_rate, later.to_finish) == (0, None)


def test_the_report_itself_says_the_quota_s_time(office: Office) -> None:
    office.use_relay(1)
    path = office.root / "mailer.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\nper_day = 1\n", encoding="utf-8")
    with ledger_of(office.workspace) as ledger:
        plan = a_plan(["anna", "bakyt"], at=datetime.now(UTC))
        ledger.open_dispatch(replace(plan, dispatch=replace(plan.dispatch, relay="office")))
        with ledger.hold("d1") as holder:
            ledger.note_status(holder, WorkStatus(datetime.now(UTC), measured_rate=2.0))
            assert "about 24 hours for 2 more" in office.run("report", "d1")
            told = json.loads(office.run("report", "d1", "--format", "json"))
            assert told["seconds_to_finish"] == 24 * 3600


def test_what_nobody_is_sending_says_how_to_go_on(office: Office) -> None:
    with ledger_of(office.workspace) as ledger:
        sent_to(ledger, {"a@example.org": ACCEPTED, "b@example.org": None})
    assert "1 mail waits. Go on with\n    mailer resume d1\n" in office.run("report", "d1")


def test_a_doubt_can_be_looked_up_and_all_of_them_decided_together(office: Office) -> None:
    ends: dict[str, Outcome | None] = {f"doubt{n}@example.org": NO_ANSWER for n in range(3)}
    with ledger_of(office.workspace) as ledger:
        sent_to(ledger, ends)
        ids = [one.message_id for one in ledger.deliveries("d1")]
    printed = office.run("settle", "d1")
    assert all(message_id in printed for message_id in ids)
    assert "No answer came after the message." in printed
    assert "In doubt: the link broke" in printed
    assert "    mailer settle d1 EMAIL --accepted\n" in printed
    assert "UTC" in printed
    assert "Which one?" in office.run("settle", "d1", "--accepted", code=2)
    assert "There is no terminal" in office.run("settle", "d1", "--all", "--accepted", code=2)
    assert "--all" in office.run("settle", "d1", "a@example.org", "--all", "--accepted", code=2)
    assert "Did you mean" in office.run("settle", "d1", "doubt9@example.org", "--accepted", code=1)
    first = office.run("settle", "d1", "Doubt0@example.org", "--accepted", "--by", "Ann")
    assert ids[0] in first
    assert "taken over" in first
    office.run("settle", "d1", "--all", "--accepted", "--yes", "--by", "Ann")
    with ledger_of(office.workspace) as ledger:
        assert ledger.report("d1").counts == {State.ACCEPTED: 3}
    assert "Nothing in d1 is in doubt" in office.run("settle", "d1", "--all", "--accepted", "--yes", code=2)
    assert "by Ann: doubt0@example.org was taken over" in office.run("report", "d1")


def test_a_report_of_many_holds_only_what_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.ledger.ledger.PAGE", 50)
    ends: dict[str, Outcome | None] = {f"r{n}@d{n % 40}.example.org": NO_SUCH_USER for n in range(1_500)}
    with open_ledger(tmp_path / "ledger.db") as ledger:
        sent_to(ledger, ends)
        made = account_of("d1", ledger)
        all_of_them = list(ledger.deliveries("d1"))
        tracemalloc.start()
        assert sum(1 for _ in report_rows("d1", ledger)) == len(all_of_them) == 1_500
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert [(one.count, len(one.named)) for one in made.because] == [(1_500, 12)]
    assert len(made.sums.by_domain) == 40
    # All of them together take over 1,000 bytes each.
    assert peak < 600_000, peak


def test_rows_are_read_in_pages_that_hold_each_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailer.ledger.ledger.PAGE", 7)
    with open_ledger(tmp_path / "ledger.db") as ledger:
        ledger.open_dispatch(a_plan([f"early{n}" for n in range(3)], "d0", occasion="other"))
        sent_to(ledger, {f"r{n}@example.org": ACCEPTED if n % 3 else NO_SUCH_USER for n in range(21)})
        ledger.open_dispatch(a_plan([f"late{n}" for n in range(30)], "d2", occasion="another"))
        assert [row["address"] for row in report_rows("d1", ledger)] == [
            f"r{n}@example.org" for n in range(21)
        ]
        assert [one.address for one in ledger.deliveries("d1", [State.REFUSED])] == [
            f"r{n}@example.org" for n in range(0, 21, 3)
        ]
        assert len(list(ledger.notices("d2"))) == 30
