"""The print edition of an issue: A4, two columns, as a tagged PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from mailer import __version__
from mailer.audience import read_registers
from mailer.config import Workspace
from mailer.content import IssueFile, find_issue, read_issue, read_pictures, read_receipts
from mailer.errors import MailerError, nearest
from mailer.flow.archive_issue import with_errata
from mailer.flow.archive_words import loose_words
from mailer.flow.desk import Desk
from mailer.flow.erratum import languages_of
from mailer.flow.people import People
from mailer.flow.pictures import picture_store
from mailer.flow.undecided import refuse_undecided
from mailer.model.audience import Recipients
from mailer.model.base import Language, Slug
from mailer.model.issue import Issue
from mailer.model.rendition import Frame, Picture
from mailer.paper import Paper, missing, pdf_of, undrawn_words
from mailer.render import Edition, EditionView, archive_variant, render_page, view_edition
from mailer.render.marks import labelled
from mailer.render.paper import for_paper
from mailer.source.round_trip import write_atomically

ACROSS = 420
"""Half the pixels of a picture in a column of 85 mm: 250 to the inch."""
BUDGET = 300_000
"""Bytes of one picture."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A print edition: its bytes, and where they were written, if they were."""

    content: bytes
    """application/pdf"""
    pages: int
    language: Language
    name: str
    """What its file is called: SLUG.LANGUAGE.pdf."""
    path: Path | None = None
    warnings: tuple[str, ...] = ()
    """Sentences about what is not as somebody may expect: signs that no font has, an erratum that may be about what
    is kept out."""


def print_issue(
    workspace: Workspace, slug: str, language: Language | None = None, out: Path | None = None
) -> Printed:
    """Write the print edition to `out`: a file where it ends in .pdf, else a folder; build/SLUG where left out.

    Errors as of `printed_issue`.
    """
    printed = printed_issue(workspace, slug, language)
    path = out or workspace.build / printed.name.partition(".")[0]
    if path.suffix.lower() != ".pdf":
        path /= printed.name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, printed.content)
    except OSError as error:
        message = f"{workspace.shown(path)} cannot be written: {error.strerror}."
        raise MailerError(message, "Name another file or folder with --out.") from error
    return replace(printed, path=path)


def printed_issue(workspace: Workspace, slug: str, language: Language | None = None) -> Printed:
    """The print edition in one language, the issue's own where left out; nothing is written.

    It has what the archive has: every item but those with `archive: no`, in the words that are for everybody, and
    a box for each of its errata.
    ProblemsError or RenderError where files cannot be used, or where changes or comments are printed that nobody has
    decided; MailerError where the issue has no words in that
    language, and where WeasyPrint is missing or does not get done.
    """
    trouble = missing()
    if trouble is not None:
        raise trouble
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    seen = with_errata(file, workspace, read_receipts(file.folder, workspace.root))
    file = seen.file
    language = _known(language or file.issue.language, file)
    html, pictures = print_page(workspace, file, language)
    identifier = hashlib.sha256(f"{file.issue.id} {language}".encode()).digest()[:16]
    paper: Paper = pdf_of(html, {each.cid: each.content for each in pictures}, identifier=identifier)
    warnings = (undrawn_words(paper.undrawn), loose_words(seen.loose) if seen.loose else "")
    return Printed(
        content=paper.content,
        pages=paper.pages,
        language=language,
        name=f"{file.slug}.{language}.pdf",
        warnings=tuple(each for each in warnings if each),
    )


def print_page(workspace: Workspace, file: IssueFile, language: Language) -> tuple[str, tuple[Picture, ...]]:
    """What the PDF is made from: html, and the pictures that it names as `cid:…`."""
    people = People(Recipients(()), read_registers(workspace.recipients, workspace.root))
    desk = Desk(workspace, file, people, file.issue.date, b"")
    edition = desk.edition(archive_variant(file.issue, language))
    refuse_undecided(file, (edition,))
    pictures = _pictures(workspace, file, edition.issue)
    view = view_edition(
        edition,
        desk.template(language),
        tuple({picture.src: picture for picture in pictures.values()}.values()),
        workspace.config.office,
        public_url="",
        phrases={each: desk.phrases(each) for each in edition.languages},
    )
    view = _with_pictures(view, pictures)
    extra = {"paper": _said_of(edition, view)}
    html = for_paper(render_page(view, desk.template(language), "print", extra))
    used = {picture.cid: picture for picture in (*view.pictures, *pictures.values())}
    return html, tuple(picture for cid, picture in used.items() if f"cid:{cid}" in html)


def _known(language: Language, file: IssueFile) -> Language:
    known = languages_of(file)
    if language in known:
        return language
    hint = nearest(language, known)
    raise MailerError(f'{file.slug} has no words in "{language}".', f"{hint} Translate it first.".strip())


def _pictures(workspace: Workspace, file: IssueFile, issue: Issue) -> Mapping[Slug, Picture]:
    """Item → its picture, with the pixels that a column of print can show."""
    frames = {
        item.id: Frame(src=item.image.src, width=ACROSS, ratio=item.image.ratio, focus=item.image.focus)
        for item in issue.items
        if item.image
    }
    made = read_pictures(
        issue,
        file.folder,
        file.document.file,
        file.locate,
        frames={name: (frame,) for name, frame in frames.items()},
        store=picture_store(workspace.pictures),
        budget=BUDGET,
    )
    by_frame = {picture.frame: picture for picture in made}
    return {name: by_frame[frame] for name, frame in frames.items()}


def _with_pictures(view: EditionView, pictures: Mapping[Slug, Picture]) -> EditionView:
    """The same view, each item with its own picture as it was made for print."""

    def own(item: Mapping[str, Any]) -> dict[str, Any]:
        if item["id"] not in pictures:
            return dict(item)
        made = pictures[item["id"]]
        image = {"src": f"cid:{made.cid}", "width": made.width, "height": made.height}
        return {**item, "image": {**item["image"], **image}}

    context = dict(view.context)
    context["rows"] = [{**row, "items": [own(item) for item in row["items"]]} for row in context["rows"]]
    for part in ("erratum", "opening"):
        context[part] = [own(item) for item in context[part]]
    return replace(view, context=context)


def _said_of(edition: Edition, view: EditionView) -> Mapping[str, Any]:
    """What the document says of itself."""
    context = view.context
    series = ", ".join(filter(None, (context["series"], context["number"])))
    named = context["title"] if context["title"] != context["series"] else ""
    headings = [
        item["title"] for row in context["rows"] for item in row["items"] if item["kind"] == "heading"
    ]
    return {
        "title": labelled(series, named, context["language"]) if named else series,
        "authors": [context["office"]["name"]],
        "subject": context["preheader"] or context["subject"],
        "keywords": ", ".join(word.replace(",", " ") for word in (context["series"], *headings)),
        "generator": f"Saiga Mailer {__version__}",
        "day": edition.issue.date.isoformat(),
    }
