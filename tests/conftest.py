"""What holds for every test: wide output whatever the terminal, no settings from outside, what takes long first."""

from __future__ import annotations

import gc
import os

import pytest

os.environ["COLUMNS"] = "200"
os.environ["NO_COLOR"] = "1"
# Proofs without screenshots, which take seconds each.
os.environ["CHROMIUM_BIN"] = ""
for name in [name for name in os.environ if name.startswith("MAILER_")]:
    del os.environ[name]

LONG = ("postfix", "storm", "studio", "flow", "backup", "evidence", "ledger")
"""Folders whose tests start programs and wait for them: begun first, so that none is left alone at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        folder = item.nodeid.split("/")[1]
        return LONG.index(folder) if folder in LONG else len(LONG)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    # Thousands of collected tests are never garbage: looking at them at every collection takes long.
    gc.collect()
    gc.freeze()
