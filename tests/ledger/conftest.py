"""Fixtures of the ledger's tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_cases import Clock, SqliteLedgers

from mailer.ledger import Ledger


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledgers(tmp_path: Path) -> SqliteLedgers:
    return SqliteLedgers(tmp_path)


@pytest.fixture
def ledger(ledgers: SqliteLedgers, clock: Clock) -> Iterator[Ledger]:
    with ledgers.open(clock) as opened:
        yield opened
