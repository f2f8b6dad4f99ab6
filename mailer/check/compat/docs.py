"""`python -m mailer.check.compat.docs` prints docs/mail-programs.md from the data and the table of fallbacks."""

from __future__ import annotations

from mailer.check.compat.fallbacks import FALLBACKS, Fallback
from mailer.check.compat.partial import lacks
from mailer.check.compat.support import SupportTable, support_table
from mailer.check.listing import some_of

MOST_NAMED = 5

HEAD = """\
# Mail programs

Made by `python -m mailer.check.compat.docs > docs/mail-programs.md`; a test keeps this page current.

`mailer compat SLUG` says in which mail programs an issue works, and what its readers see in each where the program
lacks something; `--in outlook.windows` says all of one program or family. The data is that of
[caniemail]({source}) (MIT licence, notice in `mailer/check/data/NOTICE.md`): {features} features in
{clients} programs, as of **{date}**; the answer of the newest version tested counts. Half of the features were last
tested before {half}.

- **works**: the program has everything that the mail uses.
- **works with a fallback**: it lacks something, and the table below says what its readers see instead.
- **fails**: it lacks something for which there is no fallback. The check `compat.client` names it, with the item
  where it can be told.

The score is the share of programs in which nothing fails; every program counts the same. `clients` in mailer.toml
names those that matter, such as `["outlook.windows", "gmail"]`.

**The templates that come with the mailer score 100.** A test renders every kind of item, in every layout, template,
theme and direction, and fails where something is used that a program lacks and no row below answers for, and where
a row answers for something that is no longer used.

A thing counts only where the program comes to see it: what stands in `@media` does not count where there is no
`@media`, what stands in a comment for Outlook counts for Outlook on Windows only, and a note such as "negative
margins are not supported" counts where a margin is negative.
"""

FALLBACK_HEAD = """
## What readers see instead

| where this is missing | readers see | missing in |
|---|---|---|
"""

PROGRAM_HEAD = """
## Programs

`name` is what `clients` in mailer.toml and `--in` take; the part before the dot means the whole family.

| name | program | features tested | has | in part | lacks |
|---|---|--:|--:|--:|--:|
"""


def page() -> str:
    """The whole page, in Markdown."""
    data = support_table()
    days = sorted(feature.tested for feature in data.features.values())
    head = HEAD.format(
        source=data.source,
        features=len(data.features),
        clients=len(data.clients),
        date=data.date,
        half=days[len(days) // 2][:7],
    )
    rows = "".join(_fallback_row(row, data) for row in FALLBACKS)
    left = ", ".join(client.title for client in data.too_little)
    tail = f"\nToo little is known of these to judge them: {left}.\n"
    return head + FALLBACK_HEAD + rows + PROGRAM_HEAD + _programs(data) + tail


def _fallback_row(row: Fallback, data: SupportTable) -> str:
    without = [c.title for c in data.clients if lacks(row.slug, row.trait, data.answer(row.slug, c))]
    shown = some_of(without, MOST_NAMED)
    title = data.features[row.slug].title.replace("|", "\\|")
    name = f"`{title}`" + (f", {row.trait}" if row.trait else "")
    return f"| {name} | {row.instead} | {shown} |\n"


def _programs(data: SupportTable) -> str:
    rows = []
    for client in data.clients:
        letters = [feature.answers[client.place].letter for feature in data.features.values()]
        counts = " | ".join(str(letters.count(letter)) for letter in "yan")
        rows.append(f"| `{client.name}` | {client.title} | {client.tested} | {counts} |\n")
    return "".join(rows)


if __name__ == "__main__":
    print(page(), end="")
