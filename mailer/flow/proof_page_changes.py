"""How the versions of a proof differ from the most read one, and how a proof differs from the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailer.errors import ProofError
from mailer.flow.proof_page_mails import Specimen, leading
from mailer.flow.proof_page_words import Change, Piece, changes, word_pieces
from mailer.model.issue import Issue
from mailer.model.proof import Proof
from mailer.proof import Difference, difference, list_proofs, load_proof
from mailer.render.preview import fill

MOST_LOOKED_AT = 50
"""Proofs among which the one before is looked for."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A version that is shown by its differences from the most read one of its language."""

    mail: Specimen
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    """What differs in a word or two, with the titles of the items meant."""
    subject: tuple[Piece, ...]
    """Nothing where it is the same."""
    preheader: tuple[Piece, ...]
    changes: tuple[Change, ...]


def aside(mail: Specimen, leader: Specimen, issue: Issue) -> Aside:
    """The version held against the most read one of its language."""
    return Aside(
        mail=mail,
        facts=tuple(_facts(mail, leader, issue)),
        subject=_line(leader.subject, _said_to(leader, mail, mail.rendition.subject)),
        preheader=_line(leader.preheader, _said_to(leader, mail, mail.rendition.preheader)),
        changes=changes(leader.text, _said_to(leader, mail, mail.rendition.text)),
    )


def _said_to(leader: Specimen, mail: Specimen, words: str) -> str:
    """Words of a version with the leader's personal fields: what is a reader's own is no difference."""
    return fill(words, leader.slots, mail.rendition.defaults, escape=False)


def _line(before: str, after: str) -> tuple[Piece, ...]:
    return () if before == after else tuple(word_pieces(before, after))


def _facts(mail: Specimen, leader: Specimen, issue: Issue) -> Iterable[tuple[str, tuple[str, ...]]]:
    titles = {item.id: _title(item) for item in issue.items}
    ours, theirs = mail.rendition.variant, leader.rendition.variant

    def named(ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(titles.get(one, one) for one in ids)

    without = [one for one in theirs.items if one not in ours.items]
    besides = [one for one in ours.items if one not in theirs.items]
    worded, other = dict(ours.wordings), dict(theirs.wordings)
    both = [one for one in ours.items if one in theirs.items]
    if without:
        yield "Without", named(without)
    if besides:
        yield "With, besides", named(besides)
    if both != [one for one in theirs.items if one in ours.items]:
        yield "In another order, beginning with", named(ours.items[:3])
    if reworded := [one for one in both if worded.get(one) != other.get(one)]:
        yield "In other words", named(reworded)


def _title(item: object) -> str:
    return str(getattr(item, "title", "") or getattr(item, "id", ""))


@dataclass(frozen=True, slots=True)
class Row:
    """Words that are others now in some versions."""

    part: str
    versions: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Since:
    """What is new since the last proof of the issue."""

    found: Difference
    rows: tuple[Row, ...]

    @property
    def asides(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What else is new, each with the versions or pictures that it is about."""
        pictures = tuple(f"{one.name} ({one.how})" for one in self.found.pictures)
        listed = (
            ("New versions, to be read whole", self.found.added),
            ("Versions no longer there", self.found.gone),
            ("Other looks, links or pictures", self.found.looks),
            ("Pictures", pictures),
        )
        return tuple((words, names) for words, names in listed if names)


def since_last(proof: Proof, proofs: Path) -> Since | None:
    """The proof held against the last other one of its issue; None where there is none."""
    old = proof_before(proof, proofs)
    if old is None:
        return None
    found = difference(old, proof)
    # Where the same words stand in other lines, the lines differ and the change does not.
    alike: dict[tuple[str, tuple[Change, ...]], tuple[str, ...]] = {}
    for one in found.words:
        key = one.part, _by_words(one.lines)
        alike[key] = (*alike.get(key, ()), *one.versions)
    return Since(found, tuple(Row(part, versions, said) for (part, said), versions in alike.items()))


def _by_words(lines: Iterable[str]) -> tuple[Change, ...]:
    """Lines of a diff as paragraphs; what tells of itself that it cannot be compared stays as it is."""
    found: list[Change] = []
    gone: list[str] = []
    new: list[str] = []
    listed = list(lines)
    for line in (*listed, ""):
        if line[:1] in ("-", "+"):
            (gone if line[0] == "-" else new).append(line[1:])
        elif gone or new:
            found += changes("\n".join(gone), "\n".join(new))
            gone, new = [], []
    if found:
        return tuple(found)
    is_told = len(listed) == 1
    return (Change((("same", listed[0] if is_told else "only numbers or line breaks"),)),)


def proof_before(proof: Proof, proofs: Path) -> Proof | None:
    """The last proof of the same issue that has another digest, whole and undamaged."""
    for digest in list_proofs(proofs)[:MOST_LOOKED_AT]:
        if digest == proof.digest or _slug_of(proofs / digest) != proof.slug:
            continue
        try:
            return load_proof(digest, proofs)
        except ProofError:
            continue
    return None


def _slug_of(folder: Path) -> str:
    """Whose proof it is, without reading all that belongs to it; "" where that cannot be told."""
    try:
        data = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
        return str(data["slug"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def asides(mails: Sequence[Specimen], issue: Issue) -> Mapping[str, tuple[Aside, ...]]:
    """Language → every version but the most read one, as its differences from that."""
    return {
        language: tuple(
            aside(mail, leader, issue)
            for mail in mails
            if mail.language == language and mail.key != leader.key
        )
        for language, leader in leading(mails).items()
    }
