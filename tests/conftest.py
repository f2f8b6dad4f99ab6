"""What holds for every test: wide output whatever the terminal, no settings from outside, what takes long first."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import settings

# No test asserts a time: the machine may be busy with others.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
os.environ["COLUMNS"] = "200"
os.environ["NO_COLOR"] = "1"
# Proofs without screenshots, which take seconds each.
os.environ["CHROMIUM_BIN"] = ""
for name in [name for name in os.environ if name.startswith("MAILER_")]:
    del os.environ[name]

LONGEST = (
    "flow/test_sending_for_real.py",
    "flow/test_reminders_by_command.py",
    "flow/test_reminders_for_real.py",
    "studio/test_studio_around_browser.py",
    "studio/test_studio_browser.py",
    "studio/test_studio_sending.py",
    "render/test_render_axe.py",
    "flow/test_correcting.py",
    "flow/test_workers.py",
    "flow/test_beside_a_correction.py",
    "postfix/test_real_postfix.py",
    "storm/test_kill_storm.py",
    "flow/test_whole_flow.py",
    "flow/test_archive.py",
    "flow/test_print_edition.py",
)
"""Files that take longest, the longest first: begun first, so that none is left alone at the end."""
LONG = ("studio", "flow", "render", "evidence", "ledger", "backup")
"""Folders whose tests start programs and wait for them: after those."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        file = item.nodeid.removeprefix("tests/").partition("::")[0]
        if file in LONGEST:
            return LONGEST.index(file)
        folder = file.partition("/")[0]
        return len(LONGEST) + (LONG.index(folder) if folder in LONG else len(LONG))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    # Thousands of collected tests are never garbage: looking at them at every collection takes long.
    gc.collect()
    gc.freeze()
