"""`python -m mailer.check.docs` prints docs/checks.md: every rule, as the table of rules has it."""

from __future__ import annotations

from mailer.check.rule import RULES, Rule

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


def page() -> str:
    """The whole page, in Markdown."""
    return HEAD + "".join(f"{_row(rule)}\n" for rule in RULES)


def _row(rule: Rule) -> str:
    how_bad = ", ".join(rule.severities)
    cells = (f"`{rule.id}`", how_bad, rule.title.replace("|", "\\|"), rule.source)
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print(page(), end="")
