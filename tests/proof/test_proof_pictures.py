"""A picture in several sizes: each is under the digest, and each change of one is noticed."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.errors import ProofError
from mailer.model.issue import Issue, Sender
from mailer.model.proof import Proof
from mailer.model.rendition import Frame, Picture, Rendition, Variant, content_id
from mailer.proof import freeze_proof, load_proof, make_proof, what_changed

ISSUE = Issue.model_validate(
    {"id": "one", "series": "N", "date": date(2016, 12, 19), "items": [{"kind": "article", "id": "a"}]}
)


def picture(content: bytes, room: int) -> Picture:
    sha256 = hashlib.sha256(content).hexdigest()
    return Picture(
        src="images/a.jpg",
        cid=content_id(sha256),
        media_type="image/jpeg",
        sha256=sha256,
        width=2 * room,
        height=1,
        frame=Frame(src="images/a.jpg", width=room),
        origin="0" * 64,
        notes=("animated",),
        content=content,
    )


def version(item: str, *contents: bytes) -> Rendition:
    pictures = tuple(picture(content, 100 + number) for number, content in enumerate(contents))
    variant = Variant(language="en", items=(item,))
    return Rendition(variant=variant, subject="S", preheader="", html="<p>x</p>", text="x", pictures=pictures)


def proof(*renditions: Rendition) -> Proof:
    return make_proof(
        slug="one",
        issue=ISSUE,
        sender=Sender(name="Office", email="news@example.org"),
        envelope_sender="news@example.org",
        list_id="news.example.org",
        personal={},
        phrases={},
        segments=("everyone",),
        also=(),
        except_=(),
        day=ISSUE.date,
        renditions=renditions,
        audience={},
        findings=(),
        waivers=(),
        heads={},
        words={},
        made_at=datetime(2016, 12, 19, tzinfo=UTC),
    )


def test_every_size_of_a_picture_counts() -> None:
    first = proof(version("a", b"wide", b"half"))
    for other in (version("a", b"wide", b"HALF"), version("a", b"WIDE", b"half"), version("a", b"wide")):
        assert proof(other).digest != first.digest
        assert what_changed(first, proof(other)) == ("picture images/a.jpg",)
    assert what_changed(first, proof(version("a", b"wide", b"half"))) == ()


def test_a_size_that_only_new_readers_see_does_not_void_an_approval() -> None:
    old = proof(version("a", b"wide"))
    grown = proof(version("a", b"wide"), version("b", b"half"))
    assert what_changed(old, grown) == ()
    assert what_changed(grown, old) == ()
    assert what_changed(old, proof(version("a", b"WIDE"), version("b", b"half"))) == ("picture images/a.jpg",)


def test_every_size_is_kept_with_the_proof_and_checked_at_every_reading(tmp_path: Path) -> None:
    made = proof(version("a", b"wide", b"half"), version("b", b"half"))
    folder = freeze_proof(made, tmp_path)
    back = load_proof(made.digest, tmp_path)
    assert [r.pictures for r in back.renditions] == [r.pictures for r in made.renditions]
    (folder / made.renditions[0].pictures[1].sha256).write_bytes(b"another")
    with pytest.raises(ProofError, match=r"picture images/a\.jpg"):
        load_proof(made.digest, tmp_path)
