"""`mailer contacts forget` and the logs of deadlines: the person goes, what happened stays, and nobody is held up."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.flow import ledger_of
from mailer.flow.starter import make_workspace
from tests.flow.office import Office

SLUG = "december-contributions"
EDITOR = "adjoa.lartey@example.com"
HASH = r"forgotten:[0-9a-f]{32}"


@pytest.fixture
def sample(tmp_path: Path) -> Office:
    """A fresh copy of the sample."""
    make_workspace(tmp_path / "office", sample=True)
    return Office(open_workspace(tmp_path / "office"))


def log_of(sample: Office) -> Path:
    return sample.root / "recipients" / "deadlines" / f"{SLUG}.submissions.csv"


def forget(sample: Office, who: str = EDITOR) -> str:
    return sample.run("contacts", "forget", who, "--because", "asked", "--yes")


def findings(sample: Office, *, code: int = 0) -> list[dict[str, object]]:
    printed = json.loads(sample.run("deadlines", "check", SLUG, "--format", "json", code=code))
    return [one for one in printed["findings"] if one["rule"] != "deadline.day-off"]


def test_who_is_forgotten_leaves_the_log_and_the_deadline_goes_on(sample: Office) -> None:
    before = log_of(sample).read_text(encoding="utf-8")
    told = forget(sample)
    assert f"3 rows of {SLUG}.submissions.csv no longer name them." in " ".join(told.split())
    after = log_of(sample).read_text(encoding="utf-8")
    assert "adjoa" not in after.casefold()
    (known_as,) = set(re.findall(HASH, after))
    assert after == before.replace(EDITOR, known_as).replace("Adjoa Lartey", known_as)
    assert findings(sample) == []
    assert "adjoa" not in sample.run("deadlines", "outstanding", SLUG, "--on", "2016-12-13").casefold()


def test_the_log_and_the_send_record_know_them_under_the_same_code(sample: Office) -> None:
    with ledger_of(sample.workspace) as ledger:
        ledger.suppress(EDITOR, "manual", "asked by telephone")  # type: ignore[arg-type]
        forget(sample)
        (entry,) = ledger.suppressions()
    assert log_of(sample).read_text(encoding="utf-8").splitlines()[1].startswith(f"{entry.address},submitted")


def test_what_was_left_undone_is_done_the_second_time(sample: Office) -> None:
    with ledger_of(sample.workspace) as ledger:
        ledger.suppress(EDITOR, "manual", "asked by telephone")  # type: ignore[arg-type]
        ledger.forget(EDITOR)
    forget(sample)
    assert EDITOR not in log_of(sample).read_text(encoding="utf-8")


def test_who_left_contacts_by_hand_can_still_be_forgotten(sample: Office) -> None:
    path = sample.root / "recipients" / "contacts.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if EDITOR not in row), encoding="utf-8")
    (left,) = findings(sample)
    assert (left["rule"], left["severity"], left["line"]) == ("deadline.not-known", "note", 2)
    assert "1 row of" in forget(sample)
    with ledger_of(sample.workspace) as ledger:
        assert set(ledger.forgotten([EDITOR])) == {EDITOR}, "no list brings them back"
    assert findings(sample) == []


def test_who_shares_an_address_takes_only_their_name_along(sample: Office) -> None:
    path = sample.root / "recipients" / "contacts.csv"
    columns = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    row = dict.fromkeys(columns, "") | {"email": EDITOR, "given_name": "Kofi", "family_name": "Annor"}
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join(row[name] for name in columns) + "\n")
    before = log_of(sample).read_text(encoding="utf-8")
    forget(sample, f"Adjoa Lartey <{EDITOR}>")
    assert log_of(sample).read_text(encoding="utf-8") == before.replace("Adjoa Lartey", "…")


def test_a_name_within_a_longer_word_and_another_address_stay(sample: Office) -> None:
    with log_of(sample).open("a", encoding="utf-8") as file:
        file.write(f'nomin@example.org,held,2016-12-14,,X{EDITOR},"see Adjoa Larteys, and (ADJOA LARTEY)"\n')
    forget(sample)
    last = log_of(sample).read_text(encoding="utf-8").splitlines()[-1]
    assert re.fullmatch(
        rf'nomin@example\.org,held,2016-12-14,,X{EDITOR},"see Adjoa Larteys, and \({HASH}\)"', last
    )


def test_a_log_that_cannot_be_read_is_told_before_anything_is_erased(sample: Office) -> None:
    log_of(sample).write_bytes(b"who,what,on\n\xcf\xf0\xe8,submitted,2016-12-02\n")
    contacts = (sample.root / "recipients" / "contacts.csv").read_bytes()
    told = sample.run("contacts", "forget", EDITOR, "--because", "asked", "--yes", code=1)
    assert f"{SLUG}.submissions.csv:2" in told
    assert (sample.root / "recipients" / "contacts.csv").read_bytes() == contacts
