"""Contributions into an issue: read what was sent, plan where it goes, write it whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Literal

from mailer.config import Workspace
from mailer.content import IssueFile, read_receipts
from mailer.contribution.deciding import Decide
from mailer.errors import MailerError, ProblemsError, UsageError, nearest
from mailer.flow.contributed import Imported, ImportPlan, MendedWords, PhotoPlace, PlacedItem, SettledWords
from mailer.flow.contributed_base import Base, base_of
from mailer.flow.contributed_files import read_given, read_sent
from mailer.flow.contributed_findings import findings_of
from mailer.flow.contributed_items import Draft, drafts_of, own_id, problems_of_drafts
from mailer.flow.contributed_kinds import kind_of, must_be_possible
from mailer.flow.contributed_photos import Album
from mailer.flow.contributed_text import PHOTO_KIND, read_on_trial, text_with
from mailer.flow.contributed_writing import write_import
from mailer.model.contribution import Contribution
from mailer.model.finding import Finding, Severity, worst_first

__all__ = ["ImportPlan", "Imported", "plan_import", "read_given", "read_sent", "with_answers", "write_import"]

BOM = "\ufeff"


def with_answers(
    contributions: Sequence[Contribution], answers: Mapping[PhotoPlace, Mapping[str, str]]
) -> tuple[Contribution, ...]:
    """The same with what people said of photos: `alt`, `caption`, `credit` and `rights`."""
    said = list(contributions)
    for (number, index, at), words in answers.items():
        contribution = said[number]
        piece = contribution.pieces[index]
        photo = piece.photos[at].model_copy(update=dict(words))
        photos = (*piece.photos[:at], photo, *piece.photos[at + 1 :])
        pieces = list(contribution.pieces)
        pieces[index] = piece.model_copy(update={"photos": photos})
        said[number] = contribution.model_copy(update={"pieces": tuple(pieces)})
    return tuple(said)


def plan_import(
    workspace: Workspace,
    contributions: Sequence[Contribution],
    *,
    into: str = "",
    new: str = "",
    day: date | None = None,
    replace: Sequence[str] = (),
    decide: Decide = "keep",
    credit: str = "",
    rights: str = "",
    kind: str = "",
) -> ImportPlan:
    """What an import into the issue `into`, or into a new one, would do. Nothing is written.

    `replace` names items whose words come anew; with one piece any item, otherwise those of which a title gives the
    id. `credit` and `rights` are said of every photo that says none. UsageError for what cannot be meant;
    ProblemsError with all that an issue could not hold, and where the issue itself cannot be read.
    """
    base = base_of(workspace, into, new, day)
    must_be_possible(kind, base.file, workspace.root)
    ids = _ids(base.file)
    drafts = drafts_of(contributions, ids, decide=decide, kind=kind)
    _replace(drafts, replace, base.file)
    if problems := list(problems_of_drafts(drafts, contributions)):
        raise ProblemsError(problems)
    ids |= {draft.id for draft in drafts}
    album = Album(base.folder, workspace.config.image_bytes, credit, rights, ids)
    for draft in drafts:
        album.take(draft, contributions)
    kinds = [kind_of(item) for item in base.file.issue.items]
    mark = BOM if base.before.startswith(BOM.encode()) else ""
    after = (mark + text_with(base.text, drafts, base.shown, kinds)).encode()
    read_on_trial(workspace, base.folder, base.slug, after, album.photos)
    by_piece = {draft.where: draft.id for draft in drafts}
    return ImportPlan(
        slug=base.slug,
        folder=base.folder,
        shown=base.shown,
        is_new=not base.before,
        decide=decide,
        before=base.before,
        after=after,
        contributions=tuple(contributions),
        items=tuple(item for draft in drafts for item in _placed(draft)),
        photos=tuple(album.photos),
        mends=tuple(_mends(contributions, by_piece)),
        settled=tuple(SettledWords(draft.id, each.words) for draft in drafts for each in draft.settled),
        findings=tuple(
            worst_first(
                [
                    *_of_sendings(workspace, base),
                    *findings_of(drafts, contributions, base.file.issue, decide, kind),
                    *album.findings,
                ]
            )
        ),
    )


def _of_sendings(workspace: Workspace, base: Base) -> Iterator[Finding]:
    with suppress(MailerError):
        if base.before and read_receipts(base.folder, workspace.root):
            yield Finding(
                rule="import.sent",
                severity=Severity.WARN,
                message="This issue has been sent: whoever has it never gets what is added now.",
                hint="Begin the next one: --new SLUG.",
            )


def _ids(file: IssueFile) -> set[str]:
    translated = {name for words in file.translations.values() for name in words.items}
    return {item.id for item in file.issue.items} | translated


def _replace(drafts: list[Draft], wanted: Sequence[str], file: IssueFile) -> None:
    """Mark the drafts that stand for items which are there. UsageError where it is not certain which."""
    known = {item.id: kind_of(item) for item in file.issue.items}
    for name in dict.fromkeys(wanted):
        if name not in known:
            raise UsageError(f'There is no item "{name[:80]}".', nearest(name, known))
        if shared := file.shared.get(name):
            raise UsageError(f"{name} is an item that issues share.", f"Change it in {shared.document.file}.")
        fitting = (
            drafts if len(drafts) == 1 and len(set(wanted)) == 1 else [d for d in drafts if own_id(d) == name]
        )
        if len(fitting) != 1:
            ids = ", ".join(own_id(draft) for draft in drafts[:12]) or "none"
            raise UsageError(
                f"It is not certain which of the {len(drafts)} pieces is {name}.",
                f"Name an item by the id that a title gives ({ids}), or import a file with one heading.",
            )
        draft = fitting[0]
        draft.id, draft.kind, draft.replaces = name, known[name], True
        draft.old = file.issue.item(name).image


def _placed(draft: Draft) -> Iterator[PlacedItem]:
    """Every item that it becomes: its own, and one for each further photo."""
    becomes: Literal["added", "replaced"] = "replaced" if draft.replaces else "added"
    photos = min(len(draft.images), 1)
    yield PlacedItem(draft.id, draft.kind, draft.title, becomes, draft.file, draft.place, photos)
    for name in draft.photo_ids:
        yield PlacedItem(name, PHOTO_KIND, "", "added", draft.file, draft.place, 1)


def _mends(
    contributions: Sequence[Contribution], ids: Mapping[tuple[int, int], str]
) -> Iterator[MendedWords]:
    for number, contribution in enumerate(contributions):
        for mend in contribution.mends:
            item = ids.get((number, mend.piece), "")
            yield MendedWords(item, mend.before, mend.after, mend.because)
