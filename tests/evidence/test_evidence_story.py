"""User story 6: who was told what, when, in which language, at which address; and it still verifies a year later."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from mailer.config import open_workspace
from mailer.content import Receipt, read_receipts
from mailer.content.records import chain_head
from mailer.evidence.signing import public_key
from mailer.model.suppression import Because
from tests.evidence.sent_office import SentOffice

Write = Callable[[str], Path]
FORMS = ("csv", "xlsx", "json")


def rows_in(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["rows"]
    return rows


def test_the_record_tells_of_each_person_what_became_of_the_notice(sent: SentOffice, written: Write) -> None:
    rows = {row["person"]: row for row in rows_in(written("json"))}
    assert len(rows) == 4
    reached = rows["Aigerim Sadykova"]
    assert reached["country"] == "Kazakhstan"
    assert reached["role"] == "national focal point (cms)"
    assert reached["address"] == "aigerim@example.org"
    assert reached["language"] == "en"
    assert reached["what"] == "test-issue"
    assert reached["became"] == "taken over by office"
    assert reached["answer"] == "250 2.0.0 kept"
    assert reached["message_id"].startswith("<")
    with sent.ledger() as ledger:
        (tried,) = ledger.attempts(next(iter(ledger.deliveries(sent.sending))).id)
    assert abs(tried.at.timestamp() - _instant(reached["when"])) < 60
    refused = rows["Enkhjargal Bold"]
    assert (refused["became"], refused["answer"]) == ("refused", "550 5.1.1 no such user")
    assert rows["Rustam Davlatov"]["role"] == "press"
    assert not any("delivered" in cell for row in rows.values() for cell in row.values())


@pytest.mark.parametrize("form", FORMS)
def test_a_year_later_it_verifies_with_nothing_but_mailer_toml_and_dispatches_yaml(
    sent: SentOffice, written: Write, form: str
) -> None:
    path = written(form)
    shutil.rmtree(sent.root / ".mailer")
    shutil.rmtree(sent.root / "recipients")
    sent.issue.unlink()
    (receipt,) = read_receipts(sent.issue.parent)
    assert sent.run("verify", str(path)) == (
        f"{path.name}: intact: 4 rows, signed by this office's key, "
        f"noted in dispatches.yaml on {receipt.finished_at:%Y-%m-%d}.\n"
    )
    assert not (sent.root / ".mailer").exists()
    sent.settings.unlink()
    sent.run("verify", str(path), code=1)
    key = path.read_text(encoding="utf-8").split("ed25519:")[1][:44] if form != "xlsx" else _key_in(path)
    printed = sent.run("verify", str(path), "--key", f"ed25519:{key}")
    assert "intact: 4 rows" in printed
    assert "not held against dispatches.yaml" in printed


def test_a_changed_cell_is_located_in_every_form(sent: SentOffice, written: Write) -> None:
    for form in ("csv", "json"):
        path = written(form)
        path.write_bytes(path.read_bytes().replace(b"refused", b"taken over by office", 1))
        assert 'row 2 was changed in "What became of it"' in sent.run("verify", str(path), code=1)
    path = written("xlsx")
    book = load_workbook(path)
    book["Record of notice"]["I3"] = "2026-01-01 00:00:00"
    book.save(path)
    printed = sent.run("verify", str(path), code=1)
    assert 'row 3: row 2 was changed in "When (UTC)"' in printed
    assert "still signed by this office's key" in printed
    told = json.loads(sent.run("verify", str(path), "--format", "json", code=1))
    assert (told["intact"], told["signed"], len(told["troubles"])) == (False, True, 2)


def test_a_record_made_much_later_agrees_with_what_was_noted_when_the_sending_ended(
    sent: SentOffice, written: Write
) -> None:
    with sent.ledger() as ledger:
        ledger.suppress("aigerim@example.org", Because.BOUNCED, "550 mailbox gone")
    sent.contacts.write_text(
        sent.contacts.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
    )
    path = written("json")
    assert "noted in dispatches.yaml on" in sent.run("verify", str(path))
    rows = {row["person"]: row for row in rows_in(path)}
    assert "bounced: 550 mailbox gone" in rows["Aigerim Sadykova"]["bounced"]
    printed = sent.run("evidence", sent.sending)
    assert "Nobody was reached in 2 of 4" in printed
    assert printed.index("Kazakhstan") < printed.index("Mongolia") < printed.index("Tajikistan")


def test_somebody_who_is_forgotten_leaves_the_record_true(sent: SentOffice, written: Write) -> None:
    before = written("json")
    with sent.ledger() as ledger:
        forgotten = ledger.forget("aigerim@example.org", by="Ann", why="asked to")
    path = before.rename(before.with_name("before.json"))
    after = written("json")
    assert "intact" in sent.run("verify", str(path))
    assert "noted in dispatches.yaml on" in sent.run("verify", str(after))
    text = after.read_text(encoding="utf-8")
    assert "Aigerim" not in text
    assert "aigerim" not in text
    assert forgotten.known_as in {row["address"] for row in rows_in(after)}


def test_a_send_record_that_was_changed_behind_our_back_no_longer_agrees(
    sent: SentOffice, written: Write
) -> None:
    with sqlite3.connect(sent.workspace.ledger_path) as database:
        database.execute("UPDATE deliveries SET state = 'accepted' WHERE state = 'refused'")
    printed = sent.run("verify", str(written("csv")), code=1)
    assert f"does not agree with what dispatches.yaml noted of the sending {sent.sending}" in printed


def test_receipts_that_were_changed_are_told(sent: SentOffice, written: Write) -> None:
    path = written("csv")
    text = sent.receipts.read_text(encoding="utf-8")
    sent.receipts.write_text(text.replace("accepted: 3", "accepted: 4"), encoding="utf-8")
    assert "was changed or taken out" in sent.run("verify", str(path), code=1)


def test_receipts_from_before_records_of_notice_still_hold(sent: SentOffice, written: Write) -> None:
    (receipt,) = read_receipts(sent.issue.parent)
    old = receipt.model_copy(update={"evidence": "", "chain_head": ""})
    head = chain_head("", old)
    assert head == _head_without_evidence(old)
    lines = sent.receipts.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if "evidence:" not in line]
    text = "".join(kept).replace(receipt.chain_head, head)
    sent.receipts.write_text(text, encoding="utf-8")
    assert read_receipts(sent.issue.parent)[0].evidence == ""
    printed = sent.run("verify", str(written("csv")))
    assert "intact" in printed
    assert "notes nothing of the sending" in printed


def test_a_rehearsal_is_no_evidence(sent: SentOffice) -> None:
    rehearsals = [d for d in json.loads(sent.run("dispatches", "--format", "json")) if d["rehearsal"]]
    printed = sent.run("evidence", rehearsals[0]["id"], code=2)
    assert "is a rehearsal: nobody was told anything" in printed
    assert "Say either" in sent.run("evidence", code=2)
    assert "No sending is called" in sent.run("evidence", "zzzz", code=1)
    assert "There is no folder" in sent.run("evidence", sent.sending, "--csv", "/nowhere/a.csv", code=2)


def test_the_first_record_of_a_ledger_writes_its_key_and_leaves_the_rest_of_mailer_toml(
    sent: SentOffice, tmp_path: Path
) -> None:
    before = sent.settings.read_text(encoding="utf-8")
    line = next(line for line in before.splitlines() if line.startswith("evidence_key"))
    sent.settings.write_text(before.replace(line + "\n", "# kept\n"), encoding="utf-8")
    assert "no [ledger] evidence_key" in sent.run("verify", str(_any_record(sent, tmp_path)), code=2)
    sent.settings.write_text(before.replace(line + "\n", "# kept\n"), encoding="utf-8")
    assert "The public key is in mailer.toml now" in sent.run("evidence", sent.sending)
    after = sent.settings.read_text(encoding="utf-8")
    assert line in after
    assert after.replace(line + "\n", "") == before.replace(line + "\n", "# kept\n")
    assert "The public key" not in sent.run("evidence", sent.sending)


def test_a_new_ledger_of_record_keeps_the_key_of_the_one_before(sent: SentOffice, written: Write) -> None:
    path = written("csv")
    with sent.ledger() as ledger:
        former = public_key(ledger.secret("evidence"))
    shutil.rmtree(sent.root / ".mailer")
    sent.run("ledger", "adopt", "--yes")
    settings = open_workspace(sent.root).config.ledger
    assert settings.former_evidence_keys == (former,)
    assert settings.evidence_key not in ("", former)
    assert "intact" in sent.run("verify", str(path))
    sent.run("ledger", "adopt", "--yes")
    assert open_workspace(sent.root).config.ledger == settings


def test_the_workbook_reads_well(written: Write) -> None:
    book = load_workbook(written("xlsx"))
    assert book.sheetnames == ["Summary", "Record of notice", "Signature"]
    first = [cell.value for cell in book["Summary"][2]]
    assert first[:2] == ["Mongolia", "1"]
    assert first[6].startswith("nobody: Enkhjargal Bold refused")
    rows = book["Record of notice"]
    assert all(cell.font.bold for cell in rows[1])
    assert rows["H2"].alignment.vertical == "top"
    assert not rows["R2"].alignment.wrap_text
    people = [row[4].value for row in rows.iter_rows(min_row=2)]
    assert people == ["Aigerim Sadykova", "Enkhjargal Bold", "Rustam Davlatov", "=Nodira Yusupova"]


def test_the_csv_opens_as_a_table_with_a_row_a_mail(written: Write) -> None:
    text = written("csv").read_text(encoding="utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [line["Country"] for line in lines[:4]] == ["Kazakhstan", "Mongolia", "Tajikistan", "Uzbekistan"]
    assert lines[3]["Person"] == "'=Nodira Yusupova"
    assert "Signature" in text


def _any_record(sent: SentOffice, folder: Path) -> Path:
    path = folder / "any.csv"
    settings = sent.settings.read_text(encoding="utf-8")
    sent.run("evidence", sent.sending, "--csv", str(path))
    sent.settings.write_text(settings, encoding="utf-8")
    return path


def _key_in(path: Path) -> str:
    sheet = load_workbook(path)["Signature"]
    pairs = {row[0].value: row[1].value for row in sheet.iter_rows()}
    return str(pairs["Public key"]).removeprefix("ed25519:")


def _instant(text: str) -> float:
    from datetime import UTC, datetime

    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC).timestamp()


def _head_without_evidence(receipt: Receipt) -> str:
    import hashlib

    values = receipt.model_dump(mode="json", include={"id", "digest", "ledger", "finished_at", "counts"})
    values |= {"relay": receipt.relay, "segments": list(receipt.segments)}
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"\n{text}".encode()).hexdigest()
