"""Running reminders by themselves: a systemd timer and a cron line for this workspace."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def timer_text(root: Path) -> str:
    """Unit files and a cron line that run `mailer remind --yes` in office hours, every hour.

    Running it often is harmless: nobody is reminded twice, and what a machine that was off has missed is made good
    by the latest reminder only. The hours are the machine's; the days are reckoned in each deadline's own zone.
    """
    place = root.resolve()
    command = f"{shlex.quote(sys.executable)} -m mailer -w {shlex.quote(str(place))} remind --yes"
    unit = command.replace("%", "%%")
    return f"""\
# ~/.config/systemd/user/mailer-remind.service
[Unit]
Description=Deadline reminders that are due today

[Service]
Type=oneshot
ExecStart={unit}

# ~/.config/systemd/user/mailer-remind.timer
[Unit]
Description=Look for deadline reminders every hour from 7 to 18

[Timer]
OnCalendar=*-*-* 07..18:30:00
Persistent=true

[Install]
WantedBy=timers.target

# Then: systemctl --user daemon-reload && systemctl --user enable --now mailer-remind.timer
# (and `loginctl enable-linger`, so that it runs while nobody is logged in).

# Or, with cron (`crontab -e`):
30 7-18 * * * {command.replace("%", chr(92) + "%")}
"""
