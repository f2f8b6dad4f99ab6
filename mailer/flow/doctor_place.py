"""Where the send record is, and what this machine's clock says."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailer.config import Config, Workspace
from mailer.config import SmtpRelay as SmtpSettings
from mailer.flow.doctor_words import Examined, bad, good
from mailer.ledger.place import current_mounts, place_trouble

LEAST_ROOM = 500_000_000
"""Octets that must be free: a large sending and its backup."""
AHEAD = timedelta(minutes=5)
"""By which a clock may be wrong: signatures and tokens allow about as much."""


def settings(config: Config, relay: str) -> Examined:
    """What mailer.toml lacks for a sending in earnest."""
    chosen = config.relays[relay]
    if not isinstance(chosen, SmtpSettings):
        words = f"mailer.toml can be read. {relay} is the practice tray: nothing leaves this machine."
        return good("settings", words)
    if not config.ledger.record:
        words = "mailer.toml names no ledger of record: real sendings are refused."
        return bad("settings", words, "On the machine that is to keep the record: `mailer ledger adopt`.")
    return good("settings", f"mailer.toml can be read, and is whole for sending through {relay}.")


def ledger_place(
    workspace: Workspace, mounts: Mapping[Path, str] | None = None, room: int | None = None
) -> Examined:
    """Whether the send record can be written where it is to be, safely and with room. Nothing is made there."""
    path = workspace.ledger_path
    shown = workspace.shown(path)
    mend = "Set `path` under [ledger] in mailer.toml to a place on this machine's own disk."
    if trouble := place_trouble(path, dict(current_mounts() if mounts is None else mounts)):
        return bad("ledger", f"The send record cannot be at {shown}: {trouble}", mend)
    folder = next(each for each in path.parents if each.is_dir())
    places = [folder, path] if path.exists() else [folder]
    for place in places:
        if not os.access(place, os.W_OK):
            words = f"The send record {shown} cannot be written: {place} is not ours to write."
            return bad("ledger", words, f"Run it as the user to whom {place} belongs.")
    free = shutil.disk_usage(folder).free if room is None else room
    if free < LEAST_ROOM:
        words = f"The disk of the send record {shown} has {free / 1e6:,.0f} MB free."
        return bad("ledger", words, f"Make room: {LEAST_ROOM / 1e6:,.0f} MB at the least.")
    there = "is" if path.exists() else "will be"
    return good("ledger", f"The send record {there} at {shown}, on a disk of this machine with room.")


def clock(now: datetime, seen: Iterable[tuple[str, datetime]]) -> Examined:
    """Whether this machine's clock agrees with moments that others have noted: none can be in the future."""
    for what, moment in seen:
        if moment - now > AHEAD:
            words = f"This machine's clock says {now:%d %B %Y %H:%M} UTC, but {what} is of {moment:%d %B %Y %H:%M}."
            return bad("clock", words, "Set the clock, and have it set by itself (NTP).")
    return good("clock", f"The clock says {now:%d %B %Y %H:%M} UTC, and nothing here contradicts it.")


def moments(workspace: Workspace) -> list[tuple[str, datetime]]:
    """When files of the workspace were last written."""
    places = (workspace.root / "mailer.toml", workspace.ledger_path)
    return [
        (f"what stands in {workspace.shown(place)}", datetime.fromtimestamp(place.stat().st_mtime, UTC))
        for place in places
        if place.exists()
    ]
