"""The words of a mail: from its plain text or its html, and whatever is not taken from them told."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailer.contribution.mail_choice import links_only_in, why_html, words_only_in
from mailer.contribution.markup import markdown_of
from mailer.contribution.quoted import Cut, cut_off
from mailer.errors import MailerError
from mailer.model.contribution import Doubt, Photo
from mailer.model.finding import Severity
from mailer.source.packed import refuse

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~\n])")
_SHOWN = 4_000
_MOST_CUTS = 50
"""That are told one by one; the last of them has all the rest."""


@dataclass(slots=True)
class Gathered:
    """What is gathered from the parts."""

    file: str
    plain: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)
    """With all plain text that has no html of its own."""
    has_html: bool = False
    alternatives: set[int] = field(default_factory=set)
    """Those of which one form is html."""
    has_choice: bool = False
    """Whether some of the words came as plain text and as html."""
    photos: list[Photo] = field(default_factory=list)
    others: list[tuple[str, bytes]] = field(default_factory=list)
    """Names and bytes of files that are contributions of their own."""
    doubts: list[Doubt] = field(default_factory=list)

    def doubt(self, rule: str, severity: Severity, words: str, message: str, hint: str) -> None:
        """One more thing for a person to look at."""
        self.doubts.append(Doubt(rule=rule, severity=severity, words=words, message=message, hint=hint))


def body_of(found: Gathered) -> str:
    """The words that are meant, from the plain text or the html, and what was cut off told."""
    whole = "\n\n".join(part.strip("\n") for part in found.plain if part.strip())
    plain, plain_cuts = cut_off(whole)
    source = "\n".join(found.html)
    if not found.has_html or not source.strip():
        return _told(plain, plain_cuts, found)
    dropped: list[tuple[str, str]] = []
    hidden: list[str] = []
    try:
        markdown = markdown_of(source, dropped=lambda *link: dropped.append(link), hidden=hidden.append)
    except MailerError as error:
        raise refuse(found.file, f"cannot be read. {error.message}", error.hint) from error
    rich, rich_cuts = cut_off(markdown)
    # What was cut off one of them is told by itself: the other has not more because of it.
    more_plain, more_rich = words_only_in(plain, markdown), words_only_in(rich, whole)
    why = why_html(plain, rich, more_plain, more_rich) if plain.strip() and found.has_choice else "all"
    _tell_hidden(" ".join(filter(None, hidden)), rich if why else plain, found)
    if not why:
        _tell_choice("The plain text was taken", "the HTML", more_rich, links_only_in(rich, whole), found)
        return _told(plain, plain_cuts, found)
    if plain.strip() and found.has_choice:
        _tell_choice(
            f"The HTML was taken, for {why}",
            "the plain text",
            more_plain,
            links_only_in(plain, markdown),
            found,
        )
    for href, words in dropped:
        message = "A link leads where mails may not; its words stayed."
        found.doubt(
            "import.link", Severity.WARN, f"{words} → {href}"[:200], message, "Give the item the right one."
        )
    return _told(rich, [replace(cut, words=_ESCAPED.sub(r"\1", cut.words)) for cut in rich_cuts], found)


def _tell_choice(taken: str, other: str, words: str, links: Sequence[str], found: Gathered) -> None:
    """Which form was taken, and the words and links that only the other one has."""
    lost = " ".join(filter(None, [words, *links]))
    if not lost and other == "the HTML":
        return
    message = f"The mail came as plain text and as HTML. {taken}"
    if not lost:
        found.doubt("import.choice", Severity.NOTE, "", f"{message}.", "Look whether all of it is there.")
        return
    shown, note = _shown(lost)
    message += f"; {other} has besides what follows{note}."
    found.doubt("import.choice", Severity.WARN, shown, message, "Put in what is missing.")


def _tell_hidden(words: str, taken: str, found: Gathered) -> None:
    if words_only_in(words, taken):
        shown, note = _shown(words)
        message = f"Words that the HTML hides, or has in a form, a drawing or a formula, were left out{note}."
        found.doubt("import.hidden", Severity.WARN, shown, message, "Put in what readers should see.")


def _shown(words: str) -> tuple[str, str]:
    """Words as they are told, and a note where that is not all of them."""
    if len(words) <= _SHOWN:
        return words, ""
    note = f" ({len(words):,} signs; the first {_SHOWN:,} are shown here, all of them in the mail)"
    return f"{words[: _SHOWN - 1]}…", note


def _told(text: str, cuts: Sequence[Cut], found: Gathered) -> str:
    if len(cuts) > _MOST_CUTS:
        rest = "\n\n".join(cut.words for cut in cuts[_MOST_CUTS - 1 :])
        cuts = [*cuts[: _MOST_CUTS - 1], replace(cuts[_MOST_CUTS - 1], words=rest)]
    for cut in cuts:
        what = {"signature": "A signature", "quotation": "An older mail that was quoted"}[cut.what]
        words, note = _shown(cut.words)
        doubt = Doubt(
            rule=f"import.{cut.what}",
            severity=Severity.NOTE,
            place=f"line {cut.line + 1} of the mail",
            words=words,
            message=f"{what} was cut off{note}.",
            hint="Put its words back where they are meant.",
        )
        found.doubts.append(doubt)
    return text
