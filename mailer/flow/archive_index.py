"""The lists of what is in the archive: an index and a news feed a language, made of the archive's own list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from mailer.config import Workspace
from mailer.config.template_folder import list_templates
from mailer.errors import ProblemsError
from mailer.flow.archive_issue import PAGE, feed_of, index_of, own_name
from mailer.model.archive import Archive, ArchivedIssue
from mailer.model.base import Language
from mailer.render import Template, read_template, render_web
from mailer.render.dates import direction, long_date
from mailer.render.feed import Feed, FeedEntry, atom_feed
from mailer.render.markdown import one_line
from mailer.render.pages import refuse_page_dangers
from mailer.render.rendition import office_view
from mailer.render.theme import Logo
from mailer.render.theme_pictures import PREFIX

ARCHIVE = "archive"
"""Where the folder is put below `public_url`."""


def make_lists(workspace: Workspace, archive: Archive) -> dict[str, bytes]:
    """Path below the archive's folder → file: indexes, feeds, and the pictures at their head.

    index.html is the index in the workspace's first language that there is. Empty for an empty archive. ProblemsError
    where none of the templates can say the words around the issues in one of the languages.
    """
    content: dict[str, bytes] = {}
    for language in archive.languages:
        content |= _index(workspace, archive, language)
        content[feed_of(language)] = atom_feed(_feed(workspace, archive, language))
    if archive.languages:
        first = next((tag for tag in workspace.config.languages if tag in archive.languages), None)
        content["index.html"] = content[index_of(first or archive.languages[0])]
    return content


def _index(workspace: Workspace, archive: Archive, language: Language) -> dict[str, bytes]:
    template, office = _template(workspace, archive, language), workspace.config.office
    theme = template.theme
    heads, pictures = _heads(template)
    context = {
        "language": language,
        "direction": direction(language),
        "theme": theme.model_dump(),
        "phrases": dict(template.phrases),
        "series": _series(archive, language),
        "years": list(_years(archive.issues, language)),
        "languages": [
            {"code": tag, "name": own_name(tag), "direction": direction(tag), "href": index_of(tag)}
            | {"current": tag == language}
            for tag in archive.languages
        ],
        "feed_href": feed_of(language),
        "office": office_view(office),
        **heads,
    }
    page = render_web(template, "index.html.j2", context)
    refuse_page_dangers(page, template, ".")
    return {index_of(language): page.encode(), **pictures}


def _heads(template: Template) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Banner and logo as the index shows them, {} where there is none, and their files."""
    theme, heads = template.theme, dict[str, Any](banner={}, logo={})
    by_src = {picture.src: picture for picture in template.pictures}
    files: dict[str, bytes] = {}
    for name, shown in (("banner", theme.masthead), ("logo", theme.logo)):
        if shown is not None:
            picture = by_src[PREFIX + shown.src]
            width = shown.width if isinstance(shown, Logo) else theme.width
            address = f"./pictures/{picture.file_name}"
            files[f"pictures/{picture.file_name}"] = picture.content
            height = max(1, round(width * picture.height / max(picture.width, 1)))
            heads[name] = {"src": address, "alt": one_line(shown.alt), "width": width, "height": height}
    return heads, files


def _template(workspace: Workspace, archive: Archive, language: Language) -> Template:
    """That of the newest issue which has words in the language; ProblemsError of the newest where none has."""
    first: ProblemsError | None = None
    there = list_templates(workspace.templates)
    looks = dict.fromkeys((issue.template, issue.theme) for issue in archive.issues)
    for name, theme in looks:
        folder = workspace.templates / name
        if name in there or first is None:
            try:
                return read_template(folder, language, workspace.shown(folder), theme)
            except ProblemsError as error:
                first = first or error
    assert first is not None
    raise first


def _series(archive: Archive, language: Language) -> str:
    """What the newest issue that is in the language calls the newsletter."""
    pages = (issue.pages.get(language) for issue in archive.issues)
    return next(page.series for page in pages if page)


def _years(issues: Sequence[ArchivedIssue], language: Language) -> Iterator[dict[str, Any]]:
    for year, found in groupby(issues, lambda issue: issue.day.year):
        yield {"year": str(year), "issues": [_row(issue, language) for issue in found]}


def _row(issue: ArchivedIssue, language: Language) -> dict[str, Any]:
    """An issue as the index names it: in the language, else in its own, which is marked."""
    tag = language if language in issue.pages else issue.languages[0]
    page = issue.pages[tag]
    return {
        "language": "" if tag == language else tag,
        "direction": direction(tag),
        "title": page.title,
        "number": page.number,
        "summary": page.correction or page.summary,
        "day": issue.day.isoformat(),
        "date": long_date(issue.day, language),
        "corrected": long_date(issue.corrected, language) if issue.corrected else "",
        "href": f"{issue.id}/{tag}/{PAGE}",
        "languages": [
            {"code": other, "name": own_name(other), "direction": direction(other)}
            | {"href": f"{issue.id}/{other}/{PAGE}", "title": issue.pages[other].title}
            for other in issue.languages
        ],
    }


def _feed(workspace: Workspace, archive: Archive, language: Language) -> Feed:
    """Addresses are whole where it is known where the archive is on the web, else relative to the feed."""
    url = workspace.config.public_url
    base = f"{url.rstrip('/')}/{ARCHIVE}/" if url else ""
    entries = [
        FeedEntry(
            id=_name(workspace, f"{issue.id}/{language}"),
            title=page.title,
            summary=" – ".join(words for words in (page.correction, page.summary) if words),
            day=issue.day,
            updated=issue.updated,
            href=f"{base}{issue.id}/{language}/{PAGE}",
        )
        for issue in archive.issues
        if (page := issue.pages.get(language))
    ]
    return Feed(
        id=_name(workspace, language),
        title=_series(archive, language),
        author=one_line(workspace.config.office.name),
        language=language,
        entries=entries,
        index=f"{base}{index_of(language)}",
        own=f"{base}{feed_of(language)}" if base else "",
    )


def _name(workspace: Workspace, of: str) -> str:
    """A name for ever (RFC 4287, 4.2.6): made of the List-Id and what never changes of what is named, and of no day.

    So a rebuilding from nothing gives the same (RFC 9562, 5.5).
    """
    return uuid5(uuid5(NAMESPACE_DNS, workspace.config.newsletter.list_id.lower()), of).urn
