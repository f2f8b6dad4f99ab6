"""What is told of files that come in, and of the next issue, for docs/checks.md: no rule asks for it."""

from __future__ import annotations

Told = tuple[tuple[str, str, str], ...]
"""Id, how bad, what it is."""

CONTRIBUTIONS: Told = (
    ("import.change", "stop, note", "A tracked change, or an undecided sign, with its words"),
    ("import.comment", "stop", "A comment, with its words and who wrote it"),
    ("import.lost", "stop", "Words of the file that found no place in the text"),
    ("import.attachment", "stop, warn", "Something attached to a mail that was not taken over"),
    ("import.choice", "warn", "Words that only one form of a mail, or of a part, has"),
    ("import.hidden", "warn", "Words that are hidden in the file"),
    ("import.html", "warn", "HTML in a text, which is not shown"),
    ("import.encoding", "warn", "Letters of which it is not certain that they were read rightly"),
    ("import.front-matter", "note", "Settings on top of a Markdown file"),
    ("import.footnote", "warn", "A footnote, of which the words stand in the text"),
    ("import.picture", "stop, warn, note", "A picture that was not taken over, or not from there"),
    ("import.photo", "warn", "A photo that cannot be sent as it is, with what to do"),
    ("import.alt", "warn", "A photo of which nobody says what it shows"),
    ("import.credit", "warn", "A photo of which nobody says who made it"),
    ("import.rights", "warn", "A photo of which nobody says on what terms it may be used"),
    ("import.link", "warn", "A link that leads nowhere in a mail"),
    ("import.quotation", "warn", "An answered mail that was cut off, with its words"),
    ("import.signature", "note", "A signature that was cut off, with its words"),
    ("import.title", "warn", "Words before the first heading: an item without a title"),
    ("import.again", "warn", "An item of the same title is there"),
    ("import.field", "warn", "Words that each reader would get as their own"),
    ("import.signs", "warn", "Signs that turn the direction of writing were taken out"),
    ("import.language", "warn", "Another script than the issue's"),
    ("import.sent", "warn", "The issue has been sent"),
    ("import.kind", "note", "Which kind the new items have: a text does not say it"),
    ("import.kept", "note", "What of a replaced item stays"),
    ("import.author", "note", "Who sent it is not among the issue's authors"),
    ("import.size", "stop", "More than an item can hold: nothing is written"),
    ("import.too-long", "warn", "A text in which nothing was mended, because it is too long"),
)

TRANSLATIONS: Told = (
    ("translation.conflict", "stop, warn", "A piece that was changed here too since the file was made"),
    ("translation.mark-lost", "stop, warn", "A piece that does not say from which words it was made"),
    ("translation.double-row", "stop, note", "A piece that is several times in the file"),
    ("translation.emptied", "stop", "A piece that had a translation and is empty in the file"),
    ("translation.merged-cells", "stop", "Cells that were merged or split"),
    ("translation.swapped-columns", "stop", "The source stands where the translation should"),
    ("translation.other-file", "stop", "A row that comes from another file"),
    ("translation.tracked-change", "stop", "Tracked changes that nobody has decided"),
    ("translation.not-words", "stop, warn", "A table, picture or the like in a cell"),
    ("translation.link-broken", "stop", "A link that leads nowhere, or is not closed"),
    ("translation.field-broken", "stop", "A personal field that is not whole"),
    ("translation.field-unknown", "stop", "A personal field that there is not"),
    (
        "translation.field-default",
        "stop, note",
        "A field that lost its words for readers of whom nothing is known",
    ),
    ("translation.link-changed", "warn", "Another page of the same site"),
    ("translation.link-added", "warn", "A link that the source does not have"),
    ("translation.field-added", "warn", "A personal field that the source does not have"),
    ("translation.marks", "warn", "Bold words that the source has, and the translation has not"),
    ("translation.numbers", "warn", "Numbers that differ from the source"),
    ("translation.dates", "warn", "Days that differ from the source"),
    ("translation.source-column", "warn", "The source's words were changed in the file"),
    ("translation.still-stale", "warn", "A stale translation that came back as it was"),
    ("translation.missing-row", "warn, note", "A piece that is not in the file"),
    ("translation.extra-row", "warn", "Words that belong to no piece of the issue"),
    ("translation.comment", "warn", "A comment, with its words"),
    ("translation.word-link", "warn", "A link made in Word: only its words were taken"),
    ("translation.word-format", "note", "Bold or italic type made in Word, which is not taken over"),
    ("translation.word-list", "note", "A list made in Word"),
    ("translation.key-changed", "note", "A row whose name was changed, and known by its source"),
    ("translation.changed-here", "note", "A piece that came back as it was sent, and was changed here since"),
    ("translation.untranslated", "note", "The same words as the source"),
    ("translation.double-space", "note", "Two blanks in a row"),
)

NEXT: Told = (
    ("next.head", "warn, note", "What is emptied, moved or to be written in the new issue's head"),
    ("next.time", "warn", "Words of their time in what was carried over"),
)

OF_AROUND = (
    (
        """
## Told of contributions

By `mailer import` and "Add contributions" in the studio. What a stop is about stands undecided in the text, where
`text.undecided` keeps the issue from being sent, unless nothing was written at all.

| id | how bad | what it is |
|---|---|---|
""",
        CONTRIBUTIONS,
    ),
    (
        """
## Told of translations that come back

By `mailer translate import` and "Translations" in the studio; a stop keeps its piece out.

| id | how bad | what it is |
|---|---|---|
""",
        TRANSLATIONS,
    ),
    (
        """
## Told of the next issue

By `mailer new --from` and "Next issue" in the studio.

| id | how bad | what it is |
|---|---|---|
""",
        NEXT,
    ),
)
