"""Any file that somebody sent in, read as what it is, and mended."""

from __future__ import annotations

from mailer.contribution.kinds import kind_of
from mailer.contribution.mail import read_eml
from mailer.contribution.markdown import read_markdown
from mailer.contribution.markdown_photos import Beside
from mailer.contribution.mending import mend
from mailer.contribution.names import safe_name
from mailer.model.contribution import Contribution
from mailer.source.packed import refuse

MAX_MAILS = 3
"""Mails in each other."""


def read_contribution(content: bytes, name: str, *, beside: Beside | None = None) -> tuple[Contribution, ...]:
    """What the file holds, mended: one contribution, and after a mail's own those of the files attached to it.

    What it is is told by its first bytes and its name: a Word document, Markdown or plain text, or a mail. `beside`
    gives the bytes of a picture that lies beside a Markdown file, by its relative path, which leaves no folder;
    None where there is none. ProblemsError, with what to do, for every file of another kind, and for those that are
    empty, damaged, encrypted or too large.
    """
    return tuple(map(mend, _read(content, safe_name(name), beside, 0)))


def _read(content: bytes, name: str, beside: Beside | None, depth: int) -> tuple[Contribution, ...]:
    kind = kind_of(content, name)
    if kind == "word":
        from mailer.contribution.word import read_word

        return (read_word(content, name),)
    if kind == "text":
        return (read_markdown(content, name, beside=beside),)
    if depth >= MAX_MAILS:
        raise refuse(
            name, "is a mail in a mail in a mail.", "Save the innermost mail by itself, and give that."
        )
    return read_eml(content, name, lambda inside, called: _read(inside, called, None, depth + 1))
