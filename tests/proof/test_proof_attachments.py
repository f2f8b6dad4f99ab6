"""What comes with a message is under the digest like the message: frozen whole, and each change is named."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from mailer.errors import ProofError
from mailer.model.issue import Issue, Sender
from mailer.model.proof import Proof
from mailer.model.rendition import Attachment, Rendition, Variant, text_slot
from mailer.proof import freeze_proof, load_proof, make_proof, what_changed

ISSUE = Issue.model_validate(
    {"id": "one", "series": "N", "date": date(2016, 12, 19), "items": [{"kind": "article", "id": "a"}]}
)
ENTRY = Attachment(
    name="deadline.ics",
    media_type="text/calendar; method=PUBLISH",
    content=f"BEGIN:VCALENDAR\nSUMMARY:{text_slot('owed')}, до 24 апреля\nEND:VCALENDAR\n",
)
NOTE = Attachment(name="note.txt", media_type="text/plain", content="a\r\nb")


def proof(*attachments: Attachment) -> Proof:
    made = Rendition(
        variant=Variant(language="ru", items=("a",)),
        subject="S",
        preheader="",
        html="<p>x</p>",
        text="x",
        attachments=attachments,
    )
    return make_proof(
        slug="deadlines/one",
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


def test_attachments_come_back_as_they_were_approved(tmp_path: Path) -> None:
    made = proof(ENTRY, NOTE)
    freeze_proof(made, tmp_path)
    assert load_proof(made.digest, tmp_path) == made


@pytest.mark.parametrize(
    "changed",
    [
        ENTRY.model_copy(update={"content": ENTRY.content.replace("24", "26")}),
        ENTRY.model_copy(update={"media_type": "text/calendar"}),
        None,
    ],
    ids=["its text", "its kind", "taken away"],
)
def test_a_change_voids_the_approval_and_says_which_attachment(changed: Attachment | None) -> None:
    old, new = proof(ENTRY, NOTE), proof(*([changed] if changed else []), NOTE)
    assert old.digest != new.digest
    assert "attachment deadline.ics" in {name.rpartition(" ")[0] for name in what_changed(old, new)}


def test_two_of_one_name_are_both_looked_at() -> None:
    other = ENTRY.model_copy(update={"content": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"})
    assert len({proof(ENTRY, other).digest, proof(other, ENTRY).digest, proof(ENTRY, ENTRY).digest}) == 3


def test_a_version_without_attachments_has_the_parts_it_always_had() -> None:
    assert not [name for name in proof().parts if name.startswith("attachment")]


def test_an_attachment_changed_on_disk_is_not_sent(tmp_path: Path) -> None:
    made = proof(ENTRY)
    file = freeze_proof(made, tmp_path) / "proof.json"
    data = json.loads(file.read_text(encoding="utf-8"))
    data["renditions"][0]["attachments"][0]["content"] += "X-EVIL:1\n"
    file.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(ProofError, match=r"was changed on disk: attachment deadline\.ics ru-"):
        load_proof(made.digest, tmp_path)
