"""A calendar file that a mail links to is under the digest too: what was approved is what the web gives."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.errors import ProofError
from mailer.model.issue import Issue, Sender
from mailer.model.proof import Proof
from mailer.model.rendition import Attachment, CalendarEntry, Rendition, Variant
from mailer.proof import freeze_proof, load_proof, make_proof, what_changed
from mailer.proof.changed import changed_words

ISSUE = Issue.model_validate(
    {"id": "one", "series": "N", "date": date(2016, 12, 19), "items": [{"kind": "article", "id": "a"}]}
)


def a_file(day: str = "20171023", sequence: int = 0) -> Attachment:
    return Attachment(
        name="meeting.ru.ics",
        media_type="text/calendar; method=PUBLISH",
        content=f"BEGIN:VCALENDAR\nDTSTART:{day}\nEND:VCALENDAR\n",
        entry=CalendarEntry(item="meeting", language="ru", sequence=sequence, counts="0123456789ab"),
    )


def proof(*linked: Attachment) -> Proof:
    made = Rendition(
        variant=Variant(language="ru", items=("a",)),
        subject="S",
        preheader="",
        html="<p>x</p>",
        text="x",
        linked=linked,
    )
    return make_proof(
        slug="one",
        issue=ISSUE,
        sender=Sender(name="Office", email="news@example.org"),
        envelope_sender="news@example.org",
        list_id="",
        personal={},
        phrases={},
        segments=("everyone",),
        day=ISSUE.date,
        renditions=(made,),
        audience={},
        heads={},
        words={},
        made_at=datetime(2016, 12, 19, tzinfo=UTC),
    )


def test_it_comes_back_as_it_was_approved(tmp_path: Path) -> None:
    made = proof(a_file())
    freeze_proof(made, tmp_path)
    assert load_proof(made.digest, tmp_path) == made


@pytest.mark.parametrize("other", [a_file("20171024"), a_file(sequence=1)])
def test_another_day_or_number_is_another_digest_and_is_named(other: Attachment) -> None:
    old, new = proof(a_file()), proof(other)
    assert old.digest != new.digest
    assert changed_words(what_changed(old, new)) == ("a calendar file that is linked to",)


def test_without_one_the_digest_is_what_it_always_was() -> None:
    assert not any(part.startswith("calendar") for part in proof().parts)


@pytest.mark.parametrize("key", ["content", "entry"])
def test_one_that_was_changed_on_disk_is_refused(tmp_path: Path, key: str) -> None:
    made = proof(a_file())
    path = freeze_proof(made, tmp_path) / "proof.json"
    data = json.loads(path.read_text("utf-8"))
    (file,) = data["renditions"][0]["linked"]
    file[key] = {"content": "x", "entry": file["entry"] | {"sequence": 9}}[key]
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ProofError, match="was changed on disk"):
        load_proof(made.digest, tmp_path)
