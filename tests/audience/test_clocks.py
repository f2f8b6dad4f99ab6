"""What clocks show where a reader lives."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from mailer.audience.clocks import CAPITALS, _zones, clock_in
from mailer.model.register import Country

WINTER = datetime(2016, 12, 19, 9, 14, tzinfo=UTC)
SUMMER = datetime(2017, 7, 1, 9, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "at", "shown", "offset", "is_capital"),
    [
        ("TJ", WINTER, "14:14", "UTC+5", False),
        ("NP", WINTER, "14:59", "UTC+5:45", False),
        ("DE", WINTER, "10:14", "UTC+1", False),
        ("DE", SUMMER, "11:14", "UTC+2", False),
        ("RU", WINTER, "12:14", "UTC+3", True),
        ("US", WINTER, "04:14", "UTC-5", True),
        # Almaty was an hour ahead of the west until 2024; since then there is one time.
        ("KZ", WINTER, "15:14", "UTC+6", True),
        ("KZ", datetime(2026, 1, 5, 9, 14, tzinfo=UTC), "14:14", "UTC+5", False),
        ("UZ", WINTER, "14:14", "UTC+5", False),
    ],
)
def test_a_moment_is_told_by_the_country_s_clocks(
    code: str, at: datetime, shown: str, offset: str, is_capital: bool
) -> None:
    clock = clock_in(code, {}, at)
    assert clock is not None
    assert (f"{clock.at:%H:%M}", clock.offset, clock.is_capital) == (shown, offset, is_capital)


def test_what_the_register_says_comes_first() -> None:
    clock = clock_in("RU", {"RU": Country(iso2="RU", timezone="Asia/Vladivostok")}, WINTER)
    assert clock is not None
    assert f"{clock.at:%H:%M}" == "19:14"


def test_where_nobody_knows_nothing_is_guessed() -> None:
    assert clock_in("", {}, WINTER) is None
    assert clock_in("XX", {}, WINTER) is None
    assert clock_in("AQ", {}, WINTER) is None


def test_every_country_with_several_zones_has_its_capital_s_among_them() -> None:
    several = {code: zones for code, zones in _zones().items() if len(zones) > 1}
    # Antarctica and the outlying islands of the United States have no capital.
    assert set(several) - set(CAPITALS) == {"AQ", "UM"}
    for code, zone in CAPITALS.items():
        assert zone in several.get(code, (zone,))
        assert ZoneInfo(zone).key == zone
