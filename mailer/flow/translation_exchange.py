"""A translation out to somebody who does not see YAML, and back into the issue's folder."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mailer.config import Workspace
from mailer.content import IssueFile, find_issue, list_issues, read_issue
from mailer.content.exchange import (
    HEAD,
    Candidate,
    Coming,
    Cover,
    Form,
    Matched,
    Piece,
    Returned,
    Trouble,
    finding,
    match,
    overlay_with,
    pieces_of,
    read_returned,
    translation_docx,
    translation_xliff,
)
from mailer.content.translations import shared_translation_path, translation_path
from mailer.errors import MailerError, UsageError
from mailer.flow.rewriting import Rewrite, bytes_at, write_all_or_none
from mailer.flow.translation_words import word_troubles
from mailer.model.base import Language
from mailer.model.finding import Finding, Severity, worst_first
from mailer.model.same_person import why_no_name
from mailer.source import is_language, language_name, nearest_language, read_yaml


@dataclass(frozen=True, slots=True)
class Change:
    """One piece before and after."""

    item: str | None
    """None for the issue's head."""
    field: str
    before: str
    """"" where there was no translation."""
    after: str
    source: str


@dataclass(frozen=True, slots=True)
class TranslationReturn:
    """What a file that came back would do; nothing is written yet."""

    slug: str
    language: Language
    form: Form
    path: Path
    """The issue's own file in that language."""
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    """The worst first; each stop has kept its piece out."""
    kept_out: tuple[str, ...]
    """Pieces that would have changed, such as `save-the-date.body`."""
    same: int
    """Pieces that came back as they were."""
    empty: int
    """Pieces that are still without words."""
    stamped: tuple[str, ...]
    """Items, or "head", that are noted as translated from the source as it is now."""
    stale: tuple[str, ...]
    """Those that get words of which the source has changed since."""
    by: str
    """Who is added to the translators; "" where nobody is."""
    files: tuple[Rewrite, ...]
    """What is to be written: the issue's own file, then those of shared items; nothing where nothing changes."""


def export_translation(workspace: Workspace, slug: str, language: Language, form: Form = "docx") -> bytes:
    """A file for a translator: every piece of the issue with its source and its present translation.

    UsageError where that is no language to translate into; the errors of `read_issue`.
    """
    file = read_issue(find_issue(slug, workspace.issues), workspace.root)
    _must_be_other(file, language)
    issue, sender = file.issue, file.issue.sender or workspace.config.sender
    cover = Cover(
        issue=issue.id,
        title=" ".join(part for part in (issue.series, issue.number) if part),
        day=issue.date,
        source=issue.language,
        language=language,
        whom=f"{sender.name} <{sender.reply_to or sender.email}>",
    )
    make = translation_docx if form == "docx" else translation_xliff
    return make(cover, pieces_of(file, language))


def plan_return(
    workspace: Workspace,
    content: bytes,
    name: str,
    *,
    slug: str = "",
    theirs: bool = False,
    by: str = "",
) -> TranslationReturn:
    """What a file that came back would change, with a finding for everything that is not as it should be.

    The file says itself which issue it is of, and in which language; its `name` is for messages only. With `slug`,
    one of another issue is refused. `theirs` lets its words replace those that were changed here meanwhile. `by` is
    added to the translators, where it is no spelling of one of them. UsageError where nobody can be known by that
    name, ProblemsError or MailerError where the file cannot be used at all.
    """
    if by and (why := why_no_name(by)):
        raise UsageError(f"The name of the translator {why}.", "Write it in plain letters.")
    returned = read_returned(content, name)
    file = _issue_of(workspace, returned, name, slug)
    language = returned.language
    _must_be_other(file, language)
    pieces = pieces_of(file, language)
    matched = match(pieces, returned, theirs=theirs)
    entering = _judged(matched, file.issue.language, language)
    stamps = _stamps(pieces, matched, entering)
    matched.findings += _left_stale(pieces, matched, stamps, file.slug, language)
    present = {piece.item: piece.mark.item for piece in pieces}
    named = {item: "head" if item == HEAD else item for item in stamps}
    return TranslationReturn(
        slug=file.slug,
        language=language,
        form=returned.form,
        path=translation_path(file.folder, language),
        changes=tuple(
            Change(one.piece.item_id, one.piece.field, one.piece.present, one.words, one.piece.source)
            for one in entering
        ),
        findings=tuple(worst_first([_in_file(each, name) for each in matched.findings])),
        kept_out=tuple(piece.key for piece in pieces if piece.key in matched.kept_out),
        same=matched.same,
        empty=matched.empty,
        stamped=tuple(named[item] for item, digest in stamps.items() if digest == present[item]),
        stale=tuple(named[item] for item, digest in stamps.items() if digest not in ("", present[item])),
        by=by,
        files=tuple(_rewrites(workspace, file, language, Coming(_words(entering), stamps, by))),
    )


def write_return(workspace: Workspace, plan: TranslationReturn) -> tuple[Path, ...]:
    """Write what was planned, all files or none, and return their paths. The errors of `write_all_or_none`."""
    return write_all_or_none(workspace, plan.files)


def _words(entering: Iterable[Candidate]) -> dict[tuple[str, str], str]:
    return {(each.piece.item, each.piece.field): each.words for each in entering}


def _rewrites(workspace: Workspace, file: IssueFile, language: Language, all_: Coming) -> Iterator[Rewrite]:
    """The files into which words or notes of their source go, as they will be."""
    for name in ("", *file.shared):
        own = {piece: said for piece, said in all_.words.items() if _home(file, piece[0]) == name}
        noted = {item: digest for item, digest in all_.stamps.items() if _home(file, item) == name}
        if not own and not noted:
            continue
        folder = file.folder
        path = shared_translation_path(folder, name, language) if name else translation_path(folder, language)
        shown = workspace.shown(path)
        before = bytes_at(path, shown)
        yield Rewrite(
            path, before, overlay_with(file, language, before, shown, Coming(own, noted, all_.by, name))
        )


def _home(file: IssueFile, item: str) -> str:
    """The shared item in whose file words stand; "" for the issue's own file."""
    return item if item in file.shared else ""


def _must_be_other(file: IssueFile, language: Language) -> None:
    if not is_language(language):
        raise UsageError(f'"{language}" is not a language.', nearest_language(language))
    if language.casefold() == file.issue.language.casefold():
        raise UsageError(f"The issue itself is in {language_name(language)}.", "Name another language.")


def _issue_of(workspace: Workspace, returned: Returned, name: str, slug: str) -> IssueFile:
    found = []
    for each in list_issues(workspace.issues):
        document = read_yaml(workspace.issues / each / "issue.yaml", each)
        if isinstance(document.data, dict) and document.data.get("id") == returned.issue:
            found.append(each)
    if not found:
        raise MailerError(
            f'{name} is a translation of the issue "{returned.issue}", which is not here.',
            "See that it is the right file, and the right workspace; an issue's `id` must stay as it was.",
        )
    if slug and slug not in found:
        raise MailerError(
            f"{name} is a translation of {found[0]}, not of {slug}.",
            "Take the file that was exported for this issue.",
        )
    if len(found) > 1 and not slug:
        raise MailerError(
            f'Several issues have the id "{returned.issue}": {", ".join(found)}.',
            "Give each an id of its own.",
        )
    return read_issue(workspace.issues / (slug or found[0]), workspace.root)


def _judged(matched: Matched, source: Language, language: Language) -> list[Candidate]:
    """Those whose words are whole; the others are kept out."""
    entering = []
    for each in matched.candidates:
        troubles = list(word_troubles(each.piece, each.words, source, language))
        matched.findings += [finding(each.piece, trouble) for trouble in troubles]
        if any(trouble.severity is Severity.STOP for trouble in troubles):
            matched.kept_out.add(each.piece.key)
        else:
            entering.append(each)
    return entering


def _stamps(pieces: Iterable[Piece], matched: Matched, entering: list[Candidate]) -> dict[str, str]:
    """Item → the digest to note: of the source as it was when the file was made; "" takes a note away.

    Nothing is noted anew of an item of which a piece was kept out or is missing, or whose source column was changed.
    """
    by_item: dict[str, list[Piece]] = {}
    for piece in pieces:
        by_item.setdefault(piece.item, []).append(piece)
    stamps = {}
    for item, own in by_item.items():
        keys = {piece.key for piece in own}
        coming = [each for each in entering if each.piece.item == item]
        present = own[0].mark.item
        digests = {matched.sent[piece.key] for piece in own if piece.key in matched.sent}
        is_new = not any(piece.present for piece in own)
        if any(each.is_doubtful for each in coming) or not digests:
            if coming and is_new:
                stamps[item] = ""
        elif outdated := sorted(digests - {present}):
            if coming:
                stamps[item] = outdated[0]
        elif coming and is_new:
            stamps[item] = present
        elif not keys & (matched.kept_out | matched.missing):
            stale = {piece.key for piece in own if piece.state == "stale"}
            if coming or (stale and stale <= matched.confirmed):
                stamps[item] = present
    return stamps


def _left_stale(
    pieces: Iterable[Piece], matched: Matched, stamps: Mapping[str, str], slug: str, language: Language
) -> list[Finding]:
    """One finding for each item that was to be looked at again, and came back as it was."""
    told: dict[str, Finding] = {}
    for piece in pieces:
        if piece.state != "stale" or piece.item in stamps or piece.key in matched.missing:
            continue
        name = "--head" if piece.item == HEAD else piece.item
        trouble = Trouble(
            "translation.still-stale",
            Severity.WARN,
            "The source had changed, and the translation came back as it was: it stays marked as stale.",
            f"If it still fits: `mailer translate stamp {slug} {language} {name}`.",
        )
        told.setdefault(piece.item, finding(piece, trouble))
    return list(told.values())


def _in_file(each: Finding, name: str) -> Finding:
    return each.model_copy(update={"file": name})
