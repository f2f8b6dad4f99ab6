"""What clocks show where a reader lives, as far as their country tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from mailer.model.register import Country

CAPITALS: Mapping[str, str] = {
    "AR": "America/Argentina/Buenos_Aires",
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "FM": "Pacific/Pohnpei",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "RU": "Europe/Moscow",
    "UA": "Europe/Kyiv",
    "US": "America/New_York",
    "UZ": "Asia/Tashkent",
}
"""Countries with several time zones in tzdata's zone.tab → that of the capital."""


@dataclass(frozen=True, slots=True)
class Clock:
    """A moment as clocks in a country show it."""

    at: datetime
    """In the country's zone."""
    is_capital: bool
    """Whether clocks elsewhere in the country show another time: this is the capital's."""

    @property
    def offset(self) -> str:
        """Such as UTC+5 or UTC+5:45."""
        seconds = int((self.at.utcoffset() or timedelta()).total_seconds())
        hours, minutes = divmod(abs(seconds) // 60, 60)
        return f"UTC{'-' if seconds < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")


def clock_in(country: str, countries: Mapping[str, Country], at: datetime) -> Clock | None:
    """What clocks in the country show at that moment; None where nobody knows.

    The register's `timezone` counts first, then the zone of the country; of several, the capital's.
    """
    zones = _zones().get(country, ())
    known = countries[country].timezone if country in countries else ""
    chosen = known or CAPITALS.get(country, "") or (zones[0] if len(zones) == 1 else "")
    if not chosen:
        return None
    local = at.astimezone(ZoneInfo(chosen))
    elsewhere = {at.astimezone(ZoneInfo(zone)).utcoffset() for zone in zones}
    return Clock(local, bool(elsewhere - {local.utcoffset()}))


@cache
def _zones() -> Mapping[str, tuple[str, ...]]:
    """ISO 3166 code → its zones in the tz database."""
    found: dict[str, tuple[str, ...]] = {}
    text = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, _, zone, *_ = line.split("\t")
            found[code] = (*found.get(code, ()), zone)
    return found
