"""A ledger that an older program made: it is brought to this version whole, and nothing in it is lost."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from ledger_cases import START, a_plan
from sqlalchemy import inspect

from mailer.errors import LedgerError
from mailer.ledger import Ledger, migrating, open_ledger
from mailer.model.dispatch import Answer, State
from mailer.model.pace import Turn

V1 = Path(__file__).with_name("ledger_v1.sql").read_text(encoding="utf-8")
"""The tables as the first version of the program wrote them, word for word."""
AT = int(START.timestamp()) * 1_000_000
ROWS = f"""
INSERT INTO meta VALUES ('kind', 'saiga-mailer ledger'), ('version', '1'), ('id', 'the-old-one'),
  ('created', '2026-11-01'), ('token', '7'), ('secret message-id', '{"0a" * 32}');
INSERT INTO dispatches VALUES ('d1', 'real', '2016-12-cami', '2016-12-cami', 'ab', 'newsletter', 'office', '["all"]',
  '{{"name": "CAMI", "email": "cami@example.org"}}', '2016-12-19', {AT}, {AT + 10**12}, 'open', '');
INSERT INTO deliveries (id, dispatch_id, address, email, name, language, country, variant, slots, message_id, state,
  due_at, updated_at) VALUES
  (1, 'd1', 'anna@example.org', 'anna@example.org', 'Anna', 'en', 'KZ', 'en-1', '{{"name": "Anna"}}', '<1@x>',
   'accepted', NULL, {AT}),
  (2, 'd1', 'bakyt@example.org', 'bakyt@example.org', 'Bakyt', 'ru', 'KZ', 'ru-1', '{{}}', '<2@x>', 'planned', {AT},
   {AT});
INSERT INTO claims VALUES ('real', '2016-12-cami', 'anna@example.org', 1),
  ('real', '2016-12-cami', 'bakyt@example.org', 2);
INSERT INTO attempts VALUES (1, 1, {AT}, 'dot', 'accepted', 250, '2.0.0', 'queued', '');
INSERT INTO events (at, kind, dispatch_id, delivery_id, address, "by", why)
  VALUES ({AT}, 'paused', 'd1', NULL, '', 'D. Officer', 'lunch');
"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(V1 + ROWS)
    return path


def shape(ledger: Ledger) -> dict[str, object]:
    """Columns, keys, indexes and what may not stand in them, of every table."""
    with ledger._store.read() as connection:
        seen = inspect(connection)
        return {
            table: (
                {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in seen.get_columns(table)},
                seen.get_pk_constraint(table)["constrained_columns"],
                {i["name"]: i["column_names"] for i in seen.get_indexes(table)},
                {str(c["name"]) for c in seen.get_check_constraints(table)},
            )
            for table in seen.get_table_names()
        }


def test_an_old_ledger_becomes_what_a_new_one_is(old: Path, tmp_path: Path) -> None:
    with open_ledger(old) as ledger, open_ledger(tmp_path / "new.db") as new:
        assert shape(ledger) == shape(new)
        with ledger._store.read() as connection:
            assert migrating.version_of(connection) == migrating.VERSION


def test_what_it_knew_it_still_knows(old: Path) -> None:
    with open_ledger(old, clock=lambda: START) as ledger:
        assert ledger.id == "the-old-one"
        anna, bakyt = ledger.deliveries("d1")
        assert (anna.state, str(anna.reply)) == (State.ACCEPTED, "250 2.0.0 queued")
        assert (bakyt.state, bakyt.occasions, bakyt.code) == (State.PLANNED, (), "")
        assert [(event.kind, event.answer) for event in ledger.events()] == [("paused", None)]
        again = ledger.open_dispatch(a_plan(dispatch_id="d2"))
        assert again.already == ("anna@example.org", "bakyt@example.org")
        with ledger.hold() as holder:
            (claimed,) = ledger.claim("d1", 3, holder)
        assert claimed.token > 7


def test_the_second_version_becomes_this_one_with_all_its_tries(old: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(old)) as raw:
        for statement in migrating.STEPS[1]:
            raw.execute(statement)
        raw.execute("UPDATE meta SET value = '2' WHERE key = 'version'")
        raw.execute("UPDATE deliveries SET state = 'deferred', due_at = updated_at WHERE id = 2")
        raw.execute(
            f"INSERT INTO attempts VALUES (2, 1, {AT}, 'rcpt', 'deferred', 450, '4.7.1', 'later', '')"
        )
        raw.commit()
    with open_ledger(old, clock=lambda: START) as ledger, open_ledger(tmp_path / "new.db") as new:
        assert shape(ledger) == shape(new)
        anna, bakyt = ledger.deliveries("d1")
        assert [row.attempts for row in (anna, bakyt)] == [1, 1]
        assert ledger.sums("d1").by_domain == {"example.org": {"accepted": 1, "deferred": 1}}
        assert ledger.progress("d1").counts == {"accepted": 1, "deferred": 1}
        with ledger.hold("d1") as holder:
            (claimed,) = ledger.turn("d1", holder, Turn(claim=3)).claimed
            assert (claimed.address, claimed.attempts) == ("bakyt@example.org", 1)
        ledger.cancel("d1", "A wrong date.")
        assert ledger.holds("real", "2016-12-cami") == 1
        with ledger._store.read() as connection:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_it_is_done_once_whoever_opens_it(old: Path) -> None:
    def ids(_: int) -> str:
        with open_ledger(old) as ledger:
            return ledger.id

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ids, range(4))) == {"the-old-one"}


def test_a_step_that_breaks_off_leaves_the_ledger_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = {1: (*migrating.STEPS[1], "ALTER TABLE nowhere ADD COLUMN x")}
    before = dump(old)
    with monkeypatch.context() as patch:
        patch.setattr(migrating, "STEPS", broken)
        with pytest.raises(Exception, match="nowhere"):
            open_ledger(old)
    assert dump(old) == before
    with open_ledger(old) as ledger:
        assert ledger.knows("d1")


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def test_a_version_that_never_was_is_refused(old: Path) -> None:
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("UPDATE meta SET value = '0' WHERE key = 'version'")
        raw.commit()
    with pytest.raises(LedgerError, match=r"format is 0, which no program has written\. Put back"):
        open_ledger(old)


@pytest.mark.parametrize("made", ["old", "new"])
@pytest.mark.parametrize(
    ("kind", "answer"), [("paused", "'seen'"), ("acknowledged", "NULL"), ("acknowledged", "'perhaps'")]
)
def test_the_database_refuses_an_answer_to_nothing(
    old: Path, tmp_path: Path, made: str, kind: str, answer: str
) -> None:
    path = old if made == "old" else tmp_path / "new.db"
    open_ledger(path).close()
    with closing(sqlite3.connect(path)) as raw:
        added = (
            f"INSERT INTO events (at, kind, address, \"by\", why, answer) VALUES (1, '{kind}', '', '', '', "
        )
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            raw.execute(f"{added}{answer})")
        raw.execute(added.replace(kind, "acknowledged") + f"'{Answer.SEEN}')")
