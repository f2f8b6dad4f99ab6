"""`python -m mailer.check.docs` prints docs/checks.md: every rule, as the table of rules has it."""

from __future__ import annotations

from mailer.check.docs_around import OF_AROUND
from mailer.check.fixes import FIXES
from mailer.check.followed import FOLLOWED
from mailer.check.rule import Rule
from mailer.check.table import RULES

TOLD_WHILE_READING: tuple[tuple[str, str, str], ...] = (
    ("file.missing", "stop", "A file that must be there and is not"),
    ("file.name", "stop", "A file whose name says the wrong language, or that would not be read"),
    ("file.yaml", "stop", "A file that is not valid YAML"),
    ("file.invalid", "stop", "A file that cannot be used for another reason, which is told"),
    ("file.missing-key", "stop", "A field that must be given"),
    ("file.unknown-key", "stop", "A field that does not exist there; the nearest one is named"),
    ("file.unknown-item", "stop", "A translation of an item that the issue does not have"),
    ("file.kind", "stop", "A kind of item, or a rule of a group, that does not exist"),
    ("file.value", "stop", "A value that cannot be: a day, an address, a time zone"),
    ("file.picture", "stop", "A picture that cannot be opened, or is too large"),
    ("file.csv", "stop", "A table whose columns or signs cannot be read"),
    ("file.contacts", "stop", "A line of contacts.csv that cannot be used, such as a wrong address or role"),
    (
        "file.segments",
        "stop",
        "A group with a rule that cannot be used, goes round in a circle, or leads through more than 50 groups",
    ),
    (
        "file.deadline",
        "stop",
        "A deadline that cannot be: days, steps, zones, groups that do not fit together",
    ),
    ("file.submissions", "stop", "A line of what has come in that cannot be, or that contradicts another"),
    ("file.import", "stop", "A list of other people's that cannot be read, or not safely"),
    (
        "file.approval",
        "stop",
        "An approval that was changed by hand, or of which the mail or signature is lost",
    ),
    ("file.receipt", "stop", "A receipt of a sending that was changed afterwards"),
    ("theme.contrast", "stop", "Two colours of a theme with too little contrast for words (WCAG 1.4.6)"),
    ("audience.too-many-versions", "stop", "More versions than `max_versions` in mailer.toml allows"),
    ("audience.same-key", "stop", "Two versions that a key cannot tell apart"),
    (
        "waiver.void",
        "warn",
        "A waiver for words that have changed since, for a rule that does not exist or cannot be waived, "
        "by somebody who wrote the issue, or without a reason",
    ),
    ("waiver.unused", "note", "A waiver that covers nothing any more"),
)
"""What is told before any rule is asked: id, how bad, what it is. A test finds every id that the program has."""

DEADLINES: tuple[tuple[str, str, str], ...] = (
    ("deadline.not-owed", "stop", "A line of the log about somebody who owes nothing"),
    ("deadline.placeholder", "stop", "Words of the starter file that nobody has replaced"),
    ("deadline.template", "stop", "A template that there is not"),
    ("deadline.sum", "warn", "The rule by which the date was announced gives another; the date stands"),
    ("deadline.after-event", "warn", "A due date after the event that it was announced to come before"),
    ("deadline.http", "warn", "A link that is not encrypted"),
    ("deadline.how", "warn", "Neither a link nor words on how to hand it in"),
    ("deadline.languages", "warn", "Words that are there in some languages only"),
    ("deadline.nobody", "warn", "An obliged group with nobody in it"),
    ("deadline.no-country", "warn", "Somebody obliged for a country, of whom no country is known"),
    ("deadline.escalation", "warn", "Nobody to tell where it is overdue"),
    ("deadline.extension", "warn", "An extension that is no later than the due date"),
    ("deadline.day-off", "note", "A due date on a day on which the office does not work"),
    ("deadline.hour-twice", "note", "An hour that comes twice, because clocks are put back"),
    ("deadline.reference", "note", "No number under which it was announced"),
    ("deadline.not-known", "note", "A line of the log about somebody whom the contacts do not have any more"),
)
"""What `mailer deadlines check` tells besides."""

CONTACTS: tuple[tuple[str, str, str], ...] = (
    ("contacts.unreachable", "warn, note", "Somebody whom no address of theirs reaches"),
    ("contacts.vacant", "warn, note", "An office of a country that nobody holds any more"),
    ("contacts.only-alternate", "warn", "An office that has an alternate and no holder"),
    ("contacts.no-country", "warn", "Somebody with an office of a country, and no country"),
    ("contacts.role-unheld", "warn", "A group that asks for a role which nobody has"),
    ("contacts.slip", "warn", "A role or newsletter that looks like a slip of another"),
    ("contacts.shared", "note", "An address of several people: it gets one mail"),
    ("contacts.same-name", "note", "Two rows that may be one person"),
    ("contacts.no-purpose", "note", "People with neither a role nor a newsletter"),
    ("contacts.language", "note", "A language that nothing else here knows"),
)
"""What `mailer contacts check` tells besides."""

HEAD = """\
# Checks

What `mailer check` looks for, before anything is sent. Made from the table of rules by
`python -m mailer.check.docs > docs/checks.md`; a test keeps this page current.

- **stop**: the issue is not sent until this is mended, or somebody waives it with a reason.
- **warn**: look at it; it may be right.
- **note**: good to know.

Rules about words read every translation too, and name the place in its own file. Those marked *strict* are asked by
`mailer check --strict`, or everywhere where mailer.toml says `profile = "strict"`. What is marked *not waivable*
stays, whoever answers for it.

A rule that *needs* something finds nothing without it: an entry in a register, a language whose words it knows, a
mail service in mailer.toml. What could not be checked is said once, under "Not checked", on the terminal, in the
studio and on the page of the proof; it is no finding, and no proof hangs on it.

| rule | how bad | what it finds | rests on |
|---|---|---|---|
"""


READING = """
## Told while files are read

A file that cannot be used is told at once, with its line, by every command that reads it; nothing is checked, built
or sent from it, and nobody can waive that.

| id | how bad | what it is |
|---|---|---|
"""


OF_FIXES = """
## Mended by `--fix`

`mailer check SLUG --fix` mends these in issue.yaml and its translations, where it is certain: it shows what would
change, asks, and leaves every other sign of the files as it is. `--yes` writes without asking. Notes of what is
translated stay true.

| rule | what it does |
|---|---|
"""

OF_LINKS = """
## Told of links

By `mailer check --links`, which asks every site; a stop counts as any other, and can be waived. Proofs do not
hold these: sites change by themselves.

| id | how bad | what it is |
|---|---|---|
"""

OF_DEADLINES = """
## Told of deadlines

By `mailer deadlines check` and `mailer deadlines proof`; a stop keeps reminders from being approved and sent.

| id | how bad | what it is |
|---|---|---|
"""

OF_CONTACTS = """
## Told of contacts

By `mailer contacts check`; nothing of it keeps a mail from going.

| id | how bad | what it is |
|---|---|---|
"""


def page() -> str:
    """The whole page, in Markdown."""
    rules = "".join(f"{_row(rule)}\n" for rule in RULES)
    return "".join(
        (
            *(HEAD, rules),
            *(READING, _told(TOLD_WHILE_READING)),
            *(OF_FIXES, "".join(f"| `{fix.rule}` | {fix.does} |\n" for fix in FIXES)),
            *(OF_LINKS, _told(FOLLOWED)),
            *(OF_DEADLINES, _told(DEADLINES)),
            *(OF_CONTACTS, _told(CONTACTS)),
            *(words for head, told in OF_AROUND for words in (head, _told(told))),
        )
    )


def _told(findings: tuple[tuple[str, str, str], ...]) -> str:
    return "".join(f"| `{name}` | {how_bad} | {what} |\n" for name, how_bad, what in findings)


def _row(rule: Rule) -> str:
    marks = [" *strict*"] * rule.is_strict + [" *not waivable*"] * (not rule.can_be_waived)
    how_bad = ", ".join(rule.severities) + ",".join(marks)
    cells = (f"`{rule.id}`", how_bad, rule.title.replace("|", "\\|"), rule.source + _needs(rule))
    return f"| {' | '.join(cells)} |"


def _needs(rule: Rule) -> str:
    if rule.needs is None:
        return ""
    parts = [
        *rule.needs.registers,
        *["a mail service in mailer.toml"] * rule.needs.mail_service,
        *[" or ".join(rule.needs.languages)] * bool(rule.needs.languages),
    ]
    return f"; *needs* {', '.join(parts)}" if parts else ""


if __name__ == "__main__":
    print(page(), end="")
