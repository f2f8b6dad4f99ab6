"""Files that come with the message: kinds that are refused, names, calendar entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from mailer.check.mail_reading import EVERYWHERE, in_versions
from mailer.check.rule import STOP, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import Attachment

REFUSED = frozenset(
    """7z ace ade adp apk appx bat bz2 cab chm cmd com cpl diagcab dll dmg docm exe gz hta htm html img ins iso isp
    jar js jse lib lnk mde msc msi msix msp mst nsh one pif ps1 rar reg scr sct shb svg sys tar tgz vb vbe vbs vhd
    vxd wsc wsf wsh xlsm xll xz zip""".split()
)
"""Endings that Gmail or Outlook refuse, or that filters of offices hold back."""
CALENDAR = "text/calendar"
BEGINNING = re.compile(r"^BEGIN:VEVENT$", re.MULTILINE)
"""Of an event; a text may say the same in its line."""
EVENT = re.compile(r"^BEGIN:VEVENT\n(.*?)^END:VEVENT$", re.MULTILINE | re.DOTALL)
LAST_DAY = re.compile(r"^(DTEND|DTSTART)([^:\n]{0,80}):(\d{8})", re.MULTILINE)


def refused(checked: CheckedIssue) -> Iterator[Finding]:
    """A file of a kind that mail services refuse."""
    found = ((each.name, key) for each, key in _attached(checked) if set(_endings(each.name)) & REFUSED)
    for name, where in in_versions(found, len(checked.renditions)):
        yield checked.finding(
            "attachment.refused",
            Severity.STOP,
            f'The file "{name}" {where} is of a kind that mail services refuse.',
            "Put it on the web site, and link to it.",
            at=EVERYWHERE,
            words=name,
        )


def odd_name(checked: CheckedIssue) -> Iterator[Finding]:
    """A file whose name does not say what it is."""
    found = ((f"{each.name}\n{why}", key) for each, key in _attached(checked) if (why := _why_odd(each)))
    for told, where in in_versions(found, len(checked.renditions)):
        name, _, why = told.partition("\n")
        yield checked.finding(
            "attachment.name",
            Severity.WARN,
            f'The file "{name}" {where} {why}.',
            "Give it a short name with one ending that says its kind, such as agenda.ics.",
            at=EVERYWHERE,
            words=name,
        )


def calendar(checked: CheckedIssue) -> Iterator[Finding]:
    """A calendar entry that programs will not take."""
    yield from _calendar(
        checked, "attachment.calendar", Severity.STOP, _why_broken, "Mend the calendar entry."
    )


def calendar_past(checked: CheckedIssue) -> Iterator[Finding]:
    """A calendar entry of an event that is over."""
    day = f"{checked.day:%Y%m%d}"
    hint = "Check the event's days, or leave the entry out."
    yield from _calendar(
        checked, "attachment.calendar-past", Severity.WARN, lambda text: _why_past(text, day), hint
    )


def _calendar(
    checked: CheckedIssue, rule: str, severity: Severity, why_of: Callable[[str], str], hint: str
) -> Iterator[Finding]:
    found = (
        (f"{each.name}\n{why}", key)
        for each, key in _attached(checked)
        if each.media_type.partition(";")[0].strip().lower() == CALENDAR
        if (why := why_of(each.content.replace("\r\n", "\n").rstrip("\n")))
    )
    for told, where in in_versions(found, len(checked.renditions)):
        name, _, why = told.partition("\n")
        message = f'The calendar entry "{name}" {where} {why}.'
        yield checked.finding(rule, severity, message, hint, at=EVERYWHERE, words=name)


def _attached(checked: CheckedIssue) -> Iterator[tuple[Attachment, str]]:
    for rendition in checked.renditions:
        for each in rendition.attachments:
            yield each, rendition.variant.key


def _endings(name: str) -> list[str]:
    return name.lower().split(".")[1:]


def _why_odd(attachment: Attachment) -> str:
    endings = _endings(attachment.name)
    is_calendar = attachment.media_type.partition(";")[0].strip().lower() == CALENDAR
    if not endings:
        return "has no ending, by which programs know what it is"
    if len(endings) > 1 and endings[-2] in {"pdf", "doc", "docx", "xls", "xlsx", "txt", "ics"}:
        return "has two endings, as disguised programs do"
    if is_calendar != (endings[-1] == "ics"):
        return f"ends in .{endings[-1]} and is {attachment.media_type.partition(';')[0]}"
    return ""


def _why_broken(text: str) -> str:
    if not (text.startswith("BEGIN:VCALENDAR\n") and text.endswith("\nEND:VCALENDAR")):
        return "is not a whole calendar"
    lines = {line.partition(":")[0].partition(";")[0] for line in text.split("\n")}
    events = EVENT.findall(text)
    if len(events) != len(BEGINNING.findall(text)) or not events:
        return "has no whole event"
    if lacking := [name for name in ("VERSION", "PRODID") if name not in lines]:
        return f"has no {lacking[0]}"
    for event in events:
        named = {line.partition(":")[0].partition(";")[0] for line in event.split("\n")}
        if lacking := [name for name in ("UID", "DTSTAMP", "DTSTART") if name not in named]:
            return f"has an event without {lacking[0]}"
    return ""


def _why_past(text: str, day: str) -> str:
    try:
        ends = [last for event in EVENT.findall(text) for last in _days(event)]
    except (ValueError, OverflowError):
        return ""
    if not ends or f"{max(ends):%Y%m%d}" >= day:
        return ""
    return f"is of {max(ends):%d %B %Y}, which is over"


def _days(event: str) -> Iterator[date]:
    """The days that an event begins and ends on. The end of whole days is the day after (RFC 5545 3.6.1)."""
    for name, parameters, digits in LAST_DAY.findall(event):
        found = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        is_day_after = name == "DTEND" and re.search(r";VALUE=DATE(?!-)", parameters)
        yield found - timedelta(days=1) if is_day_after else found


RULES = (
    Rule("attachment.refused", "A file of a kind that mail services refuse", STOP, "Gmail, Outlook", refused),
    Rule(
        "attachment.name",
        "A file whose name does not say what it is, or is disguised",
        WARN,
        "RFC 2183 section 2.3",
        odd_name,
    ),
    Rule(
        "attachment.calendar",
        "A calendar entry that is not whole, or without UID, DTSTAMP or DTSTART",
        STOP,
        "RFC 5545 section 3.6",
        calendar,
    ),
    Rule(
        "attachment.calendar-past",
        "A calendar entry of an event that is over",
        WARN,
        "the day of sending",
        calendar_past,
    ),
)
