"""Every kind of item, in every layout, theme and direction, comes out as it was last looked at."""

from __future__ import annotations

from difflib import unified_diff

import pytest
from golden_kit import GOLDEN, golden, golden_files


@pytest.mark.parametrize("name", golden_files())
def test_an_item_comes_out_as_it_was_last_looked_at(name: str) -> None:
    kept = (GOLDEN / name).read_text(encoding="utf-8")
    diff = "\n".join(unified_diff(kept.splitlines(), golden(name).splitlines(), "kept", "now", lineterm=""))
    assert not diff, f"tests/golden/{name}: if it is meant, run python tests/render/golden_kit.py\n{diff}"


def test_no_file_is_kept_that_nothing_is_compared_with() -> None:
    kept = {file.relative_to(GOLDEN).as_posix() for file in GOLDEN.rglob("*") if file.is_file()}
    assert kept == set(golden_files())
