"""Running things by themselves: systemd timers and cron lines for this workspace."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

_TEXT = """\
# ~/.config/systemd/user/{name}.service
[Unit]
Description={what}

[Service]
Type=oneshot
ExecStart={unit}

# ~/.config/systemd/user/{name}.timer
[Unit]
Description={when}

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target

# Then: systemctl --user daemon-reload && systemctl --user enable --now {name}.timer
# (and `loginctl enable-linger`, so that it runs while nobody is logged in).

# Or, with cron (`crontab -e`):
{cron} {line}
"""


def timer_text(root: Path) -> str:
    """Unit files and a cron line that run `mailer remind --yes` in office hours, every hour.

    Running it often is harmless: nobody is reminded twice, and what a machine that was off has missed is made good
    by the latest reminder only. The hours are the machine's; the days are reckoned in each deadline's own zone.
    """
    return _text(
        root,
        "remind --yes",
        name="mailer-remind",
        what="Deadline reminders that are due today",
        when="Look for deadline reminders every hour from 7 to 18",
        calendar="*-*-* 07..18:30:00",
        cron="30 7-18 * * *",
    )


def resume_timer_text(root: Path) -> str:
    """Unit files and a cron line that run `mailer resume --due` every five minutes.

    It begins what was planned for now and goes on with what was cut off. While one run sends, it also looks for what
    becomes due, so that no timer has to start another beside it.
    """
    return _text(
        root,
        "resume --due",
        name="mailer-resume",
        what="Sendings that are planned for now, or were cut off",
        when="Look for sendings that are due, every five minutes",
        calendar="*:0/5",
        cron="*/5 * * * *",
    )


def _text(root: Path, arguments: str, *, name: str, what: str, when: str, calendar: str, cron: str) -> str:
    place = shlex.quote(str(root.resolve()))
    command = f"{shlex.quote(sys.executable)} -m mailer -w {place} {arguments}"
    # Both give the per cent sign a meaning of their own.
    unit, line = command.replace("%", "%%"), command.replace("%", "\\%")
    return _TEXT.format(name=name, what=what, when=when, calendar=calendar, cron=cron, unit=unit, line=line)
