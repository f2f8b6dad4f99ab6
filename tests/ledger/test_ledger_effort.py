"""What is asked of a large send record costs what the answer is large, not what the record is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from ledger_cases import ACCEPTED, NO_SUCH_USER, Clock, SqliteLedgers, a_dispatch, a_reader
from sqlalchemy import event

from mailer.ledger import Event, Ledger
from mailer.model.deadline import occasion_of
from mailer.model.dispatch import REAL, Answer, Plan

MANY = 200


def effort(ledger: Ledger, ask: Callable[[], object]) -> int:
    """Tens of steps that the database takes to answer (SQLite's virtual machine counts them)."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def prepare(connection: Any, _record: object) -> None:
        connection.set_progress_handler(count, 10)

    engine = ledger._store.engine
    engine.dispose()
    event.listen(engine, "connect", prepare)
    try:
        ask()
    finally:
        event.remove(engine, "connect", prepare)
        engine.dispose()
    return steps


def send(ledger: Ledger, deadline: str, dispatch_id: str, count: int, refused: str = "") -> None:
    """That many accepted mails under a deadline, each answered."""
    due = date(2017, 4, 24)
    rows = tuple(
        replace(
            a_reader(f"{dispatch_id}.{n}"),
            occasions=tuple(
                occasion_of(deadline, due, step, f"{dispatch_id}.{n}") for step in ("-90d", "-30d")
            ),
            code=f"{dispatch_id}x{n}",
        )
        for n in range(count)
    )
    ledger.open_dispatch(Plan(a_dispatch(dispatch_id, occasion=f"{deadline}/{dispatch_id}"), rows))
    with ledger.hold() as holder:
        for claimed in ledger.claim(dispatch_id, count, holder):
            if claimed.address == refused:
                ledger.settle(claimed, NO_SUCH_USER)
            else:
                ledger.hand(claimed)
                ledger.settle(claimed, ACCEPTED)
    ledger.finish_if_done(dispatch_id)
    for row in rows:
        if row.address != refused:
            ledger.acknowledge(row.code, Answer.LATER)


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A record with one small deadline and a large one; to be read only."""
    with SqliteLedgers(tmp_path_factory.mktemp("busy")).open(Clock()) as ledger:
        send(ledger, "small", "d1", 3, refused="d1.0@example.org")
        send(ledger, "large", "d2", MANY)
        yield ledger


def test_only_what_the_question_is_about_is_read(busy: Ledger) -> None:
    answers = busy.acknowledgements(deadline_id="small")
    assert [one.address for one in answers] == ["d1.1@example.org", "d1.2@example.org"]
    assert effort(busy, lambda: busy.acknowledgements(deadline_id="small")) < MANY // 4
    assert busy.bounced() == {"d1.0@example.org"}
    assert effort(busy, busy.bounced) < MANY


def test_notices_page_by_page_read_each_answer_once(busy: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = list(busy.notices("d2"))
    assert [len(one.answers) for one in whole] == [1] * MANY
    read = []

    def noted(*cells: Any) -> Event:
        read.append(cells)
        return Event(*cells)

    monkeypatch.setattr("mailer.ledger.reading.Event", noted)
    monkeypatch.setattr("mailer.ledger.reminders.PAGE", MANY // 10)
    assert list(busy.notices("d2")) == whole
    assert MANY < len(read) < MANY + 20


def test_many_steps_lapse_in_one_transaction(ledger: Ledger) -> None:
    begun = []
    event.listen(ledger._store._writing, "begin", begun.append)
    steps = {occasion_of("report", date(2017, 4, 24), "-90d", who): "The machine was off." for who in "ABC"}
    assert ledger.lapse_all(REAL, steps) == len(steps)
    assert len(begun) == 1
    assert ledger.lapse_all(REAL, steps | {"report/2017-04-24/-30d/A": "Again."}) == 1
    assert ledger.lapse_all(REAL, {}) == 0
    assert ledger.reminders(REAL, "report").lapsed == {*steps, "report/2017-04-24/-30d/A"}
