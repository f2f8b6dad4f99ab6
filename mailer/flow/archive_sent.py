"""How an issue, as everybody would find it in the archive, stands to what was really sent of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from mailer.config import Workspace
from mailer.content import IssueFile, read_approvals
from mailer.content.records import Receipt
from mailer.errors import Problem, ProofError
from mailer.flow.approving import approvals_of
from mailer.flow.desk import Desk
from mailer.flow.people import People
from mailer.flow.pictures import issue_pictures
from mailer.model.base import Slug
from mailer.model.issue import Issue
from mailer.model.proof import Proof
from mailer.model.rendition import Rendition, Variant
from mailer.proof import changed_text, load_proof, missing_words
from mailer.render import render_text
from mailer.render.markdown import one_line, open_fields
from mailer.render.measure import WIDTH


@dataclass(frozen=True, slots=True)
class Sent:
    """What is known of an issue beside the proof that was sent last."""

    was_sent: bool
    """Whether a real sending of it has finished."""
    is_compared: bool = False
    """False also where the proof of its last sending is not on this machine, or is damaged."""
    changes: tuple[str, ...] = ()
    """What is not as it was sent: `"Saiga meeting": "26 April" → "24 April"`."""
    freed: tuple[Slug, ...] = ()
    """Items that the proof kept out of the archive, that everybody would find now, and that nobody has approved."""


def compare_sent(workspace: Workspace, file: IssueFile, people: People, receipts: Sequence[Receipt]) -> Sent:
    """Compare an issue, without boxes, with the proof of its last finished sending.

    Compared are the words of each version that was sent, as its plain text has them, pictures, and what is kept out.
    Looks are not: a template may change. Where that proof is not here, the newest that is tells what was kept out.
    """
    if not receipts:
        return Sent(was_sent=False)
    ordered = sorted(receipts, key=lambda each: each.finished_at, reverse=True)
    digests = list(dict.fromkeys(each.digest for each in ordered))
    here = list(_proofs(workspace, digests))
    if not here:
        return Sent(was_sent=True)
    last = here[0]
    freed = _freed(file.issue, last)
    if freed and _is_approved(workspace, file, people, last):
        freed = ()
    if last.digest != digests[0]:
        return Sent(was_sent=True, freed=freed)
    changes = (*changes_since(workspace, file, people, last), *_unsent(file.issue, here))
    return Sent(True, True, tuple(dict.fromkeys(changes)), freed)


def freed_problem(file_name: str, freed: Iterable[Slug]) -> Problem:
    """What is said where an item that was kept out when the issue was sent would be published now."""
    return Problem(
        f"{', '.join(freed)}: kept out of the archive by the proof that was sent, and everybody would find it now.",
        "Write `archive: no` again. Or have a new proof approved; or say --though-changed.",
        file_name,
        None,
        "archive",
        "file.value",
    )


def changes_since(workspace: Workspace, file: IssueFile, people: People, proof: Proof) -> tuple[str, ...]:
    """What of the versions of a proof would be other words, or another picture, by the files as they are now."""
    desk = Desk(workspace, file, people, proof.day, b"")
    sent = tuple(_without_box(each) if proof.corrects else each for each in proof.renditions)
    now = tuple(_as_now(desk, each, is_correction=bool(proof.corrects)) for each in sent)
    said = changed_text(*(proof.model_copy(update={"renditions": each}) for each in (sent, now)))
    return (*said, *_other_pictures(workspace, desk, file, proof))


def _proofs(workspace: Workspace, digests: Iterable[str]) -> Iterator[Proof]:
    for digest in digests:
        with suppress(ProofError):
            yield load_proof(digest, workspace.proofs)


def _freed(issue: Issue, proof: Proof) -> tuple[Slug, ...]:
    kept_out = set(proof.kept_out)
    return tuple(item.id for item in issue.items if item.archive and item.id in kept_out)


def _is_approved(workspace: Workspace, file: IssueFile, people: People, sent: Proof) -> bool:
    """Whether a newer proof of the issue as it is now has the approvals that mailer.toml asks for."""
    given = dict.fromkeys(each.digest for each in read_approvals(file.folder, workspace.root))
    for proof in _proofs(workspace, given):
        if proof.made_at < sent.made_at or proof.digest == sent.digest or proof.stops:
            continue
        as_now = not _freed(file.issue, proof) and not changes_since(workspace, file, people, proof)
        if as_now and not missing_words(
            proof, approvals_of(workspace, proof), workspace.config.approval_rules
        ):
            return True
    return False


def _without_box(sent: Rendition) -> Rendition:
    """The version without the box of a correction, which its text has between two lines."""
    line = "=" * WIDTH
    text = re.sub(rf"\n\n{line}\n.*?\n{line}\n", "\n\n", sent.text, count=1, flags=re.DOTALL)
    return sent.model_copy(update={"text": text})


def _as_now(desk: Desk, sent: Rendition, *, is_correction: bool) -> Rendition:
    """The same version by the files as they are now: its words, without looks and without a box."""
    variant = _still_there(desk.issue, sent.variant)
    edition, template = desk.edition(variant), desk.template(variant.language)
    text = render_text(
        edition,
        template,
        desk.workspace.config.office,
        web_view=desk.has_web_view,
        phrases={language: desk.phrases(language) for language in edition.languages},
        entries=desk.entries.addresses(edition),
    )
    subject, preheader = (
        one_line(open_fields(words, dict[str, str]()))
        for words in (edition.issue.subject, edition.issue.preheader)
    )
    if is_correction:
        # The box has its own line in the inbox, and marks the subject.
        subject, preheader = sent.subject, sent.preheader
    return sent.model_copy(update={"text": text, "subject": subject, "preheader": preheader})


def _still_there(issue: Issue, variant: Variant) -> Variant:
    items = {item.id: item for item in issue.items}
    return variant.model_copy(
        update={
            "items": tuple(name for name in variant.items if name in items),
            "wordings": tuple(
                (name, number)
                for name, number in variant.wordings
                if name in items and number < len(items[name].wording)
            ),
        }
    )


def _unsent(issue: Issue, proofs: Sequence[Proof]) -> Iterator[str]:
    """Items that stood in no version that was sent."""
    sent = {name for proof in proofs for each in proof.renditions for name in each.variant.items}
    for item in issue.items:
        if item.archive and item.id not in sent and item.kind != "heading":
            yield f'"{item.title or item.id}": sent to nobody'


def _other_pictures(workspace: Workspace, desk: Desk, file: IssueFile, proof: Proof) -> Iterator[str]:
    variants = [_still_there(file.issue, each.variant) for each in proof.renditions]
    made = issue_pictures(workspace, file, desk.frames(variants))
    shown_in = {name for each in variants for name in each.items}
    now = _origins((each.src, each.origin or each.sha256) for each in made)
    before = _origins(
        (picture.src, picture.origin or picture.sha256)
        for each in proof.renditions
        for picture in each.pictures
    )
    for item in file.issue.items:
        if item.image and item.id in shown_in and item.archive:
            src = item.image.src
            if now.get(src) != before.get(src):
                yield f'"{item.title or item.id}": another picture'


def _origins(named: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for src, origin in named:
        found.setdefault(src, set()).add(origin)
    return found
