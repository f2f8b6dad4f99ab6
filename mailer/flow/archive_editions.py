"""The editions of an issue that the archive shows to everybody, and what to say of them before they are approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mailer.config import PublicMode, Workspace
from mailer.content import IssueFile
from mailer.flow.erratum import languages_of
from mailer.model.base import Language
from mailer.model.issue import Issue, ItemBase
from mailer.render import Edition, archive_variant, edition_of
from mailer.source import language_name


def archive_editions(file: IssueFile, fallbacks: Mapping[Language, Language]) -> Iterator[Edition]:
    """One for each language that some of what is archived stands in, the issue's own first."""
    for language in languages_of(file):
        variant = archive_variant(file.issue, language)
        edition = edition_of(file.issue, variant, file.translations, fallbacks)
        if set(variant.items) - edition.fallen_back.keys():
            yield edition


def archive_words(workspace: Workspace, file: IssueFile) -> str:
    """What everybody will find of the issue in the archive; "" where there is no web for it, and nothing is kept out.

    `Archive: all items but "Season's greetings", in English and French. Everybody finds there what only some get:
    "National reports".`
    """
    kept_out = [item for item in file.issue.items if not item.archive]
    if workspace.config.public is PublicMode.NONE and not kept_out:
        return ""
    languages = [each.variant.language for each in archive_editions(file, workspace.config.fallbacks)]
    if not languages:
        return "Archive: nothing of this issue."
    items = f"all items but {_titles(kept_out)}" if kept_out else "all items"
    words = f"Archive: {items}, in {listed([language_name(tag) for tag in languages])}."
    found = targeted(file.issue)
    return f"{words} Everybody finds there what only some get: {_titles(found)}." if found else words


def targeted(issue: Issue) -> tuple[ItemBase, ...]:
    """The items that only a group gets by mail, and that everybody finds in the archive."""
    return tuple(item for item in issue.items if item.archive and item.show_to)


def _titles(items: Sequence[ItemBase]) -> str:
    return listed([f'"{item.title or item.id}"' for item in items])


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)
