"""`python -m mailer.check.docs` prints docs/checks.md: every rule, as the table of rules has it."""

from __future__ import annotations

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
    ("file.segments", "stop", "A group with a rule that cannot be used, or that goes round in a circle"),
    ("file.receipt", "stop", "A receipt of a sending that was changed afterwards"),
    ("theme.contrast", "stop", "Two colours of a theme with too little contrast for words (WCAG 1.4.6)"),
    ("audience.too-many-versions", "stop", "More versions than `max_versions` in mailer.toml allows"),
    ("audience.same-key", "stop", "Two versions that a key cannot tell apart"),
    ("waiver.void", "warn", "A waiver for a rule that does not exist, or by somebody who wrote the issue"),
)
"""What is told before any rule is asked: id, how bad, what it is. A test finds every id that the program has."""

HEAD = """\
# Checks

What `mailer check` looks for, before anything is sent. Made from the table of rules by
`python -m mailer.check.docs > docs/checks.md`; a test keeps this page current.

- **stop**: the issue is not sent until this is mended, or somebody waives it with a reason.
- **warn**: look at it; it may be right.
- **note**: good to know.

Rules about words read every translation too, and name the place in its own file.

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


def page() -> str:
    """The whole page, in Markdown."""
    rules = "".join(f"{_row(rule)}\n" for rule in RULES)
    told = "".join(f"| `{name}` | {how_bad} | {what} |\n" for name, how_bad, what in TOLD_WHILE_READING)
    return HEAD + rules + READING + told


def _row(rule: Rule) -> str:
    how_bad = ", ".join(rule.severities)
    cells = (f"`{rule.id}`", how_bad, rule.title.replace("|", "\\|"), rule.source)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
